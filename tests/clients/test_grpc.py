"""gRPC with `grpcio` and server reflection: no generated code, nothing of `proto/` is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from grpc_status import rpc_status

from event import fresh_id
from event import synthetic_identity_number as identity_number
from reflection import Reflected
from world import ORGANISATION, OTHER_TENANT, SYSTEM, TENANT, World

GATEWAY = "samflyt.gateway.v1.GatewayService"
LINEAGE = "samflyt.lineage.v1.LineageService"
REGISTRY = "samflyt.registry.v1.RegistryService"


@pytest.fixture(scope="module")
def channel(world: World) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(world.endpoints.grpc_target) as open_channel:
        yield open_channel


@pytest.fixture(scope="module")
def server(world: World, channel: grpc.Channel) -> Reflected:
    return Reflected(channel, world.token)


def event(kind: str = "kindergarten.place-offered", **fields: Any) -> dict[str, Any]:
    case = fields.get("entity", "2026/17")
    data = {"case": case, "kindergarten": "Blåbærstua", "hours_per_week": 41}
    if kind == "kindergarten.application-received":
        data = {"case": case, "child": identity_number(), "wished_start": "2026-08"}
    given = {
        "id": fresh_id(),
        "system": SYSTEM,
        "type": kind,
        "tenant": TENANT,
        "entity": case,
        "time": datetime.now(UTC),
        "data": json.dumps(data).encode(),
    }
    return given | fields


def details(error: grpc.RpcError) -> tuple[ErrorInfo, BadRequest]:
    """`google.rpc.Status` of a failed call."""
    info, bad_request = ErrorInfo(), BadRequest()
    for detail in rpc_status.from_call(error).details:
        detail.Unpack(info) if detail.Is(ErrorInfo.DESCRIPTOR) else None
        detail.Unpack(bad_request) if detail.Is(BadRequest.DESCRIPTOR) else None
    assert info.domain == "samflyt"
    return info, bad_request


def test_reflection_lists_the_services(server: Reflected) -> None:
    assert {GATEWAY, LINEAGE, REGISTRY} <= server.services()


def test_the_server_says_that_it_is_serving(channel: grpc.Channel) -> None:
    check = channel.unary_unary("/grpc.health.v1.Health/Check")
    serving = b"\x08\x01"
    assert check(b"", timeout=10) == serving


def test_a_published_event_is_acknowledged_and_a_resent_one_harmless(server: Reflected) -> None:
    given = event()
    first = server.call(GATEWAY, "PublishEvent", event=given).receipt
    again = server.call(GATEWAY, "PublishEvent", event=given).receipt
    assert (first.tenant, first.duplicate, first.contract_version) == (TENANT, False, "1.0")
    assert (again.sequence, again.duplicate) == (first.sequence, True)


def test_validating_appends_nothing(server: Reflected) -> None:
    given = event()
    assert server.call(GATEWAY, "PublishEvent", event=given, validate_only=True).receipt.sequence == 0
    assert not server.call(GATEWAY, "PublishEvent", event=given).receipt.duplicate


def test_a_stream_acknowledges_or_refuses_each_event_in_order(server: Reflected) -> None:
    good, bad = event(), event(data=b'{"case": "2026/17"}')
    answers = server.stream(GATEWAY, "PublishEvents", [{"event": one} for one in (good, bad, event(), good)])
    assert [answer.index for answer in answers] == [0, 1, 2, 3]
    assert [answer.WhichOneof("outcome") for answer in answers] == ["accepted", "refused", "accepted", "accepted"]
    assert answers[1].refused.reason == "CONTRACT_VIOLATED"
    assert answers[3].accepted.duplicate
    assert answers[3].accepted.sequence == answers[0].accepted.sequence


def test_a_refusal_carries_its_reason_and_the_field(server: Reflected) -> None:
    data = {"case": "2026/17", "kindergarten": "Blåbærstua", "hours_per_week": 4711}
    with pytest.raises(grpc.RpcError) as refused:
        server.call(GATEWAY, "PublishEvent", event=event(data=json.dumps(data).encode()))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    info, bad_request = details(refused.value)
    assert info.reason == "CONTRACT_VIOLATED"
    assert [violation.field for violation in bad_request.field_violations] == ["/data/hours_per_week"]
    assert "4711" not in str(rpc_status.from_call(refused.value))


def test_what_was_published_can_be_asked_for_at_once(server: Reflected) -> None:
    given = event("kindergarten.application-received", entity=fresh_id())
    receipt = server.call(GATEWAY, "PublishEvent", event=given).receipt
    answer = server.call(
        LINEAGE,
        "GetEvent",
        tenant=TENANT,
        system=SYSTEM,
        event_id=given["id"],
        at_least={"tenant": TENANT, "sequence": receipt.sequence},
    )
    recorded = answer.event
    assert (recorded.sequence, recorded.publisher) == (receipt.sequence, ORGANISATION)
    assert (recorded.event.id, recorded.event.entity) == (given["id"], given["entity"])
    assert abs(recorded.event.time.ToMicroseconds() - given["time"].timestamp() * 1e6) < 2
    assert recorded.learned_at.ToMicroseconds() > 0
    # What the contract calls personal is left out, and said to be.
    assert list(recorded.withheld) == ["/child"]
    assert json.loads(recorded.event.data)["child"] is None
    reflects = [place.sequence for place in answer.completeness.positions if place.stream == f"EVENTS_{TENANT}"]
    assert reflects and min(reflects) >= receipt.sequence
    assert not answer.completeness.truncated


def test_an_affair_is_traced_from_its_cause(server: Reflected) -> None:
    case = fresh_id()
    cause = event("kindergarten.application-received", entity=case)
    server.call(GATEWAY, "PublishEvent", event=cause)
    effect = event(entity=case, causation_id=f"{SYSTEM}/{cause['id']}")
    receipt = server.call(GATEWAY, "PublishEvent", event=effect).receipt
    answer = server.call(
        LINEAGE,
        "TraceEvent",
        tenant=TENANT,
        system=SYSTEM,
        event_id=effect["id"],
        at_least={"tenant": TENANT, "sequence": receipt.sequence},
    )
    assert [node.event.event.id for node in answer.nodes] == [cause["id"], effect["id"]]
    assert [(node.parent, node.depth, node.stub) for node in answer.nodes] == [(0, 0, False), (0, 1, False)]
    assert answer.focus == 1
    # No correlation was given: the affair is the event's own, and causation alone ties the two together.
    assert answer.correlation_id == f"{SYSTEM}/{effect['id']}"
    assert answer.nodes[1].delay.ToMicroseconds() > 0


def test_an_entity_has_its_history_page_by_page(server: Reflected) -> None:
    case = fresh_id()
    given = [event(entity=case) for _ in range(3)]
    for one in given:
        server.call(GATEWAY, "PublishEvent", event=one)
    ask = {"tenant": TENANT, "entity": case, "page_size": 2}
    first = server.call(LINEAGE, "ListEntityEvents", **ask)
    rest = server.call(LINEAGE, "ListEntityEvents", **ask, page_token=first.next_page_token)
    assert [recorded.event.id for recorded in (*first.events, *rest.events)] == [one["id"] for one in given]
    assert first.next_page_token and not rest.next_page_token


def test_nobody_learns_of_another_municipality(server: Reflected) -> None:
    for method, ask in (
        ("GetEvent", {"tenant": OTHER_TENANT, "system": "vinje-oppvekst", "event_id": "1"}),
        ("ListEntityEvents", {"tenant": OTHER_TENANT, "entity": "1"}),
        ("ListFlows", {"tenants": [OTHER_TENANT]}),
        ("GetStatus", {"tenants": ["atlantis"]}),
    ):
        with pytest.raises(grpc.RpcError) as refused:
            server.call(LINEAGE, method, **ask)
        assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED, method
        assert details(refused.value)[0].reason == "NOT_GRANTED"


def test_without_a_token_nothing_is_answered(channel: grpc.Channel) -> None:
    stranger = Reflected(channel, token=None)
    for service, method in ((GATEWAY, "PublishEvent"), (LINEAGE, "GetStatus"), (REGISTRY, "ListTenants")):
        with pytest.raises(grpc.RpcError) as refused:
            stranger.call(service, method)
        assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED, method
        assert details(refused.value)[0].reason == "TOKEN_MISSING"
