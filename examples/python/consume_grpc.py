"""Receives the events of a subscription: consume_grpc.py HOST:PORT TENANT SUBSCRIPTION [COUNT]

Prints each event as a line of JSON, then acknowledges it. Ends after COUNT events; without it, goes on.
"""

from __future__ import annotations

import json
import queue
import sys
from collections.abc import Iterator
from typing import Any

from samflyt_grpc import Hub


def work(event: Any, redelivery: bool) -> None:
    """Whatever is to be done. What fails here is not acknowledged, and comes again."""
    line = {
        "sequence": event.sequence,
        "id": event.event.id,
        "type": event.event.type,
        "entity": event.event.entity,
        "redelivery": redelivery,
        "data": json.loads(event.event.data or b"null"),
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)


def main(target: str, tenant: str, subscription: str, count: str = "") -> int:
    left = int(count) if count else None
    said: queue.Queue[dict[str, Any] | None] = queue.Queue()
    said.put({"start": {"tenant": tenant, "id": subscription}})

    def requests() -> Iterator[dict[str, Any]]:
        while (request := said.get()) is not None:
            yield request

    for answer in Hub(target).stream("samflyt.delivery.v1.DeliveryService", "Consume", requests()):
        if answer.WhichOneof("part") != "delivery":
            continue
        delivery = answer.delivery
        work(delivery.event, delivery.redelivery)
        done = {"sequence": delivery.event.sequence, "replay": delivery.replay}
        said.put({"acknowledge": {"deliveries": [done]}})
        if left is not None:
            left -= 1
            if left == 0:
                # The end of what is said: the hub takes the last acknowledgement, and ends the stream.
                said.put(None)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
