"""Tests of streams/simulator/."""
