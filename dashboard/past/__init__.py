"""Days, months and past moments: read, judged and written as tables."""
