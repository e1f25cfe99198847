"""A floor worth watching, made up: agents, calls and what is said about calls, in time order and the same for a seed."""
