"""Tests of the ledger: what each fact gives, and that taking back is exact."""
