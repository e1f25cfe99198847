"""Redis: the only room that spells a key of a counter."""
