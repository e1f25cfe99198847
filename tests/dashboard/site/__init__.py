"""Tests of dashboard/site/."""
