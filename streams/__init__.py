"""What happened: facts, exact."""
