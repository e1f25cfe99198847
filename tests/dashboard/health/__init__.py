"""Tests of dashboard/health/."""
