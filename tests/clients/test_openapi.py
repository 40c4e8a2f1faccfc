"""The description of the HTTP side: valid, and true of what is really answered."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from event import Event, batch
from world import World

MEDIA_TYPES = {"application/cloudevents+json", "application/cloudevents-batch+json", "application/json"}


@pytest.fixture(scope="module")
def document(world: World) -> dict[str, Any]:
    response = requests.get(f"{world.endpoints.http}/v1/openapi.json", timeout=10)
    response.raise_for_status()
    return response.json()


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_the_three_modes_of_publishing_are_described(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/events"]["post"]
    assert MEDIA_TYPES <= set(operation["requestBody"]["content"])
    assert {"400", "401", "403", "409", "413", "422", "503"} <= set(operation["responses"])


def answer(world: World, body: bytes, content_type: str) -> requests.Response:
    headers = {"Content-Type": content_type} | world.bearer
    return requests.post(world.events_url, data=body, headers=headers, timeout=20)


def test_real_answers_are_as_described(world: World, document: dict[str, Any]) -> None:
    good, bad = Event.place_offered(), Event.place_offered().with_data(hours_per_week=0)
    for response in (
        answer(world, good.structured().body, "application/cloudevents+json"),
        answer(world, bad.structured().body, "application/cloudevents+json"),
        answer(world, b"no json", "application/cloudevents+json"),
        answer(world, batch(good, bad), "application/cloudevents-batch+json"),
    ):
        status, media = response.status_code, response.headers["content-type"].split(";")[0]
        described = document["paths"]["/v1/events"]["post"]["responses"][str(status)]
        prefix = f"#/paths/~1v1~1events/post/responses/{status}"
        if "$ref" in described:
            prefix = described["$ref"]
        pointer = f"{prefix}/content/{media.replace('/', '~1')}/schema"
        # The document itself is the scope of the references in it.
        OAS31Validator({**document, "$ref": pointer}).validate(response.json())
