"""Judged rows: the rules applied to counts and plan, for agents and every tier."""
