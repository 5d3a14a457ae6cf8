"""A plugin of dbt-duckdb, named in the profile: a file that cannot be opened ends dbt with a sentence, not a trace.

The one module of this library that knows dbt.
"""

from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from leadscore.database import open_database
from leadscore.errors import LeadscoreError


class Plugin(BasePlugin):
    """Opens the file once before dbt does."""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Called by dbt-duckdb before it connects; raises DbtRuntimeError, which dbt prints without a trace."""
        try:
            with open_database(Path(creds.path)):
                pass
        except LeadscoreError as error:
            raise DbtRuntimeError(str(error)) from error
