"""Lead scoring that lives in the warehouse: the library behind the dbt project's Python models."""

import os

__version__ = "0.1.0"

# XGBoost's threads wait for each other by spinning. Where another program wants the same cores, as in a build with
# several dbt threads, that makes training ten times slower than waiting quietly does. It must be said before XGBoost
# is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
