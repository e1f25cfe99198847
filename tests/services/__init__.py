"""Real services for tests: Apache Kafka, Redis, and the line that runs on them."""
