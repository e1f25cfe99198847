"""The place that opens connections and builds the parts of a process."""
