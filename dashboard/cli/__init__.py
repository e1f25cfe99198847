"""The commands, one file each, and the program that runs them."""
