#!/bin/sh
# The least rights of each process, for the users consume, publish and serve. With client certificates a user is
# User:CN=consume,... as the certificate has it; with OAuth the subject of the token.
#
#   KAFKA_ACLS="kafka-acls --bootstrap-server broker:9093 --command-config admin.properties" sh kafka-acls.sh
set -eu
may() {
    user=$1
    shift
    ${KAFKA_ACLS:-kafka-acls} --add --allow-principal "User:$user" "$@"
}

# consume counts events and actions, sends heartbeats into the topics it reads, and writes dead letters.
may consume --topic callfloor.events --operation Read --operation Write --operation DescribeConfigs
may consume --topic callfloor.actions --operation Read --operation Write --operation DescribeConfigs
may consume --topic callfloor.dead-letters --operation Write
may consume --group callfloor --operation Read
may consume --group callfloor-actions --operation Read

# publish asks for the number of partitions as long as nothing is counted.
may publish --topic callfloor.events --operation Describe

# serve shows how far the log goes and the dead letters, sends dead letters again, and sends what people do.
may serve --topic callfloor.events --operation Read --operation Write --operation DescribeConfigs
may serve --topic callfloor.actions --operation Read --operation Write --operation DescribeConfigs
may serve --topic callfloor.dead-letters --operation Read --operation Write

# serve records who saw and did what, and shows it to auditors.
may serve --topic callfloor.audit --operation Read --operation Write

# person tells every partition that a person is erased, and how long Kafka keeps what was sent.
may person --topic callfloor.events --operation Write --operation DescribeConfigs
may person --topic callfloor.actions --operation Write --operation DescribeConfigs
may person --topic callfloor.audit --operation Write
