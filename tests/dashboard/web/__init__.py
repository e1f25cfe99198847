"""Tests of dashboard/web/."""
