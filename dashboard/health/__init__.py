"""How the line is: check, report, replay of dead letters, sources."""
