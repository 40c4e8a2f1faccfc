"""What the hub exports, read by what others have written: pyshacl and rdflib, Graphviz, Python's csv and json."""

from __future__ import annotations

import csv
import html
import io
import json
import shutil
import subprocess

import pyshacl
import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, RDF

from conformance import material
from house import ARCHIVE, FORMS, TENANT, House

CPSV = rdflib.Namespace("http://purl.org/vocab/cpsv#")
MISSING = "(not filled in)"


def conforms(turtle: str) -> rdflib.Graph:
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    if folder := material("dcat-ap-no"):
        shapes = rdflib.Graph().parse(folder / "DCAT-AP-NO-shacl_shapes_2.00.ttl")
        ontologies = rdflib.Graph().parse(folder / "ontologies.ttl")
        good, _, report = pyshacl.validate(graph, shacl_graph=shapes, ont_graph=ontologies, advanced=True)
        assert good, report
        # The shapes do find what is wrong.
        broken = rdflib.Graph() + graph
        for subject in list(broken.subjects(DCTERMS.title)):
            broken.remove((subject, DCTERMS.title, None))
        good, _, _ = pyshacl.validate(broken, shacl_graph=shapes, ont_graph=ontologies, advanced=True)
        assert not good
    return graph


def test_the_public_part_conforms_to_dcat_ap_no(house: House) -> None:
    turtle = house.export("dcat-ap-no")
    assert turtle.startswith("# DCAT-AP-NO 2; as of ") and f"REGISTRY_{TENANT} " in turtle
    graph = conforms(turtle)
    titles = {str(graph.value(dataset, DCTERMS.title)) for dataset in graph.subjects(RDF.type, DCAT.Dataset)}
    assert titles == {'Forms; "all"'}
    assert "pplicants" not in turtle
    assert len(set(graph.subjects(RDF.type, DCAT.DataService))) == 2


def test_services_conform_to_cpsv_ap_no(house: House) -> None:
    graph = conforms(house.export("cpsv-ap-no"))
    services = list(graph.subjects(RDF.type, CPSV.PublicService))
    assert [str(graph.value(service, DCTERMS.title)) for service in services] == ["Apply"]


@pytest.mark.parametrize(("record", "letters"), [("processing-record", "1abcdefg"), ("processor-record", "2abcd")])
def test_a_record_has_every_field_of_article_30_and_says_what_is_missing(
    house: House, record: str, letters: str
) -> None:
    told = json.loads(house.export(f"{record}-json"))
    answered = {provision["gdpr"] for column in told["columns"] for provision in column["provisions"]}
    assert answered >= {f"30({letters[0]})({letter})" for letter in letters[1:]}
    table = list(csv.DictReader(io.StringIO(house.export(f"{record}-csv"), newline="")))
    assert len(table) == len(told["rows"]) == 1
    for column, (heading, cell) in zip(told["columns"], table[0].items(), strict=True):
        assert heading.startswith(column["heading"])
        value = told["rows"][0][column["key"]]
        assert cell == (MISSING if value is None else "; ".join(value)), heading
    assert told["positions"][f"REGISTRY_{TENANT}"] > 0
    markdown = house.export(f"{record}-markdown")
    assert all(column["heading"] in markdown for column in told["columns"])


def test_the_record_holds_what_is_in_the_catalogue_and_no_more(house: House) -> None:
    row = json.loads(house.export("processing-record-json"))["rows"][0]
    assert row["controller"] == ['Fyresdal "kommune"']
    assert row["person_categories"] == ["applicants"]
    assert row["security"] == ["Access by role"]
    assert row["processors"] == ["The company (operating company)"]
    assert row["services"] == ["Apply"]
    assert set(row["missing"]) == {"joint_controllers", "representative", "transfers", "safeguards"}


def test_graphviz_draws_the_graph(house: House) -> None:
    if not shutil.which("dot"):
        pytest.skip("Graphviz is not installed")
    drawn = subprocess.run(
        ["dot", "-Tsvg"],
        input=house.lineage("graph", "--system", FORMS, "--format", "dot"),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert drawn.returncode == 0 and not drawn.stderr, drawn.stderr
    picture = html.unescape(drawn.stdout)
    assert FORMS in picture and ARCHIVE in picture


@pytest.mark.parametrize(
    ("command", "member"), [(("flows", "--tenant", TENANT), "flows"), (("graph", "--system", FORMS), "edges")]
)
def test_the_table_of_flows_holds_exactly_what_the_answer_holds(
    house: House, command: tuple[str, ...], member: str
) -> None:
    said = json.loads(house.lineage(*command, "--json"))[member]
    table = list(csv.DictReader(io.StringIO(house.lineage(*command, "--format", "csv"), newline="")))
    assert said and len(table) == len(said)
    for row, flow in zip(table, said, strict=True):
        assert {name: row[name] for name in flow} == {name: cell(value) for name, value in flow.items()}


def cell(value: object) -> str:
    """A value of JSON as a table has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
