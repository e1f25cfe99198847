"""Tests of dashboard/past/."""
