"""Tests of dashboard/quality."""
