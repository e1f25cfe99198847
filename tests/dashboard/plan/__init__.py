"""Tests of dashboard/plan/."""
