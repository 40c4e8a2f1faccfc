"""Webhooks, received with Python's own HTTP server and judged by `standardwebhooks` and the CloudEvents SDK."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
import pytest
import requests
from cloudevents.core.bindings import http as binding
from standardwebhooks import Webhook, WebhookVerificationError

from event import Event, fresh_id
from house import CATALOGUE, KINDS
from reflection import Reflected
from world import SYSTEM, TENANT, World

DELIVERY = "samflyt.delivery.v1.DeliveryService"
CONSUMER, TYPE = "seljord-receiver", "kindergarten.place-offered"
ARRIVES_SECONDS_MAX = 20


class Receiver:
    """An endpoint that allows the hub and accepts all that comes."""

    def __init__(self) -> None:
        self.posted: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_OPTIONS(self) -> None:
                self.send_response(200)
                self.send_header("WebHook-Allowed-Origin", self.headers["WebHook-Request-Origin"])
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posted.put((dict(self.headers.items()), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/events"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self) -> tuple[dict[str, str], bytes]:
        return self.posted.get(timeout=ARRIVES_SECONDS_MAX)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[Reflected]:
    """As the operator, with a consumer that may have what is offered."""
    world.hub.samflyt(
        "registry", "system", "register", CONSUMER, "--host", TENANT, "--product", "receiver", "--name", "Receiver"
    )
    agreement = {
        "id": "receiver", "tenant": TENANT, "provider": SYSTEM, "consumer": CONSUMER, "types": [TYPE],
        "purpose": "To offer places", "legal_basis": {"gdpr": "6(1)(e)", "law": "barnehageloven § 15"},
        "valid_from": (datetime.now(UTC) - timedelta(days=2)).date().isoformat(),
    }  # fmt: skip
    with grpc.insecure_channel(world.endpoints.grpc_target) as channel:
        server = Reflected(channel, world.endpoints.operator_token)
        kind, document = KINDS.index("agreement"), json.dumps(agreement).encode()
        server.call(CATALOGUE, "PutResource", kind=kind, document=document, reason="test")
        server.call(CATALOGUE, "ApproveAgreement", tenant=TENANT, id="receiver", approved_by="IT council")
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


def subscribe(server: Reflected, receiver: Receiver, name: str, case: str) -> str:
    """Makes a subscription on a case; returns its secret."""
    asked = {
        "id": name, "tenant": TENANT, "consumer": CONSUMER, "webhook": {"url": receiver.url},
        "filter": {"types": [TYPE], "entities": [case]},
    }  # fmt: skip
    made = server.call(DELIVERY, "CreateSubscription", subscription=asked, start={"beginning": True})
    assert made.subscription.state == 1, made.subscription.because
    return made.secret


def publish(world: World, event: Event) -> None:
    message = event.structured()
    answer = requests.post(world.events_url, data=message.body, headers=message.headers | world.bearer, timeout=10)
    assert answer.ok, answer.text


def test_a_delivery_is_verified_and_is_the_event_that_was_published(
    world: World, server: Reflected, receiver: Receiver
) -> None:
    case = fresh_id()
    secret = subscribe(server, receiver, "py-verified", case)
    event = Event.place_offered(case=case)
    publish(world, event)
    headers, body = receiver.next()
    assert Webhook(secret).verify(body, headers) == event.get_data()
    received = binding.from_http_event(binding.HTTPMessage(headers, body))
    assert (received.get_id(), received.get_subject()) == (event.id, case)
    assert received.get_type() == f"no.samflyt.{TYPE}"
    assert received.get_data() == event.get_data()


def test_what_was_changed_on_its_way_is_not_taken_for_the_hubs(
    world: World, server: Reflected, receiver: Receiver
) -> None:
    case = fresh_id()
    secret = subscribe(server, receiver, "py-changed", case)
    publish(world, Event.place_offered(case=case))
    headers, body = receiver.next()
    lowered = {name.lower(): value for name, value in headers.items()}
    earlier = str(int(lowered["webhook-timestamp"]) - 1)
    for changed in ({"webhook-id": "seljord/py-changed/1"}, {"webhook-timestamp": earlier}):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, lowered | changed)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"41", b"42"), lowered)


def test_while_a_secret_rotates_the_one_before_and_the_new_one_verify(
    world: World, server: Reflected, receiver: Receiver
) -> None:
    case = fresh_id()
    before = subscribe(server, receiver, "py-rotated", case)
    rotated = server.call(DELIVERY, "RotateSecret", tenant=TENANT, id="py-rotated")
    event = Event.place_offered(case=case)
    publish(world, event)
    headers, body = receiver.next()
    for secret in (before, rotated.secret):
        assert Webhook(secret).verify(body, headers) == event.get_data()
