"""One hub for all tests, started on first use. Ending it cleanly is itself a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

import house as described
from house import House
from hub import Hub
from world import World, build


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    running = Hub(tmp_path_factory.mktemp("hub"))
    yield running
    code = running.stop()
    assert code == 0, f"after SIGTERM the hub ended with {code}:\n{running.log()}"


@pytest.fixture(scope="session")
def world(hub: Hub) -> World:
    return build(hub)


@pytest.fixture(scope="session")
def house(hub: Hub) -> Iterator[House]:
    with grpc.insecure_channel(hub.endpoints.grpc_target) as channel:
        yield described.build(hub, channel)


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return Path(__file__).resolve().parents[2]
