"""What it means: judgement and delivery."""
