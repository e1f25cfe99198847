"""The counters in memory: the ring of minutes, its lines, and the feed that fills it."""
