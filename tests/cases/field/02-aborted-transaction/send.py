"""python send.py HOST:PORT TOPIC: the first event is committed, the other two are aborted."""

import pathlib
import sys

from kafka import KafkaProducer

lines = pathlib.Path(__file__).with_name("events.jsonl").read_bytes().splitlines()
producer = KafkaProducer(bootstrap_servers=sys.argv[1], transactional_id="bug-02")
producer.init_transactions()
for part, end in ((lines[:1], producer.commit_transaction), (lines[1:], producer.abort_transaction)):
    producer.begin_transaction()
    for line in part:
        producer.send(sys.argv[2], key=b"1042", value=line)
    producer.flush()
    end()
producer.close()
