"""A municipality with a described house, for what reads the catalogue and the flows: its own tenant, so that no other test
sees a difference."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc

from event import fresh_id
from hub import Hub
from reflection import Reflected

TENANT, FORMS, ARCHIVE = "fyresdal", "fyresdal-forms", "fyresdal-archive"
ASKED, OPENED = "formats.form-submitted", "formats.case-opened"
CATALOGUE = "samflyt.registry.v1.CatalogueService"
KINDS = ("", "product", "system", "usage", "process", "dataset", "service", "agreement", "change", "controller")


@dataclass(frozen=True)
class House:
    hub: Hub
    server: Reflected

    def put(self, kind: str, document: dict[str, Any]) -> None:
        self.server.call(
            CATALOGUE, "PutResource", kind=KINDS.index(kind), document=json.dumps(document).encode(), reason="test"
        )

    def publish(self, kind: str, system: str, data: dict[str, Any], cause: str = "") -> tuple[str, int]:
        """Id and sequence of a new event."""
        event = {
            "id": fresh_id(), "system": system, "type": kind, "tenant": TENANT, "entity": "2026/17",
            "time": datetime.now(UTC), "causation_id": cause, "data": json.dumps(data).encode(),
        }  # fmt: skip
        answer = self.server.call("samflyt.gateway.v1.GatewayService", "PublishEvent", event=event)
        return f"{system}/{event['id']}", answer.receipt.sequence

    def export(self, form: str) -> str:
        return self.hub.samflyt("registry", "export-catalogue", form, "--tenant", TENANT)

    def lineage(self, *arguments: str) -> str:
        return self.hub.samflyt("lineage", *arguments)


def contract(kind: str, origin: str) -> bytes:
    field = {"concept": "person.address", "origin": origin, "personal": True}
    return json.dumps(
        {
            "type": kind, "version": "1.0", "title": f"Contract of {kind}", "purpose": "To handle applications",
            "legal_basis": {"gdpr": "6(1)(e)", "law": "forvaltningsloven § 11"}, "classification": "confidential",
            "retention": {"class": "case", "years": 10}, "archive_duty": "deposit",
            "fields": {"/applicant/address": field},
            "schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "type": "object",
                "properties": {
                    "applicant": {"type": "object", "properties": {"address": {"type": "string"}}},
                    "pages": {"type": "integer", "description": "How many pages it has"},
                },
            },
        }
    ).encode()  # fmt: skip


def build(hub: Hub, channel: grpc.Channel) -> House:
    house = House(hub, Reflected(channel, hub.endpoints.operator_token))
    hub.samflyt(
        "registry", "tenant", "register", TENANT,
        "--number", "4032", "--organisation", "964963037", "--name", "Fyresdal \"kommune\"",
    )  # fmt: skip
    for system in (FORMS, ARCHIVE):
        hub.samflyt(
            "registry", "system", "register", system, "--host", TENANT, "--product", "formats-test", "--name", system
        )
    for kind, origin in ((ASKED, "collected"), (OPENED, "reused")):
        house.server.call("samflyt.registry.v1.RegistryService", "PublishContract", document=contract(kind, origin))
    describe(house)
    data = {"applicant": {"address": "Folkestadvegen 1"}, "pages": 2}
    cause, _ = house.publish(ASKED, FORMS, data)
    house.publish(ASKED, FORMS, data)
    _, sequence = house.publish(OPENED, ARCHIVE, data, cause)
    position = {"tenant": TENANT, "sequence": sequence}
    house.server.call("samflyt.lineage.v1.LineageService", "GetStatus", tenants=[TENANT], at_least=position)
    return house


def describe(house: House) -> None:
    house.put("controller", {
        "tenant": TENANT, "contact": "Fyresdal kommune; post@fyresdal.example", "security": "Access by role",
        "data_protection_officer": "personvernombud@fyresdal.example",
    })  # fmt: skip
    house.put("usage", {
        "system": FORMS, "tenant": TENANT, "owner": "Head of service",
        "processing": {"chain": [{"name": "The company", "role": "operating company"}], "storage": "Norway"},
    })  # fmt: skip
    basis = {"gdpr": "6(1)(e)", "law": "forvaltningsloven § 11"}
    dataset = {
        "tenant": TENANT, "source": FORMS, "description": "What there is,\nin \"two\" lines; one <b>", "theme": "GOVE",
        "purpose": "To handle applications", "legal_basis": basis, "concepts": ["person.address"],
        "keywords": ["skjema", "søknad"], "contact": "Forms office, forms@fyresdal.example",
    }  # fmt: skip
    house.put("dataset", dataset | {"id": "fyresdal-forms", "title": "Forms; \"all\"", "accessibility": "public"})
    house.put("dataset", dataset | {
        "id": "fyresdal-applicants", "title": "Applicants", "accessibility": "non-public",
        "person_categories": ["applicants"], "data_categories": ["addresses"], "recipients": ["the archive"],
        "retention": {"class": "case", "years": 10},
    })  # fmt: skip
    house.put("service", {
        "id": "fyresdal-apply", "tenant": TENANT, "name": "Apply", "description": "Apply for something.",
        "systems": [FORMS], "datasets": ["fyresdal-forms", "fyresdal-applicants"], "legal_basis": basis,
        "produces": "A decision", "contact": "apply@fyresdal.example", "page": "https://fyresdal.example/søk her",
    })  # fmt: skip
