"""The consume process: its loop, its heartbeat and what it logs."""
