"""The state of the line: check, report, replay of dead letters, sources."""
