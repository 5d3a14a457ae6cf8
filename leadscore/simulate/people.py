"""People: names by language, titles, addresses, and how much they take part when their company buys."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate.draws import Array, Rng, chance, occurrence, weighted
from leadscore.simulate.vocabulary import LOCALES, table

PER_LEAD = 1.8
PROPENSITIES = (0.04, 0.12, 0.25, 0.45, 0.70)
ABROAD = 0.12


def people(rng: Rng, companies: pd.DataFrame, leads: int) -> pd.DataFrame:
    """One row per person who could become a lead, sorted by company.

    Columns: company (row), given, family, locale, title, seniority, department, email, private_email, phone, city,
    propensity_bin (index into PROPENSITIES), activeness (multiplies how much they do; mean about 1, heavy tail),
    curiosity (multiplies what they do for no reason), autoload (a mail program that opens mail by itself),
    wrong_address (mail to them bounces).
    """
    company = _staff(rng, companies, leads)
    count = len(company)
    home = companies["locale"].to_numpy(object)[company]
    locale = np.where(
        chance(rng, ABROAD, count), np.array(LOCALES, dtype=object)[rng.integers(0, len(LOCALES), count)], home
    )
    frame = pd.DataFrame({"company": company, "locale": locale})
    frame["given"], frame["family"] = _names(rng, locale, "given"), _names(rng, locale, "family")
    frame = frame.join(_roles(rng, home))
    frame["city"] = companies["city"].to_numpy()[company]
    frame["email"] = _addresses(frame, companies)
    frame["private_email"] = _private_addresses(rng, frame)
    frame["phone"] = _phones(rng, companies["country"].to_numpy()[company])
    frame["activeness"] = np.clip(rng.gamma(1.6, 1 / 1.6, count), 0.05, 8)
    frame["curiosity"] = np.exp(rng.normal(0, 0.5, count)) * np.where(chance(rng, 0.05, count), 6.0, 1.0)
    frame["autoload"] = chance(rng, 0.22, count)
    frame["wrong_address"] = chance(rng, 0.035, count)
    return frame


def folded(values: Array | pd.Series) -> pd.Series:
    """ASCII letters for accented ones: 'Günther' -> 'Gunther'."""
    series = pd.Series(values).str.replace("ß", "ss")
    return series.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")


def letters(values: Array | pd.Series) -> pd.Series:
    """Only the letters, lower case and without accents, as they stand in addresses: "O'Brien" -> 'obrien'."""
    return folded(values).str.lower().str.replace(r"[^a-z]", "", regex=True)


def _staff(rng: Rng, companies: pd.DataFrame, leads: int) -> Array:
    """Company of each person: at least one each, more where there are more employees, with a heavy tail."""
    weight = companies["employees"].to_numpy() ** 0.33 * rng.gamma(1.2, 1.0, len(companies))
    total = max(round(leads * PER_LEAD), leads, len(companies))
    extra = np.bincount(weighted(rng, weight, total - len(companies)), minlength=len(companies))
    return np.repeat(np.arange(len(companies)), 1 + extra)


def _names(rng: Rng, locale: Array, kind: str) -> Array:
    names = table("names")
    found = np.empty(len(locale), dtype=object)
    for language in LOCALES:
        choices = names.loc[(names["locale"] == language) & (names["kind"] == kind), "name"].to_numpy(object)
        rows = np.flatnonzero(locale == language)
        rank = len(choices) * rng.random(len(rows)) ** 1.3  # some names are commoner than others
        found[rows] = rng.permutation(choices)[rank.astype(int)]
    return found


def _roles(rng: Rng, locale: Array) -> pd.DataFrame:
    """Title, seniority, department and propensity; half of the titles abroad are in the local language."""
    titles = table("titles").merge(table("departments"), on=["department", "seniority"], how="left", validate="m:1")
    language = np.where((locale != "en") & chance(rng, 0.5, len(locale)), locale, "en")
    row = np.empty(len(locale), dtype=np.int64)
    for choice in LOCALES:
        entries = titles.index[titles["locale"] == choice].to_numpy()
        rows = np.flatnonzero(language == choice)
        row[rows] = entries[weighted(rng, titles["weight"].to_numpy()[entries], len(rows))]
    taste = np.clip(titles["propensity"].to_numpy(float)[row] * np.exp(rng.normal(0, 0.4, len(row))), 0, 1)
    middles = (np.array(PROPENSITIES)[1:] + np.array(PROPENSITIES)[:-1]) / 2
    found = titles.loc[row, ["title", "seniority", "department"]].reset_index(drop=True)
    return found.assign(propensity_bin=np.searchsorted(middles, taste))


def _addresses(frame: pd.DataFrame, companies: pd.DataFrame) -> Array:
    """Work addresses after the company's pattern; namesakes in one company get a number."""
    pattern = companies["email_pattern"].to_numpy(object)[frame["company"]]
    given, family = letters(frame["given"]), letters(frame["family"])
    local = np.select(
        [pattern == "first.last", pattern == "flast", pattern == "first"],
        [given + "." + family, given.str[0] + family, given],
        given + "_" + family,
    )
    domain = companies["domain"].to_numpy(object)[frame["company"]]
    repeat = occurrence(pd.Series(local + "@" + domain))
    number = np.where(repeat > 0, (repeat + 1).astype(str).astype(object), "")
    return np.asarray(local + number + "@" + domain, dtype=object)


def _private_addresses(rng: Rng, frame: pd.DataFrame) -> Array:
    mail, count = table("free_mail"), len(frame)
    given, family = letters(frame["given"]), letters(frame["family"])
    number = rng.integers(1, 1000, count).astype(str).astype(object)
    local = np.where(chance(rng, 0.5, count), given + "." + family + number, given + family.str[:1] + number)
    domain = mail["domain"].to_numpy(object)[weighted(rng, mail["weight"], count)]
    repeat = occurrence(pd.Series(local + "@" + domain))
    again = np.where(repeat > 0, "x" + repeat.astype(str).astype(object), "")
    return np.asarray(local + again + "@" + domain, dtype=object)


def _phones(rng: Rng, country: Array) -> Array:
    dial = table("countries")["dial"].astype(str).to_numpy(object)[country]
    area, number = rng.integers(200, 999, len(country)), rng.integers(1_000_000, 9_999_999, len(country))
    return np.asarray("+" + dial + " " + area.astype(str).astype(object) + " " + number.astype(str).astype(object))
