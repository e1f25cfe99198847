"""Tests of dashboard/appeals/."""
