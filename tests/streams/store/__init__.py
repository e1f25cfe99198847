"""Tests of streams/store/."""
