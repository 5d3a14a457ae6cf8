"""A simulated world of companies, people and their records, as Marketo, Salesforce, Bombora and G2 would show it."""

from leadscore.simulate.world import simulate

__all__ = ["simulate"]
