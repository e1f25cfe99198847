"""Tests of dashboard/judging/."""
