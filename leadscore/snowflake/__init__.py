"""What is done around a Snowflake account: shipping the library, loading the simulated world, printing the grants.

dbt builds the project there; these are the steps before and after it, run by `leadscore snowflake`.
"""
