"""Tests of dashboard/board/."""
