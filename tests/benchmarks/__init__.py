"""Benchmarks: they print figures and record them in tests/benchmarks/RESULTS.md."""
