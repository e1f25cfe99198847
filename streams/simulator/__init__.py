"""A simulated floor, and the embedded services of the demo."""
