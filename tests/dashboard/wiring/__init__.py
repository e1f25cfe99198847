"""Tests of dashboard/wiring/."""
