"""Publishes a file of CloudEvents over gRPC, many at a time: publish_grpc.py HOST:PORT FILE"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from samflyt_grpc import Hub


def request(line: str) -> dict[str, Any]:
    given = json.loads(line)
    event = {
        "id": given["id"],
        "system": given["source"].removeprefix("urn:samflyt:system:"),
        "type": given["type"].removeprefix("no.samflyt."),
        "tenant": given["tenant"],
        "entity": given["subject"],
        "time": datetime.fromisoformat(given["time"]),
        "correlation_id": given.get("correlationid", ""),
        "data": json.dumps(given["data"]).encode(),
    }
    return {"event": event}


def main(target: str, file: str) -> int:
    requests = [request(line) for line in Path(file).read_text().splitlines() if line.strip()]
    refused = 0
    # Answers come in the order of the requests, each when its event is on disk.
    for answer in Hub(target).stream("samflyt.gateway.v1.GatewayService", "PublishEvents", requests):
        if answer.WhichOneof("outcome") == "accepted":
            print(answer.event_id, answer.accepted.sequence)
            continue
        refused += 1
        print(answer.event_id, answer.refused.reason, answer.refused.message, file=sys.stderr)
        for violation in answer.refused.violations:
            print("  ", violation.field, violation.rule + ":", violation.advice, file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
