"""Flags: episodes, what people did about them, the word outward, and the report on it all."""
