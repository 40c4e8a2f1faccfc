"""The three brokers of docker-compose.yml, by its own configuration files, on loopback addresses of this process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from hub import ROOT

NODES = (1, 2, 3)
START_SECONDS_MAX = 30


def nats_server() -> str:
    """SAMFLYT_NATS_SERVER, or the one that came with the requirements, or the one on PATH."""
    beside = Path(sys.executable).parent / "nats-server"
    found = os.environ.get("SAMFLYT_NATS_SERVER") or (str(beside) if beside.is_file() else shutil.which("nats-server"))
    assert found, "no nats-server: install tests/clients/requirements.txt"
    return found


def secrets() -> dict[str, str]:
    """What `config/nats/make-secrets` gives a new installation."""
    lines = subprocess.check_output([ROOT / "config/nats/make-secrets"], text=True).splitlines()
    return dict(line.split("=", 1) for line in lines)


class Cluster:
    def __init__(self, directory: Path) -> None:
        self.secrets = secrets()
        # All of 127.0.0.0/8 is this machine, so the ports of the configuration are free on an address of our own.
        self._network = f"127.{64 + os.getpid() // 250 % 128}.{1 + os.getpid() % 250}"
        self._directory = directory
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        try:
            for node in NODES:
                self._start(node)
            for node in NODES:
                self._wait_until_healthy(node)
            self._wait_until_agreed()
        except BaseException:
            self.stop()
            raise

    @property
    def urls(self) -> list[str]:
        """Of the nodes that were not killed."""
        return [self.url(node) for node in sorted(self._processes)]

    def url(self, node: int) -> str:
        return f"nats://{self._network}.{node}:4222"

    def monitor(self, node: int, page: str) -> dict[str, Any]:
        """A page of the monitoring port: `healthz`, `varz`, `jsz`."""
        with urllib.request.urlopen(f"http://{self._network}.{node}:8222/{page}", timeout=2) as answer:
            return json.load(answer)

    def environment(self, node: int) -> dict[str, str]:
        """As docker-compose.yml sets it, but for address and folder."""
        password = self.secrets["NATS_CLUSTER_PASSWORD"]
        routes = {f"NATS_ROUTE_{n}": f"nats://cluster:{password}@{self._network}.{n}:6222" for n in NODES}
        own = {
            "NATS_SERVER_NAME": f"nats-{node}",
            "NATS_HOST": f"{self._network}.{node}",
            "NATS_STORE_DIR": str(self._directory / f"nats-{node}"),
        }
        given = {name: value for name, value in self.secrets.items() if not name.endswith("_SEED")}
        return dict(os.environ) | given | routes | own

    def _start(self, node: int) -> None:
        with (self._directory / f"nats-{node}.log").open("wb") as log:
            self._processes[node] = subprocess.Popen(
                [nats_server(), "--config", ROOT / "config/nats/cluster.conf"],
                env=self.environment(node),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _wait_until_healthy(self, node: int) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                self.monitor(node, "healthz")
                return
            except OSError:
                log = (self._directory / f"nats-{node}.log").read_text(errors="replace")
                assert self._processes[node].poll() is None and time.monotonic() < deadline, log
                time.sleep(0.05)

    def _wait_until_agreed(self) -> None:
        """A request that comes while the nodes have no common leader is not answered at all."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            seen = [self.monitor(node, "jsz").get("meta_cluster", {}) for node in NODES]
            leaders = {meta.get("leader") for meta in seen}
            if len(leaders) == 1 and None not in leaders and all(meta["cluster_size"] == 3 for meta in seen):
                return
            assert time.monotonic() < deadline, seen
            time.sleep(0.05)

    def kill(self, node: int) -> None:
        """SIGKILL: the node is lost."""
        process = self._processes.pop(node)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
