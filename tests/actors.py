"""People who act in tests."""

from dashboard.actions.acting_person import Actor


def actor(id: str, *leads: str) -> Actor:
    """An agent who signed in by an account of the same name, and leads these teams."""
    return Actor(f"local:{id}", id, frozenset(leads))
