"""Tests of streams/dead_letters/."""
