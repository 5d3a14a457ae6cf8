"""Whether the account's channel holds the packages that Python models import, said before a build finds out."""

from __future__ import annotations

from leadscore.channel import ALL_PACKAGES, PYTHON_VERSION, lacking
from leadscore.errors import LeadscoreError
from leadscore.snowflake.connection import Session
from leadscore.snowflake.names import quoted, text


def look_up(session: Session, database: str) -> list[str]:
    """What the channel lacks, a warning each; one sentence if all is there, or if the account does not let itself be asked."""
    names = ", ".join(map(text, ALL_PACKAGES))
    try:
        rows = session.run(
            f"select package_name, version from {quoted(database)}.information_schema.packages where language = 'python' "
            f"and runtime_version = {text(PYTHON_VERSION)} and package_name in ({names})"
        )
    except LeadscoreError as error:
        return [f"Whether the channel has the packages of Python models could not be looked up. {error}"]
    available: dict[str, set[str]] = {}
    for package, version in rows:
        available.setdefault(package, set()).add(version)
    return [f"Warning: {sentence}" for sentence in lacking(available)] or [
        f"The channel has every package of Python models, for Python {PYTHON_VERSION}."
    ]
