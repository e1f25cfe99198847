"""What a number is made of, down to the records."""
