"""The rules, against the golden cases and by property."""
