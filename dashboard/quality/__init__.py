"""The trend of quality scores: single evaluations out of the ledger, charted per agent and per team (rules.md 8)."""
