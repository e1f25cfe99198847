"""Tests of dashboard/explain/."""
