"""Tests of streams/kafka_log/."""
