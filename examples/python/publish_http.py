"""Publishes a file of CloudEvents over HTTP with nothing but the standard library: publish_http.py URL FILE

URL is the hub's `/v1/events`, or `/events` of an outbox on this machine. One event at a time, so their order is kept.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

TRIES = 5


def publish(url: str, event: str) -> dict[str, Any]:
    """The answer, when the event is on disk. Sending again is harmless, so whatever may pass is tried again."""
    request = urllib.request.Request(
        url,
        data=event.encode(),
        headers={
            "Content-Type": "application/cloudevents+json",
            "Authorization": f"Bearer {os.environ['SAMFLYT_TOKEN'].strip()}",
        },
    )
    for left in reversed(range(TRIES)):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code not in (429, 503) or not left:
                raise
            time.sleep(float(refused.headers.get("Retry-After", 1)))
        except urllib.error.URLError:
            if not left:
                raise
            time.sleep(1)
    raise AssertionError("unreachable")


def main(url: str, file: str) -> int:
    refused = 0
    for line in Path(file).read_text().splitlines():
        if not line.strip():
            continue
        try:
            answer = publish(url, line)
            print(json.loads(line)["id"], answer.get("sequence", answer.get("number")))
        except urllib.error.HTTPError as error:
            refused += 1
            print(json.loads(line)["id"], error.read().decode(), file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
