"""The rules: pure, vectorised functions of frames and numbers. No clock, no I/O."""
