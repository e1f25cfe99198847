"""How it looks: pages are functions without data; what they show is bound by name."""
