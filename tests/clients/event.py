"""An event as the CloudEvents SDK makes it, in each of the forms that a binding gives it."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime
from typing import Any, Self

from cloudevents.core.bindings import http
from cloudevents.core.bindings.http import HTTPMessage
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

_counter = itertools.count(1)
_run = os.urandom(4).hex()


def fresh_id() -> str:
    return f"py-{_run}-{next(_counter)}"


def synthetic_identity_number() -> str:
    """A national identity number that nobody has: born on 1 January 1990, 80 added to the month."""
    for serial in range(100, 1000):
        nine = [int(digit) for digit in f"018190{serial}"]
        first = -sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), nine)) % 11
        second = -sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), [*nine, first])) % 11
        if first < 10 and second < 10:
            return "".join(map(str, [*nine, first, second]))
    raise AssertionError("no serial number gives two check digits")


class Event(CloudEvent):
    """A CloudEvent with the attributes that Samflyt asks for."""

    @classmethod
    def place_offered(cls, *, case: str = "2026/17", hours_per_week: int = 41, **attributes: Any) -> Self:
        """An event that concerns nobody."""
        data = {"case": case, "kindergarten": "Blåbærstua", "hours_per_week": hours_per_week}
        return cls._make("kindergarten.place-offered", case, data, attributes)

    @classmethod
    def application_received(cls, *, case: str, **attributes: Any) -> Self:
        """An event that concerns a child."""
        data = {"case": case, "child": synthetic_identity_number(), "wished_start": "2026-08"}
        return cls._make("kindergarten.application-received", case, data, attributes)

    @classmethod
    def _make(cls, kind: str, case: str, data: dict[str, Any], attributes: dict[str, Any]) -> Self:
        given = {
            "id": fresh_id(),
            "source": "urn:samflyt:system:seljord-oppvekst",
            "type": f"no.samflyt.{kind}",
            "subject": case,
            "time": datetime.now(UTC),
            "datacontenttype": "application/json",
            "tenant": "seljord",
        }
        return cls(given | attributes, data)

    @property
    def id(self) -> str:
        return self.get_id()

    def binary(self) -> HTTPMessage:
        return http.to_binary_event(self)

    def structured(self) -> HTTPMessage:
        return http.to_structured_event(self)

    def nats_headers(self) -> dict[str, str]:
        """Binary mode of the NATS binding: as over HTTP, and every attribute is a `ce-` header."""
        headers = dict(self.binary().headers)
        headers["ce-datacontenttype"] = headers.pop("content-type")
        return headers

    def with_data(self, **changes: Any) -> Event:
        """The same event, saying something else."""
        return Event(dict(self.get_attributes()), {**self.get_data(), **changes})


def batch(*events: CloudEvent) -> bytes:
    """`application/cloudevents-batch+json`, which the SDK does not write."""
    return b"[" + b",".join(JSONFormat().write(event) for event in events) + b"]"
