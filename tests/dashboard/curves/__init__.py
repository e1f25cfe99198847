"""Tests of the curves of the drawer."""
