"""Lead scoring that lives in the warehouse: the library behind the dbt project. It knows no dbt."""

__version__ = "0.1.0"
