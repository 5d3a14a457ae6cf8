"""Real files as export folders for `leadscore load`.

    python benchmarks/real_data.py {olist,fivetran,bombora} SRC_DIR OUT_DIR

SRC_DIR holds the folders olist, fivetran_seeds and bombora, as public data sets bring them (see benchmarks/README.md).
Nothing of them is part of this project. Tests find the folder through LEAD_SCORING_REAL_DATA.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from leadscore import raw_schema

Exports = Mapping[tuple[str, str], pd.DataFrame]
"""(source, table) -> rows with the raw schema's column names."""


def olist(source: Path) -> Exports:
    """8,000 marketing-qualified leads of a marketplace and the deals it won, as Salesforce and Marketo would hold them.

    The file tells only the day of first contact. It is put at the last second before that day, so that the first
    snapshot of a lead is that day itself and leads won on it are in, as in the reference. What is known then is the
    visit to the landing page that brought the lead, and its origin. Of a deal only the lead and the moment of winning
    are used: its other columns exist for winners alone. Contact, account and opportunity
    come into being when the deal is won, because no earlier stage is recorded.
    """
    folder = source / "olist"
    leads = pd.read_csv(folder / "olist_marketing_qualified_leads_dataset.csv").sort_values("mql_id", ignore_index=True)
    deals = pd.read_csv(folder / "olist_closed_deals_dataset.csv", usecols=["mql_id", "won_date"])
    leads = leads.merge(deals, how="left", on="mql_id", validate="one_to_one")
    won = leads["won_date"].notna()
    known_at = pd.to_datetime(leads["first_contact_date"]) - pd.Timedelta(seconds=1)
    marketo_id = leads.index + 1_000_001
    # Salesforce's ids have 18 characters, of which the first three name the kind of record.
    lead_id, contact_id, account_id, opportunity_id, role_id = (
        prefix + leads["mql_id"].str[:15] for prefix in ("00Q", "003", "001", "006", "00K")
    )
    salesforce_lead = pd.DataFrame(
        {
            "id": lead_id,
            "created_date": known_at,
            "email": None,
            "lead_source": leads["origin"],
            "is_deleted": False,
            "is_converted": won,
            "converted_date": leads["won_date"],
            "converted_contact_id": contact_id.where(won),
            "converted_account_id": account_id.where(won),
            "converted_opportunity_id": opportunity_id.where(won),
        }
    )
    marketo_lead = pd.DataFrame(
        {
            "id": marketo_id,
            "created_at": known_at,
            "email": None,
            "sfdc_lead_id": lead_id,
            "sfdc_contact_id": contact_id.where(won),
        }
    )
    visit = pd.DataFrame(
        {
            "id": marketo_id + 1_000_000,
            "lead_id": marketo_id,
            "activity_date": known_at,
            "webpage_url": "/landing-page/" + leads["landing_page_id"],
        }
    )
    at_winning = pd.DataFrame({"created_date": leads["won_date"], "is_deleted": False})
    account = pd.DataFrame({"id": account_id, "name": "Account " + leads["mql_id"].str[:8]}).join(at_winning)
    contact = pd.DataFrame({"id": contact_id, "account_id": account_id, "email": None}).join(at_winning)
    opportunity = pd.DataFrame(
        {
            "id": opportunity_id,
            "account_id": account_id,
            "stage_name": "Closed Won",
            "is_closed": True,
            "is_won": True,
            "close_date": leads["won_date"].str[:10],
        }
    ).join(at_winning)
    role = pd.DataFrame(
        {"id": role_id, "opportunity_id": opportunity_id, "contact_id": contact_id, "is_primary": True}
    ).join(at_winning)
    return {
        ("salesforce", "lead"): salesforce_lead,
        ("salesforce", "account"): account[won],
        ("salesforce", "contact"): contact[won],
        ("salesforce", "opportunity"): opportunity[won],
        ("salesforce", "opportunity_contact_role"): role[won],
        ("marketo", "lead"): marketo_lead,
        ("marketo", "activity_visit_webpage"): visit,
    }


def bombora(source: Path) -> Exports:
    """10,000 rows of a real weekly surge extract, without a header, topic ids or changes since the week before."""
    columns = ["company_name", "domain", "company_size", "industry", "category", "topic_name", "composite_score"]
    surge = pd.read_csv(
        source / "bombora" / "mastersurge_sample_20150719.csv",
        names=[*columns, "metro_area", "country"],
        dtype=str,
        keep_default_na=False,
    )
    return {("bombora", "company_surge"): surge.drop(columns="category").assign(date="2015-07-19")}


def fivetran(source: Path) -> dict[tuple[str, str], Path]:
    """Sample files of the raw tables that this project reads, under their tables; the files stay as they are."""
    prefixes = {"marketo": "marketo", "salesforce": "sf"}
    files = {
        (schema, table): source / "fivetran_seeds" / schema / f"{prefixes[schema]}_{table}_data.csv"
        for schema, table in raw_schema.tables()
        if schema in prefixes
    }
    return {table: path for table, path in files.items() if path.is_file()}


def write(exports: Mapping[tuple[str, str], pd.DataFrame | Path], folder: Path) -> None:
    """Write each table to <folder>/<source>/<table>.csv."""
    for (source, table), content in exports.items():
        path = folder / source / f"{table}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pd.DataFrame):
            content.to_csv(path, index=False)
        else:
            shutil.copyfile(content, path)


DATA_SETS: dict[str, Callable[[Path], Mapping[tuple[str, str], pd.DataFrame | Path]]] = {
    "olist": olist,
    "fivetran": fivetran,
    "bombora": bombora,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_set", choices=DATA_SETS)
    parser.add_argument("source", type=Path, metavar="SRC_DIR")
    parser.add_argument("target", type=Path, metavar="OUT_DIR")
    options = parser.parse_args()
    exports = DATA_SETS[options.data_set](options.source)
    write(exports, options.target)
    print(f"{len(exports)} tables written to {options.target}; next: leadscore load {options.target}")


if __name__ == "__main__":
    main()
