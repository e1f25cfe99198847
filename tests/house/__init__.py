"""The house rules: who may import whom, tables that must be complete."""
