"""The form of the hub's JSON answers. If it changes, it changes here.

One event over HTTP      the receipt, or a problem document (RFC 9457)
A batch over HTTP        an array in the order of the batch, of outcomes
One event over NATS      an outcome

A receipt                {"tenant", "sequence", "duplicate", "contract_version"}
A refusal                {"reason", "message", "violations": [{"field", "rule", "advice"}]}
An outcome               {"id", "accepted": receipt} or {"id", "refused": refusal}
A problem document       {"type", "title", "status", "detail", "reason", "violations"}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True)
class Receipt:
    tenant: str
    sequence: int
    duplicate: bool

    @classmethod
    def parse(cls, value: dict[str, Any]) -> Receipt:
        # protobuf's JSON writes 64-bit numbers as strings; both are read.
        return cls(value["tenant"], int(value["sequence"]), value["duplicate"])


@dataclass(frozen=True)
class Refusal:
    reason: str
    fields: tuple[str, ...]
    text: str

    @classmethod
    def parse(cls, value: dict[str, Any]) -> Refusal:
        violations = value.get("violations", [])
        for violation in violations:
            # RFC 6901: the empty pointer is the whole event.
            assert violation["field"] == "" or violation["field"].startswith("/"), violation
            assert violation["rule"] and violation["advice"], violation
        return cls(value["reason"], tuple(v["field"] for v in violations), json.dumps(value))


def accepted(response: requests.Response) -> Receipt:
    """The receipt of one event over HTTP."""
    assert response.status_code in (200, 201, 202), f"{response.status_code}: {response.text}"
    assert media_type(response) == "application/json"
    return Receipt.parse(response.json())


def refused(response: requests.Response, status: int) -> Refusal:
    """The problem document of one event over HTTP."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    assert media_type(response) == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["type"] and problem["title"] and problem["detail"], problem
    return Refusal.parse(problem)


def batch_outcomes(response: requests.Response) -> list[Receipt | Refusal]:
    assert response.status_code in (200, 207), f"{response.status_code}: {response.text}"
    assert media_type(response) == "application/json"
    return [outcome(value) for value in response.json()]


def outcome(value: dict[str, Any] | bytes) -> Receipt | Refusal:
    if isinstance(value, bytes):
        value = json.loads(value)
    assert ("accepted" in value) != ("refused" in value), value
    return Receipt.parse(value["accepted"]) if "accepted" in value else Refusal.parse(value["refused"])


def media_type(response: requests.Response) -> str:
    return response.headers["content-type"].split(";")[0].strip()
