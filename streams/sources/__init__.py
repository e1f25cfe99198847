"""Vendor formats: one pure adapter per file, from one vendor record to our events."""
