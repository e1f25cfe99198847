"""Tests of dashboard/access/."""
