"""What docker-compose.yml runs, as far as it can be seen without containers: the files fit together, and three brokers
with their real configuration form a cluster that loses nothing with a node."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nats
import pytest
import yaml
from nats.js.api import StreamConfig

from cluster import NODES, Cluster, nats_server, secrets

VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


@pytest.fixture(scope="module")
def compose(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    yield running
    running.stop()


def test_every_secret_is_in_the_example_and_made_by_the_script(root: Path) -> None:
    text = (root / "docker-compose.yml").read_text()
    required = {name for name, kind, _ in VARIABLE.findall(text) if kind == "?"}
    bare = {name for name, kind, _ in VARIABLE.findall(text) if not kind}
    example = set(re.findall(r"^(\w+)=$", (root / ".env.example").read_text(), re.MULTILINE))
    assert bare <= required
    assert required == example == set(secrets())


def test_every_file_that_is_mounted_exists(root: Path, compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            source = VARIABLE.sub(lambda match: match[3], volume).split(":")[0]
            assert source in compose["volumes"] or (root / source).exists(), f"{name}: {source}"


def test_every_service_waits_for_what_it_needs(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] == "service_healthy"
            assert "healthcheck" in services[needed], f"{name} waits for {needed}, which has no health check"


def test_the_collector_knows_every_part_that_its_pipelines_name(root: Path) -> None:
    collector = yaml.safe_load((root / "config/otel-collector.yaml").read_text())
    assert set(collector["service"]["extensions"]) <= set(collector["extensions"])
    for pipeline in collector["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            assert set(names) <= set(collector[kind]), f"{kind}: {names}"


def test_the_broker_takes_its_configuration(root: Path, compose: dict[str, Any], tmp_path: Path) -> None:
    given = secrets()
    settings = {
        name: VARIABLE.sub(lambda match: given[match[1]], value)
        for name, value in compose["services"]["nats-1"]["environment"].items()
    }
    settings["NATS_STORE_DIR"] = str(tmp_path)
    done = subprocess.run(
        [nats_server(), "-t", "--config", root / "config/nats/cluster.conf"],
        env=settings,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr


def test_acknowledged_means_on_disk_on_every_node(cluster: Cluster) -> None:
    answers = [cluster.monitor(node, "varz") for node in NODES]
    assert len({answer["server_name"] for answer in answers}) == 3
    assert all(answer["jetstream"]["config"]["sync_always"] for answer in answers)


def test_nothing_that_was_acknowledged_is_lost_with_a_node(cluster: Cluster) -> None:
    stream = "EVENTS_seljord"

    async def act() -> None:
        client = await nats.connect(cluster.urls, user="hub", password=cluster.secrets["NATS_HUB_PASSWORD"])
        log = client.jetstream(timeout=20)
        await log.add_stream(StreamConfig(name=stream, subjects=["events.seljord.>"], num_replicas=3))
        acknowledged = [(await log.publish("events.seljord.a", str(n).encode())).seq for n in range(50)]
        leader = (await log.stream_info(stream)).cluster.leader
        cluster.kill(int(leader.removeprefix("nats-")))
        for n in range(50, 100):
            acknowledged.append((await publish_until_acknowledged(log, n)).seq)
        kept = [(await log.get_msg(stream, sequence)).data for sequence in acknowledged]
        assert kept == [str(n).encode() for n in range(100)]
        await client.close()

    asyncio.run(act())


async def publish_until_acknowledged(log: Any, number: int) -> Any:
    """As a publisher does: the same message, by the same id, until there is an answer."""
    for _ in range(100):
        try:
            headers = {"Nats-Msg-Id": str(number)}
            return await log.publish("events.seljord.a", str(number).encode(), timeout=1, headers=headers)
        except (nats.errors.Error, OSError):
            await asyncio.sleep(0.1)
    raise AssertionError("no acknowledgement although two of three nodes are up")


def test_nobody_comes_in_without_the_hub(cluster: Cluster) -> None:
    """Systems are let in by the gateway's answer to the auth callout; there is none here."""

    async def act() -> None:
        with pytest.raises(nats.errors.Error, match="(?i)authorization"):
            await nats.connect(cluster.urls[-1], token="x", allow_reconnect=False, connect_timeout=5)

    asyncio.run(act())
