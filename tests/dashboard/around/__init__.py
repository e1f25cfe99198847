"""Tests of what stands around the counters."""
