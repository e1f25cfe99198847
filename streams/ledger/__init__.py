"""The ledger: what each fact contributes now against what it contributed before. Pure, no I/O."""
