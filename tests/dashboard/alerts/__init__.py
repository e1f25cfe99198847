"""Tests of dashboard/alerts."""
