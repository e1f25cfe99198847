"""The ring of minutes."""
