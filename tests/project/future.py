"""What may happen to the raw tables after a day: rows added, changed and deleted, and outcomes written into older rows.

What is known only by its present value (a title, an address, the CRM ids of a record) has no history in the raw tables; such a field
of an older row is left alone. Everything that has a date of its own, or is said to be an outcome, is fair game.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
from worlds import connect

from leadscore import raw_schema


def rewrite_future(database: Path, day: date) -> None:
    """Give the raw tables another future: nothing dated before midnight of `day` changes, nearly everything after it does."""
    with connect(database, read_only=False) as connection:
        connection.execute(f"create temp macro later(n) as timestamptz '{day}' + to_hours(cast(n % 1200 as integer))")
        connection.execute(f"create temp macro is_later(moment) as coalesce(moment >= timestamptz '{day}', false)")
        connection.execute(
            "create temp macro is_there(deleted, changed) as not coalesce(deleted, false) or is_later(changed)"
        )
        connection.execute("create temp macro chance(id, salt) as hash(id || salt) % 100")
        for (source, table), columns in raw_schema.tables().items():
            _rewrite_rows(connection, f'{source}."{table}"', dated(source, table), columns)
        for statement in OUTCOMES:
            connection.execute(statement)


def raw_tables() -> list[str]:
    """Every raw table, quoted, with its schema."""
    return [f'{source}."{table}"' for source, table in raw_schema.tables()]


def dated(source: str, table: str) -> str:
    """The column that says when a row of a raw table came to be."""
    if source == "salesforce":
        return "created_date"
    if source == "marketo":
        return {"program_membership": "membership_date"}.get(
            table, "activity_date" if "activity" in table else "created_at"
        )
    return {"bombora": "date", "g2": "time"}[source]


def _rewrite_rows(connection: duckdb.DuckDBPyConnection, name: str, dated: str, columns: dict[str, str]) -> None:
    """Delete half of the later rows, give the others each other's values, and add new ones like the rows of any time.

    Of what is added, every sixth row is dated at midnight of the day itself, and references and addresses are those of a row that is
    there, so that new records meet old persons.
    """
    key = "program_id" if "program_membership" in name else "id"
    kept = {
        column
        for column in columns
        if column.endswith("_id") or column in ("id", "email", "merge_ids", "domain", "company_domain")
    }
    moments = {column for column, kind in columns.items() if kind in ("TIMESTAMPTZ", "DATE")}

    def new_value(column: str) -> str:
        owner = "kept" if column in kept | moments else "other"
        value = f'{owner}."{column}"'
        if column == key:
            return f"{value} + 1000000000000" if columns[key] == "BIGINT" else f"{value}[:4] || 'NEW' || {value}[8:]"
        if column == dated:
            return f"cast(later(kept.n // 6 * (kept.n % 6)) as {columns[column]})"
        if column in moments:
            return f"cast(greatest({value}, later(kept.n)) as {columns[column]})"
        return value

    def changed_value(column: str) -> str:
        return f'kept."{column}"' if column in (key, dated) else f'other."{column}"'

    listed = ", ".join(f'"{column}"' for column in columns)
    connection.execute(f"""
        create temp table before as select *, row_number() over (order by {listed}) as n, is_later({dated}) as is_new from {name};
        create temp table mixed as select *, row_number() over (partition by is_new order by hash(n)) as m from before;
        create temp table numbered as select *, row_number() over (partition by is_new order by n) as m from before;
        create temp table after as
            select {listed} from before where not is_new
            union all
            select {", ".join(map(changed_value, columns))}
            from numbered as kept inner join mixed as other using (is_new, m)
            where is_new and m % 2 = 0
            union all
            select {", ".join(map(new_value, columns))}
            from numbered as kept inner join mixed as other using (is_new, m)
            where hash(kept.n) % 4 = 0;
        create or replace table {name} as from after;
        drop table before; drop table mixed; drop table numbered; drop table after;
    """)


OUTCOMES = (
    # Leads convert later, not at all, or are deleted or merged later; what sales thinks of them is another matter anyway.
    """
    update salesforce.lead set
        is_converted = not coalesce(is_converted, false),
        converted_date = case when not coalesce(is_converted, false) then later(hash(id)) end,
        converted_contact_id = (select id from salesforce.contact order by hash(id || lead.id) limit 1),
        converted_account_id = (select id from salesforce.account order by hash(id || lead.id) limit 1),
        converted_opportunity_id = (select id from salesforce.opportunity order by hash(id || lead.id) limit 1),
        last_modified_date = later(hash(id))
    where (converted_date is null or is_later(converted_date)) and is_there(is_deleted, last_modified_date) and chance(id, 'converted') < 60
    """,
    "update salesforce.lead set status = 'later ' || hash(id) % 5, rating = 'later', owner_id = 'later'",
    *(
        f"""
        update salesforce."{table}" set
            is_deleted = chance(id, 'deleted') < 30,
            last_modified_date = case when chance(id, 'deleted') < 30 then later(hash(id)) else last_modified_date end
        where is_there(is_deleted, last_modified_date)
        """
        for table in ("opportunity", "opportunity_contact_role", "task", "event", "campaign", "campaign_member")
    ),
    *(
        f"""
        update salesforce.{table} set
            is_deleted = chance(id, 'gone') < 20,
            master_record_id = case
                when chance(id, 'gone') < 10 then (select id from salesforce.{table} as other order by hash(other.id || {table}.id) limit 1)
            end,
            last_modified_date = case when chance(id, 'gone') < 20 then later(hash(id)) else last_modified_date end
        where is_there(is_deleted or master_record_id is not null, last_modified_date)
        """
        for table in ("lead", "contact", "account")
    ),
    # Opportunities close later, or otherwise.
    """
    update salesforce.opportunity set
        is_closed = true, is_won = chance(id, 'won') < 70, close_date = later(hash(id))::date,
        stage_name = 'later', amount = hash(id) % 1e6,
        last_modified_date = later(hash(id))
    where is_there(is_deleted, last_modified_date) and (not coalesce(is_closed, false) or is_later(close_date::timestamptz))
    """,
    # Answers to campaigns, work of sales, successes in programs.
    """
    update salesforce.campaign_member set
        has_responded = true, first_responded_date = later(hash(id))::date, status = 'Attended', last_modified_date = later(hash(id))
    where
        is_there(is_deleted, last_modified_date) and (first_responded_date is null or is_later(first_responded_date::timestamptz))
        and chance(id, 'responded') < 50
    """,
    """
    update salesforce.task set
        is_closed = true, completed_date_time = later(hash(id)), status = 'Completed', call_disposition = 'Connected',
        last_modified_date = later(hash(id))
    where is_there(is_deleted, last_modified_date) and (not coalesce(is_closed, false) or is_later(completed_date_time))
    """,
    """
    update salesforce.event set start_date_time = later(hash(id)), activity_date_time = later(hash(id)),
        activity_date = later(hash(id))::date
    where is_later(coalesce(start_date_time, activity_date_time))
    """,
    """
    update marketo.program_membership set
        reached_success = true, reached_success_date = later(hash(id)), progression_status = 'Attended'
    where is_later(reached_success_date) or (reached_success_date is null and not coalesce(reached_success, false))
    """,
    # Marketing's own verdicts, and leads synced to CRM records that came later, merged and deleted later.
    "update marketo.lead set lead_status = 'later', lead_score = hash(id) % 100, unsubscribed = hash(id) % 3 = 0, "
    "email_invalid = hash(id) % 5 = 0",
    """
    update marketo.lead set
        _fivetran_deleted = chance(id::varchar, 'deleted') < 10,
        _fivetran_synced = case when chance(id::varchar, 'deleted') < 10 then later(hash(id)) else _fivetran_synced end
    where is_there(_fivetran_deleted, _fivetran_synced)
    """,
    """
    update marketo.lead set
        sfdc_contact_id = (
            select id from salesforce.contact as c where is_later(c.created_date)
            order by hash(c.id || lead.id // 1000) limit 1
        )
    where sfdc_contact_id is null and chance(id::varchar, 'synced') < 40
    """,
    """
    insert into marketo.activity_delete_lead by name
    select row_number() over (order by id) + 2000000000000 as id, id as lead_id, later(hash(id)) as activity_date
    from marketo.lead where hash(id) % 9 = 0
    """,
    """
    insert into marketo.activity_merge_leads by name
    select row_number() over (order by id) + 2000000000000 as id, id as lead_id, later(hash(id)) as activity_date,
        '[' || lag(id) over (order by id) || ']' as merge_ids
    from marketo.lead qualify hash(id) % 7 = 0
    """,
)
