"""Benchmarks: they print figures and record them in RESULTS.md."""
