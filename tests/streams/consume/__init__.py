"""Tests of streams/consume/."""
