"""The rules: pure, vectorised functions of arrays and numbers. No clock, no I/O."""
