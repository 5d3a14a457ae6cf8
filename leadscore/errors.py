"""The one exception whose text is meant for a person."""


class LeadscoreError(Exception):
    """A message for a person: what is wrong, where, and what to do about it."""
