"""Tests mirror the three rooms."""
