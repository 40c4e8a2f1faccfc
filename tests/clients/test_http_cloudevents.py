"""CloudEvents over HTTP: the `cloudevents` SDK makes the messages, `requests` sends them."""

from __future__ import annotations

import pytest
import requests
from cloudevents.core.bindings.http import HTTPMessage

from answers import Receipt, Refusal, accepted, batch_outcomes, refused
from event import Event, batch, synthetic_identity_number
from world import OTHER_SYSTEM, OTHER_TENANT, TENANT, World

MODES = pytest.mark.parametrize("mode", ["binary", "structured"])


def post(world: World, message: HTTPMessage, **headers: str) -> requests.Response:
    return requests.post(
        world.events_url, data=message.body, headers=message.headers | world.bearer | headers, timeout=20
    )


def in_mode(event: Event, mode: str) -> HTTPMessage:
    return event.binary() if mode == "binary" else event.structured()


@MODES
def test_an_event_is_accepted_with_its_place_in_the_log(world: World, mode: str) -> None:
    first = accepted(post(world, in_mode(Event.place_offered(), mode)))
    second = accepted(post(world, in_mode(Event.place_offered(), mode)))
    assert first.tenant == TENANT
    assert not first.duplicate
    assert second.sequence > first.sequence > 0


def test_a_resent_event_is_acknowledged_with_the_same_sequence_in_any_mode(world: World) -> None:
    event = Event.place_offered(case="Opptak 2026.17 Blåbærstua")
    first = accepted(post(world, event.binary()))
    again = accepted(post(world, event.structured()))
    assert again == Receipt(TENANT, first.sequence, duplicate=True)


@MODES
def test_the_same_id_with_other_data_is_refused(world: World, mode: str) -> None:
    event = Event.place_offered()
    accepted(post(world, in_mode(event, mode)))
    refusal = refused(post(world, in_mode(event.with_data(hours_per_week=20), mode)), 409)
    assert refusal.reason == "ID_REUSED"


@MODES
def test_a_violated_contract_names_the_field_and_never_the_value(world: World, mode: str) -> None:
    event = Event.place_offered().with_data(hours_per_week=4711)
    refusal = refused(post(world, in_mode(event, mode)), 422)
    assert refusal.reason == "CONTRACT_VIOLATED"
    assert refusal.fields == ("/data/hours_per_week",)
    assert "4711" not in refusal.text


def test_a_person_is_never_an_entity(world: World) -> None:
    number = synthetic_identity_number()
    refusal = refused(post(world, Event.place_offered(case=number).structured()), 400)
    assert refusal.reason == "ENVELOPE_INVALID"
    assert "/subject" in refusal.fields
    assert number not in refusal.text


def test_a_batch_accepts_the_good_ones_and_tells_what_is_wrong_with_the_bad_one(world: World) -> None:
    first, bad, last = Event.place_offered(), Event.place_offered().with_data(case=None), Event.place_offered()
    response = requests.post(
        world.events_url,
        data=batch(first, bad, last, first),
        headers={"Content-Type": "application/cloudevents-batch+json"} | world.bearer,
        timeout=20,
    )
    outcomes = batch_outcomes(response)
    assert [type(one) for one in outcomes] == [Receipt, Refusal, Receipt, Receipt]
    assert outcomes[1].reason == "CONTRACT_VIOLATED"
    assert "/data/case" in outcomes[1].fields
    assert outcomes[3] == Receipt(TENANT, outcomes[0].sequence, duplicate=True)


def test_what_is_no_json_is_refused(world: World) -> None:
    message = HTTPMessage({"content-type": "application/cloudevents+json"}, b"{")
    assert refused(post(world, message), 400).reason == "ENVELOPE_INVALID"


def test_without_a_token_nothing_is_taken(world: World) -> None:
    event = Event.place_offered().structured()
    response = requests.post(world.events_url, data=event.body, headers=event.headers, timeout=20)
    assert refused(response, 401).reason == "TOKEN_MISSING"
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_a_token_that_the_hub_did_not_expect_is_refused(world: World) -> None:
    head, claims, signature = world.token.split(".")
    forged = f"{head}.{claims}.{signature[:-8]}{signature[-8:].swapcase()}"
    response = post(world, Event.place_offered().structured(), Authorization=f"Bearer {forged}")
    assert refused(response, 401).reason == "TOKEN_INVALID"


@pytest.mark.parametrize(
    ("tenant", "system"),
    [(OTHER_TENANT, "seljord-oppvekst"), (TENANT, OTHER_SYSTEM), (OTHER_TENANT, OTHER_SYSTEM), ("atlantis", "x")],
)
def test_what_is_not_granted_looks_the_same_as_what_does_not_exist(world: World, tenant: str, system: str) -> None:
    event = Event.place_offered(tenant=tenant, source=f"urn:samflyt:system:{system}")
    assert refused(post(world, event.structured()), 403).reason == "NOT_GRANTED"


def test_health_and_metrics_can_be_asked_without_a_token(world: World) -> None:
    for path in ("/livez", "/readyz"):
        assert requests.get(world.endpoints.http + path, timeout=10).status_code == 200
    metrics = requests.get(world.endpoints.http + "/metrics", timeout=10)
    assert metrics.status_code == 200
    assert "# TYPE " in metrics.text
