"""What the tests stand on: two municipalities, a system in each, two contracts, a client that may use one of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import requests

from event import Event
from hub import Endpoints, Hub

CONTRACTS = Path(__file__).parent / "contracts"
GRANT_SECONDS_MAX = 5.0

TENANT, SYSTEM = "seljord", "seljord-oppvekst"
OTHER_TENANT, OTHER_SYSTEM = "vinje", "vinje-oppvekst"
CLIENT, ORGANISATION = "fagsystem-1", "999999999"
SCOPES = ("samflyt:publish", "samflyt:query")


@dataclass(frozen=True)
class World:
    hub: Hub
    token: str

    @property
    def endpoints(self) -> Endpoints:
        return self.hub.endpoints

    @property
    def events_url(self) -> str:
        return f"{self.endpoints.http}/v1/events"

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def inbox_prefix(self) -> str:
        """The only subjects that a system's NATS connection may read are below this."""
        return f"_INBOX_{ORGANISATION}_0_{CLIENT}"


def build(hub: Hub) -> World:
    for tenant, number, organisation, name in (
        (TENANT, "4022", "964963282", "Seljord"),
        (OTHER_TENANT, "4036", "910000004", "Vinje"),
    ):
        hub.samflyt(
            "registry", "tenant", "register", tenant,
            "--number", number, "--organisation", organisation, "--name", name,
        )  # fmt: skip
    for system, host in ((SYSTEM, TENANT), (OTHER_SYSTEM, OTHER_TENANT)):
        hub.samflyt(
            "registry", "system", "register", system,
            "--host", host, "--product", "kindergarten", "--name", f"Oppvekst i {host.title()}",
        )  # fmt: skip
    for contract in sorted(CONTRACTS.glob("*.json")):
        hub.samflyt("registry", "contract", "publish", str(contract))
    hub.samflyt(
        "registry", "grant", "give", "--client", CLIENT, "--organisation", ORGANISATION,
        "--tenant", TENANT, "--system", SYSTEM, *(part for scope in SCOPES for part in ("--scope", scope)),
    )  # fmt: skip
    token = hub.samflyt(
        "token", "--organisation", ORGANISATION, "--client", CLIENT, "--scope", " ".join(SCOPES)
    ).strip()
    world = World(hub, token)
    wait_until_granted(world)
    return world


def wait_until_granted(world: World) -> None:
    """The gateway learns of contracts and grants within a second; a loaded machine may need a little longer."""
    probe = Event.place_offered().structured()
    deadline = time.monotonic() + GRANT_SECONDS_MAX
    while True:
        answer = requests.post(world.events_url, data=probe.body, headers=probe.headers | world.bearer, timeout=10)
        if answer.ok:
            return
        assert time.monotonic() < deadline, f"never granted: {answer.status_code} {answer.text}"
        time.sleep(0.05)
