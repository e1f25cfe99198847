"""Tests of dashboard/floor/."""
