"""Evidence about persons (rules.md 9): exposure, peers, the window of 20 shifts, the verdict, live and over days."""
