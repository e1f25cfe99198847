"""Tests of dashboard/people/."""
