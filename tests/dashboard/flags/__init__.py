"""Tests of dashboard/flags/."""
