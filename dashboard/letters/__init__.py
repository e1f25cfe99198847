"""Dead letters as people meet them: what waits, by reason, and its replay."""
