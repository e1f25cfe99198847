"""Tests of dashboard/actions/."""
