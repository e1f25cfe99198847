"""Pictures of every page at the fixed moment: ``table`` says which, ``python -m tests.screenshots`` takes them."""
