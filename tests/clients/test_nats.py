"""CloudEvents over NATS, with `nats-py`: a system at the door with its bearer token, and the hub's own user at the log."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import nats
import pytest
from cloudevents.core.bindings import http
from cloudevents.core.bindings.http import HTTPMessage
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, NoRespondersError, TimeoutError

from answers import Receipt, Refusal, outcome
from event import Event
from world import OTHER_SYSTEM, OTHER_TENANT, SYSTEM, TENANT, World

INGEST = f"ingest.{TENANT}.{SYSTEM}"
STREAM = f"EVENTS_{TENANT}"


@contextlib.asynccontextmanager
async def system_connection(world: World, **options: object) -> AsyncIterator[tuple[Client, list[str]]]:
    """A system's connection, and what the broker complained of on it."""
    complaints: list[str] = []

    async def complain(error: Exception) -> None:
        complaints.append(str(error).lower())

    given = {"token": world.token, "inbox_prefix": world.inbox_prefix} | options
    client = await nats.connect(
        world.endpoints.nats_url, error_cb=complain, allow_reconnect=False, connect_timeout=5, **given
    )
    try:
        yield client, complaints
    finally:
        await client.close()


@contextlib.asynccontextmanager
async def hub_connection(world: World) -> AsyncIterator[Client]:
    ends = world.endpoints
    client = await nats.connect(ends.nats_url, user=ends.hub_user, password=ends.hub_password)
    try:
        yield client
    finally:
        await client.close()


def as_system(world: World, act: Callable[[Client, list[str]], Awaitable[object]], **options: object) -> object:
    async def run() -> object:
        async with system_connection(world, **options) as (client, complaints):
            return await act(client, complaints)

    return asyncio.run(run())


async def publish(client: Client, event: Event, subject: str = INGEST) -> Receipt | Refusal:
    answer = await client.request(subject, event.binary().body, timeout=10, headers=event.nats_headers())
    return outcome(answer.data)


def test_a_binary_event_is_acknowledged_by_the_reply(world: World) -> None:
    async def act(client: Client, _: list[str]) -> None:
        event = Event.place_offered()
        first, again = await publish(client, event), await publish(client, event)
        assert isinstance(first, Receipt) and first.tenant == TENANT and not first.duplicate
        assert again == Receipt(TENANT, first.sequence, duplicate=True)

    as_system(world, act)


def test_a_structured_event_is_acknowledged_by_the_reply(world: World) -> None:
    async def act(client: Client, _: list[str]) -> None:
        message = Event.place_offered().structured()
        headers = {"Content-Type": message.headers["content-type"]}
        answer = outcome((await client.request(INGEST, message.body, timeout=10, headers=headers)).data)
        assert isinstance(answer, Receipt) and answer.sequence > 0

    as_system(world, act)


def test_a_refusal_is_a_reply_too(world: World) -> None:
    async def act(client: Client, _: list[str]) -> None:
        refusal = await publish(client, Event.place_offered().with_data(hours_per_week=4711))
        assert isinstance(refusal, Refusal) and refusal.reason == "CONTRACT_VIOLATED"
        assert refusal.fields == ("/data/hours_per_week",)
        assert "4711" not in refusal.text

    as_system(world, act)


def test_an_event_cannot_speak_for_another_system_than_its_subject_names(world: World) -> None:
    async def act(client: Client, _: list[str]) -> None:
        for attributes in ({"source": f"urn:samflyt:system:{OTHER_SYSTEM}"}, {"tenant": OTHER_TENANT}):
            assert isinstance(await publish(client, Event.place_offered(**attributes)), Refusal)

    as_system(world, act)


@pytest.mark.parametrize(
    "subject",
    [
        f"ingest.{OTHER_TENANT}.{OTHER_SYSTEM}",
        f"ingest.{TENANT}.{OTHER_SYSTEM}",
        f"events.{TENANT}.kindergarten.place-offered.{SYSTEM}.1",
        f"$JS.API.STREAM.INFO.{STREAM}",
        "$SYS.REQ.SERVER.PING",
    ],
)
def test_a_system_can_publish_to_nothing_but_its_own_door(world: World, subject: str) -> None:
    async def act(client: Client, complaints: list[str]) -> None:
        with pytest.raises((TimeoutError, NoRespondersError)):
            await client.request(subject, b"{}", timeout=1)
        assert any("permissions violation" in complaint for complaint in complaints), complaints

    as_system(world, act)


@pytest.mark.parametrize("subject", [">", "_INBOX.>", "events.>", f"ingest.{TENANT}.>", "_INBOX_someone-else.>"])
def test_a_system_can_read_nothing_but_its_own_inbox(world: World, subject: str) -> None:
    async def act(client: Client, complaints: list[str]) -> None:
        heard: list[Msg] = []

        async def hear(message: Msg) -> None:
            heard.append(message)

        await client.subscribe(subject, cb=hear)
        # The answer to a request comes after the broker's word on the subscription.
        assert isinstance(await publish(client, Event.place_offered()), Receipt)
        assert any("permissions violation" in complaint for complaint in complaints), complaints
        assert heard == []

    as_system(world, act)


@pytest.mark.parametrize("token", ["", "no-token", "eyJhbGciOiJub25lIn0.e30."])
def test_without_a_good_token_there_is_no_connection(world: World, token: str) -> None:
    async def act(client: Client, _: list[str]) -> None:
        pytest.fail("connected")

    with pytest.raises(Error, match="(?i)authorization"):
        as_system(world, act, token=token or None)


def test_the_log_is_read_as_cloudevents_by_any_nats_client(world: World) -> None:
    """The hub's own user reads the stream; the `cloudevents` SDK reads the messages, percent-encoding and all."""
    cause = Event.place_offered(case="Opptak 2026.17 Blåbærstua")
    event = Event.place_offered(
        case="Opptak 2026.17 Blåbærstua", causationid=f"{SYSTEM}/{cause.id}", correlationid=f"{SYSTEM}/{cause.id}"
    )

    async def act() -> None:
        async with system_connection(world) as (system, _):
            await publish(system, cause)
            receipt = await publish(system, event)
        async with hub_connection(world) as client:
            stream = client.jetstream()
            assert (await stream.stream_info(STREAM)).state.messages > 0
            found = await stream.get_msg(STREAM, receipt.sequence)
            assert found.subject == (
                f"events.{TENANT}.kindergarten.place-offered.{SYSTEM}.Opptak=202026=2E17=20Blåbærstua"
            )
            assert found.headers["Nats-Msg-Id"] == f"{SYSTEM}/{event.id}"
            read = http.from_binary_event(HTTPMessage(found.headers, found.data))
        given = event.get_attributes()
        assert {name: read.get_attributes()[name] for name in given} == given
        assert read.get_dataschema() == "urn:samflyt:contract:kindergarten.place-offered:1.0"
        assert read.get_extension("publisher") == "999999999"
        assert read.get_data() == event.get_data()

    asyncio.run(act())


def test_the_log_can_be_followed_in_order(world: World) -> None:
    events = [Event.place_offered() for _ in range(20)]

    async def act() -> list[str]:
        async with system_connection(world) as (system, _):
            receipts = await asyncio.gather(*(publish(system, event) for event in events))
        first = min(receipt.sequence for receipt in receipts)
        async with hub_connection(world) as client:
            config = nats.js.api.ConsumerConfig(
                deliver_policy=nats.js.api.DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=first
            )
            follower = await client.jetstream().subscribe(
                f"events.{TENANT}.>", stream=STREAM, ordered_consumer=True, config=config
            )
            messages = [await follower.next_msg(timeout=5) for _ in events]
        sequences = [message.metadata.sequence.stream for message in messages]
        assert sequences == sorted(receipt.sequence for receipt in receipts)
        return [message.headers["ce-id"] for message in messages]

    assert sorted(asyncio.run(act())) == sorted(event.id for event in events)
