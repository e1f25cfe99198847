"""Closed months: what was signed, and what was adjusted after."""
