"""The words that queries for Snowflake may be made of. The stand-in is no judge of that: it hands on what it does not know to DuckDB."""

from __future__ import annotations

from itertools import pairwise

from sqlglot import exp, parse_one
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.tokens import TokenType

FUNCTIONS = {
    *("any_value", "count", "max", "min", "min_by", "sum", "avg", "ntile", "listagg", "cume_dist", "row_number", "lag"),
    *("coalesce", "nullif", "greatest", "least", "cast", "try_cast", "parse_json", "get", "flatten"),
    *("abs", "floor", "round", "power", "to_number", "ln", "hash", "max_by"),
    *("contains", "jarowinkler_similarity", "editdistance", "split"),
    *(
        "length",
        "lower",
        "upper",
        "trim",
        "rtrim",
        "right",
        "lpad",
        "replace",
        "translate",
        "split_part",
        "position",
        "substr",
        "md5",
    ),
    *("regexp_instr", "regexp_replace", "regexp_substr_all"),
    *("convert_timezone", "dateadd", "datediff", "to_char", "year"),
}
"""Each has a page in Snowflake's function reference, and is used there with the arguments we give it."""

GRAMMAR = {
    *(
        "and",
        "as",
        "by",
        "else",
        "from",
        "in",
        "join",
        "not",
        "on",
        "or",
        "over",
        "select",
        "then",
        "when",
        "where",
        "case",
        "exclude",
    ),
    *("values", "decimal", "distinct", "union", "all", "having", "between", "like", "exists", "group"),
}
"""Words that stand before a bracket and are no functions."""

ALIASES = {"tens", "ones"}
"""Aliases of relations with a list of their columns."""


RESERVED = {
    *(
        "account",
        "all",
        "alter",
        "and",
        "any",
        "as",
        "between",
        "by",
        "case",
        "cast",
        "check",
        "column",
        "connect",
        "connection",
    ),
    *(
        "constraint",
        "create",
        "cross",
        "current",
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "database",
    ),
    *(
        "delete",
        "distinct",
        "drop",
        "else",
        "exists",
        "false",
        "following",
        "for",
        "from",
        "full",
        "grant",
        "group",
        "gscluster",
    ),
    *(
        "having",
        "ilike",
        "in",
        "increment",
        "inner",
        "insert",
        "intersect",
        "into",
        "is",
        "issue",
        "join",
        "lateral",
        "left",
        "like",
    ),
    *(
        "localtime",
        "localtimestamp",
        "minus",
        "natural",
        "not",
        "null",
        "of",
        "on",
        "or",
        "order",
        "organization",
        "qualify",
        "regexp",
    ),
    *(
        "revoke",
        "right",
        "rlike",
        "row",
        "rows",
        "sample",
        "schema",
        "select",
        "set",
        "some",
        "start",
        "table",
        "tablesample",
        "then",
    ),
    *(
        "to",
        "trigger",
        "true",
        "try_cast",
        "union",
        "unique",
        "update",
        "using",
        "values",
        "view",
        "when",
        "whenever",
        "where",
        "with",
    ),
}
"""Words that Snowflake keeps for itself: no column and no alias may be called so."""


def reserved_names(sql: str) -> set[str]:
    """The names of columns, aliases and subqueries in a query that are reserved words. Tables in a schema may have any name."""
    query = parse_one(sql, read="snowflake")
    names = {name.name.lower() for name in query.find_all(exp.Identifier) if not isinstance(name.parent, exp.Table)}
    return names & RESERVED


def foreign_words(sql: str) -> set[str]:
    """The functions in a query that are not on the list, and signs that only DuckDB understands."""
    tokens = Snowflake().tokenize(sql)
    called = {
        before.text.lower()
        for before, after in pairwise(tokens)
        if after.token_type == TokenType.L_PAREN and before.text[:1].isalpha() and before.token_type != TokenType.STRING
    }
    signs = {
        token.text for token in tokens if token.token_type in (TokenType.L_BRACKET, TokenType.DCOLON, TokenType.ARROW)
    }
    return (called - FUNCTIONS - GRAMMAR - ALIASES) | signs
