"""The flows as OpenLineage events, held against the model classes of OpenLineage's own client, its published schema where
that is at hand, and the schema of our own facet."""

from __future__ import annotations

import json
import types
import typing
from enum import Enum
from pathlib import Path
from typing import Any

import attr
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openlineage.client.generated import (
    base,
    column_lineage_dataset,
    documentation_dataset,
    documentation_job,
    input_statistics_input_dataset,
    job_type_job,
    nominal_time_run,
    output_statistics_output_dataset,
    ownership_dataset,
    ownership_job,
    schema_dataset,
)
from openlineage.client.serde import Serde
from referencing import Registry, Resource

from conformance import material
from house import ARCHIVE, ASKED, FORMS, OPENED, TENANT, House

OWN = "samflyt_legalBasis"
CLASSES = {
    "nominalTime": nominal_time_run.NominalTimeRunFacet,
    "jobType": job_type_job.JobTypeJobFacet,
    "schema": schema_dataset.SchemaDatasetFacet,
    "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet,
    "inputStatistics": input_statistics_input_dataset.InputStatisticsInputDatasetFacet,
    "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
}
OF_JOB = {"documentation": documentation_job.DocumentationJobFacet, "ownership": ownership_job.OwnershipJobFacet}
OF_DATASET = {
    "documentation": documentation_dataset.DocumentationDatasetFacet,
    "ownership": ownership_dataset.OwnershipDatasetFacet,
}


@pytest.fixture(scope="module")
def events(house: House) -> list[dict[str, Any]]:
    return [json.loads(line) for line in house.lineage("openlineage", "--tenant", TENANT).splitlines()]


def modelled(kind: Any, value: Any) -> Any:
    """The value as an object of the client's class; what the class does not know is an error."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return modelled(next(of for of in arguments if of is not type(None)), value)
    if origin is list:
        return [modelled(arguments[0], item) for item in value]
    if origin is dict:
        return {name: modelled(arguments[1], item) for name, item in value.items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if not attr.has(kind):
        return value
    hints = typing.get_type_hints(kind)
    known = {field.name: field for field in attr.fields(kind)}
    given = {}
    for name, item in value.items():
        if name in ("facets", "inputFacets", "outputFacets"):
            given[name] = {facet: facet_of(kind, facet, members) for facet, members in item.items() if facet != OWN}
        elif known[name].init:
            given[name.lstrip("_")] = modelled(hints[name], item)
    return kind(**given)


def facet_of(kind: type, name: str, members: dict[str, Any]) -> Any:
    of_kind = OF_JOB if kind is base.Job else OF_DATASET
    return modelled(CLASSES.get(name) or of_kind[name], members)


def plain(value: Any) -> Any:
    """Without what is empty, and without our own facet, of which the client has no class."""
    if isinstance(value, dict):
        kept = {name: plain(item) for name, item in value.items() if name != OWN}
        return {name: item for name, item in kept.items() if item not in (None, [], {})}
    return [plain(item) for item in value] if isinstance(value, list) else value


def test_every_event_is_what_the_clients_own_classes_would_have_written(events: list[dict[str, Any]]) -> None:
    assert events
    for event in events:
        assert plain(Serde.to_dict(modelled(base.RunEvent, event))) == plain(event)


def test_every_event_is_valid_against_the_published_schema(events: list[dict[str, Any]]) -> None:
    folder = material("openlineage")
    if folder is None:
        return
    documents = [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]
    registry = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in documents)
    core = {"$ref": "https://openlineage.io/spec/2-0-2/OpenLineage.json"}
    validator = Draft202012Validator(core, registry=registry, format_checker=FormatChecker())
    for event in events:
        validator.validate(event)
        for facet in facets(event):
            if not facet["_schemaURL"].startswith("https://samflyt.no/"):
                of_facet = Draft202012Validator({"$ref": facet["_schemaURL"]}, registry=registry)
                of_facet.validate(facet)
    assert not validator.is_valid(events[0] | {"run": {"runId": "none"}})


def facets(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [facet for item in value for facet in facets(item)]
    if not isinstance(value, dict):
        return []
    own = [value] if "_schemaURL" in value else []
    return own + [facet for item in value.values() for facet in facets(item)]


def test_our_own_facet_keeps_to_its_own_schema(events: list[dict[str, Any]], root: Path) -> None:
    schema = json.loads((root / "docs/openlineage/1-0-0/LegalBasisFacet.json").read_text())
    registry = Registry().with_resources([(schema["$id"], Resource.from_contents(schema))])
    seen = set()
    for facet in facets(events):
        if facet["_schemaURL"].startswith(schema["$id"]):
            Draft202012Validator({"$ref": facet["_schemaURL"]}, registry=registry).validate(facet)
            seen.add(facet["_schemaURL"].rpartition("/")[2])
    assert seen == {"LegalBasisDatasetFacet", "LegalBasisJobFacet"}


def test_each_flow_and_day_is_one_run_that_begins_and_ends(events: list[dict[str, Any]], house: House) -> None:
    runs: dict[str, list[str]] = {}
    for event in events:
        runs.setdefault(event["run"]["runId"], []).append(event["eventType"])
    assert len(runs) == 3, "two systems publish, and one handles what the other published"
    assert all(kinds == ["START", "COMPLETE"] for kinds in runs.values())
    again = house.lineage("openlineage", "--tenant", TENANT).splitlines()
    assert [json.loads(line) for line in again] == events


def test_columns_are_traced_by_concept_and_a_flow_without_agreement_says_so(events: list[dict[str, Any]]) -> None:
    handles = [event for event in events if event["job"]["name"] == f"{ARCHIVE}/handles/{FORMS}/{ASKED}"]
    assert handles
    event = handles[0]
    assert event["job"]["facets"][OWN]["declared"] is False
    assert event["inputs"][0]["inputFacets"]["inputStatistics"]["rowCount"] == 1
    (output,) = event["outputs"]
    assert output["name"] == f"{ARCHIVE}/{OPENED}"
    (source,) = output["facets"]["columnLineage"]["fields"]["applicant.address"]["inputFields"]
    assert (source["name"], source["field"]) == (f"{FORMS}/{ASKED}", "applicant.address")
    publishes = next(event for event in events if event["job"]["name"] == f"{FORMS}/publishes/{ASKED}")
    assert publishes["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 2
