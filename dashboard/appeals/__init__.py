"""Appeals and decisions: cases, deadlines, who may decide."""
