"""Records that could not be counted, and their replay."""
