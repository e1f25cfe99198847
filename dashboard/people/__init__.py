"""What may be said of one person: evidence, quality trend, curves."""
