"""Evidence over days, on cells written by the real fold into a real Redis."""
