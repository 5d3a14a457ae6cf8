"""Companies: name, domain, industry, place, heavy-tailed size, parent, and a latent fit with what we sell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate.draws import Array, Rng, chance, choose, occurrence, weighted
from leadscore.simulate.vocabulary import table

PER_LEAD = 0.36
FIT_EDGES = (-0.75, -0.2, 0.35, 0.95)
SUBSIDIARIES = 0.06
SIZES = ((1, "1-9"), (10, "10-49"), (50, "50-199"), (200, "200-999"), (1000, "1,000-4,999"), (5000, "5,000+"))
EMAIL_PATTERNS = {"first.last": 0.52, "flast": 0.24, "first": 0.12, "first_last": 0.12}


def companies(rng: Rng, leads: int) -> pd.DataFrame:
    """One row per company, for a world of so many leads.

    Columns: name, brand, domain, industry, country, city (row of the vocabulary each), locale, employees, revenue
    (dollars a year), parent (row, -1 for none), fit (latent, about -2 to 2), fit_bin (0 worst to 4 best),
    email_pattern, scans_mail (a security scanner opens and clicks what arrives).
    """
    count = max(1, round(leads * PER_LEAD))
    cities, countries, industries = table("cities"), table("countries"), table("industries")
    city = weighted(rng, cities["weight"], count)
    country = pd.Index(countries["country"]).get_indexer(pd.Index(cities["country"]))[city]
    frame = pd.DataFrame(
        {
            "industry": weighted(rng, industries["weight"], count),
            "country": country,
            "city": city,
            "locale": countries["locale"].to_numpy(object)[country],
            "employees": _sizes(rng, count),
            "brand": _brands(rng, count),
            "parent": -1,
            "email_pattern": np.array(list(EMAIL_PATTERNS))[weighted(rng, list(EMAIL_PATTERNS.values()), count)],
            "scans_mail": chance(rng, 0.06, count),
        }
    )
    frame["revenue"] = np.round(frame["employees"] * np.exp(rng.normal(11.7, 0.5, count)), -3)
    frame["fit"] = _fit(rng, frame)
    frame["fit_bin"] = np.searchsorted(FIT_EDGES, frame["fit"])
    frame = _named(rng, frame)
    return _with_subsidiaries(rng, frame)


def size_band(employees: Array) -> Array:
    """The band of company size as an intent vendor prints it."""
    starts = [start for start, _ in SIZES]
    return np.array([band for _, band in SIZES], dtype=object)[np.searchsorted(starts, employees, side="right") - 1]


def _sizes(rng: Rng, count: int) -> Array:
    """Employees: lognormal in the middle, a Pareto tail of giants."""
    middle = np.exp(rng.normal(4.4, 1.5, count))
    giants = 1500 * (1 + rng.pareto(1.1, count))
    drawn = np.where(chance(rng, 0.03, count), giants, middle)
    return np.clip(drawn, 2, 400_000).astype(np.int64)


def _brands(rng: Rng, count: int) -> Array:
    """Invented brand names, each once; when the syllables are used up, numbered."""
    syllables = table("syllables")
    parts = [
        syllables.loc[syllables["place"] == place, "syllable"].to_numpy(object) for place in ("first", "middle", "last")
    ]
    space = int(np.prod([len(part) for part in parts]))
    code = rng.permutation(space)[np.arange(count) % space]
    first, rest = np.divmod(code, len(parts[1]) * len(parts[2]))
    middle, last = np.divmod(rest, len(parts[2]))
    spelling = parts[0][first] + parts[1][middle] + parts[2][last]
    again = occurrence(spelling)
    return np.asarray(spelling + np.where(again > 0, (again + 1).astype(str).astype(object), ""))


def _fit(rng: Rng, frame: pd.DataFrame) -> Array:
    """Industry, country and a liking for middling to large companies, and as much again that nobody can see."""
    size = np.log10(frame["employees"].to_numpy())
    liking = 0.75 - 0.55 * np.abs(size - 2.9)
    known = (
        table("industries")["fit"].to_numpy()[frame["industry"]]
        + table("countries")["fit"].to_numpy()[frame["country"]]
    )
    return np.asarray(known + liking - 0.35 + rng.normal(0, 0.3, len(frame)))


def one_of(rng: Rng, lists: pd.Series, rows: pd.Series) -> Array:
    """For each row one of the `|`-separated choices of its vocabulary entry."""
    choices = lists.str.split("|", expand=True).to_numpy(object)
    lengths = lists.str.count(r"\|").to_numpy() + 1
    index = rows.to_numpy()
    return np.asarray(choices[index, (rng.random(len(index)) * lengths[index]).astype(int)])


def _named(rng: Rng, frame: pd.DataFrame) -> pd.DataFrame:
    """Names such as 'Norasta Systems GmbH' with domains such as norasta.de or norasta-systems.com."""
    count = len(frame)
    word = one_of(rng, table("industries")["words"], frame["industry"])
    legal = one_of(rng, table("countries")["legal_forms"], frame["country"])
    suffix = one_of(rng, table("countries")["suffixes"], frame["country"])
    worded = chance(rng, 0.7, count)
    brand = frame["brand"].to_numpy(object)
    trade = np.where(worded, brand + " " + word, brand)
    host = pd.Series(choose(worded & chance(rng, 0.25, count), brand + "-" + word, brand), dtype="str").str.lower()
    return frame.assign(
        trade_name=trade,
        name=pd.Series(trade + " " + legal).str.strip().to_numpy(object),
        domain=(host + "." + suffix).to_numpy(object),
    )


def _with_subsidiaries(rng: Rng, frame: pd.DataFrame) -> pd.DataFrame:
    """Some companies become daughters of an earlier one: the parent's brand, their own country and domain."""
    count = len(frame)
    chosen = np.flatnonzero(chance(rng, SUBSIDIARIES, count) & (np.arange(count) > 0))
    parent = (rng.random(len(chosen)) * chosen).astype(int)
    alone = ~np.isin(parent, chosen)  # no daughters of daughters
    child, parent = chosen[alone], parent[alone]
    countries = table("countries")["country"].to_numpy(object)[frame["country"].to_numpy()[child]]
    brand = frame["brand"].to_numpy(object)
    names = brand[parent] + " " + countries
    frame.loc[child, "parent"] = parent
    frame.loc[child, "name"] = frame.loc[child, "trade_name"] = names
    same = chance(rng, 0.3, len(child))  # the rest keep a domain of their own
    hosts = pd.Series(names).str.lower().str.replace(" ", "-") + ".com"
    own = frame["domain"].to_numpy(object)[child]
    first = ~pd.Series(hosts).duplicated().to_numpy()
    frame.loc[child, "domain"] = np.where(same & first, hosts, own)
    return frame
