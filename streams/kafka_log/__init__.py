"""Kafka: topics, reading and producing; the only room that imports its client."""
