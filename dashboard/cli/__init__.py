"""The command line: it builds the parts and hands them finished values; the only place that prints."""
