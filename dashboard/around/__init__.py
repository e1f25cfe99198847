"""What stands around the counters: the log in Kafka, Redis itself, the publisher."""
