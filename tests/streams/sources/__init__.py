"""Adapters of vendor formats."""
