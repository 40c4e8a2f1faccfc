"""The examples in `examples/python`, run as their README says, on a municipality of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest

from event import fresh_id
from hub import Hub, binary, environment
from reflection import Reflected
from world import World

TENANT, PROVIDER, CONSUMER = "tokke", "tokke-oppvekst", "tokke-visma"
TYPE = "kindergarten.place-offered"
CATALOGUE = "samflyt.registry.v1.CatalogueService"
DELIVERY = "samflyt.delivery.v1.DeliveryService"
AGREEMENT = 7
SECONDS_MAX = 30


class Examples:
    def __init__(self, root: Path, hub: Hub) -> None:
        self._folder, self._token = root / "examples/python", hub.endpoints.operator_token

    def run(self, script: str, *arguments: str, token: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, self._folder / script, *arguments],
            env=environment(SAMFLYT_TOKEN=token or self._token), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=SECONDS_MAX,
        )  # fmt: skip


@pytest.fixture(scope="module")
def server(world: World, hub: Hub) -> Iterator[Reflected]:
    """Tokke, whose kindergarten system has an agreement with another. The contracts are the world's."""
    hub.samflyt(
        "registry", "tenant", "register", TENANT,
        "--number", "4034", "--organisation", "964964807", "--name", "Tokke",
    )  # fmt: skip
    for system in (PROVIDER, CONSUMER):
        hub.samflyt(
            "registry", "system", "register", system, "--host", TENANT, "--product", "kindergarten", "--name", system
        )
    with grpc.insecure_channel(hub.endpoints.grpc_target) as channel:
        server = Reflected(channel, hub.endpoints.operator_token)
        agreement = {
            "id": "places", "tenant": TENANT, "provider": PROVIDER, "consumer": CONSUMER, "types": [TYPE],
            "purpose": "To run kindergartens", "legal_basis": {"gdpr": "6(1)(e)", "law": "barnehageloven § 16"},
            "valid_from": (datetime.now(UTC) - timedelta(days=1)).date().isoformat(),
        }  # fmt: skip
        server.call(CATALOGUE, "PutResource", kind=AGREEMENT, document=json.dumps(agreement).encode(), reason="test")
        server.call(CATALOGUE, "ApproveAgreement", tenant=TENANT, id="places", approved_by="IT council")
        subscription = {"id": "python", "tenant": TENANT, "consumer": CONSUMER, "filter": {"types": [TYPE]}}
        server.call(DELIVERY, "CreateSubscription", subscription=subscription, start={"beginning": True})
        yield server


@pytest.fixture(scope="module")
def examples(root: Path, hub: Hub, server: Reflected) -> Examples:
    return Examples(root, hub)


def events(path: Path, count: int, **data: Any) -> list[str]:
    """Writes a file of events; gives their ids."""
    ids = [fresh_id() for _ in range(count)]
    lines = [
        {
            "specversion": "1.0", "id": one, "source": f"urn:samflyt:system:{PROVIDER}", "type": f"no.samflyt.{TYPE}",
            "tenant": TENANT, "subject": "2026/1", "time": datetime.now(UTC).isoformat(),
            "data": {"case": "2026/1", "kindergarten": "Blåbærstua", "hours_per_week": 41} | data,
        }
        for one in ids
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return ids


def test_what_the_publishers_send_the_consumer_receives_in_order(
    examples: Examples, hub: Hub, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    ids = [*events(first, 3), *events(second, 3)]
    by_http = examples.run("publish_http.py", f"{hub.endpoints.http}/v1/events", str(first))
    assert by_http.returncode == 0, by_http.stderr
    by_grpc = examples.run("publish_grpc.py", hub.endpoints.grpc_target, str(second))
    assert by_grpc.returncode == 0, by_grpc.stderr
    assert [line.split()[0] for line in (by_http.stdout + by_grpc.stdout).splitlines()] == ids
    consumed = examples.run("consume_grpc.py", hub.endpoints.grpc_target, TENANT, "python", str(len(ids)))
    assert consumed.returncode == 0, consumed.stderr
    received = [json.loads(line) for line in consumed.stdout.splitlines()]
    assert [one["id"] for one in received] == ids
    assert received[0]["data"]["kindergarten"] == "Blåbærstua"


def test_what_the_http_publisher_gives_an_outbox_reaches_the_hub(
    examples: Examples, server: Reflected, hub: Hub, tmp_path: Path
) -> None:
    outbox, file = tmp_path / "outbox", tmp_path / "events.jsonl"
    ids = events(file, 3)
    running = subprocess.Popen(
        [binary(), "outbox", "run", "--json", "--port", "0", "--tenant", TENANT, "--system", PROVIDER, "--dir", outbox],
        env=environment(SAMFLYT_ENDPOINT=hub.endpoints.grpc, SAMFLYT_TOKEN=hub.endpoints.operator_token),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        url = json.loads(running.stdout.readline())["url"]
        subscription = {"id": "outbox", "tenant": TENANT, "consumer": CONSUMER, "filter": {"types": [TYPE]}}
        server.call(DELIVERY, "CreateSubscription", subscription=subscription, start={"now": True})
        sent = examples.run("publish_http.py", url, str(file), token=(outbox / "door-token").read_text())
        assert sent.returncode == 0, sent.stderr
        assert [line.split() for line in sent.stdout.splitlines()] == [[one, str(n)] for n, one in enumerate(ids, 1)]
        consumed = examples.run("consume_grpc.py", hub.endpoints.grpc_target, TENANT, "outbox", "3")
        assert [json.loads(line)["id"] for line in consumed.stdout.splitlines()] == ids
    finally:
        running.terminate()
        assert running.wait(timeout=SECONDS_MAX) == 0


@pytest.mark.parametrize("form", ["http", "grpc"])
def test_a_refused_event_is_told_with_its_field(examples: Examples, hub: Hub, tmp_path: Path, form: str) -> None:
    file = tmp_path / "bad.jsonl"
    events(file, 1, hours_per_week=4711)
    target = f"{hub.endpoints.http}/v1/events" if form == "http" else hub.endpoints.grpc_target
    done = examples.run(f"publish_{form}.py", target, str(file))
    assert done.returncode == 1
    assert "CONTRACT_VIOLATED" in done.stderr
    assert "/data/hours_per_week" in done.stderr
