"""The site file and its lists: read as a whole, every mistake named with its line."""
