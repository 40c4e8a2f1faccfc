"""A hub in a process of its own: started, spoken to by its command line, ended."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
COMMAND_SECONDS_MAX = 30


def binary() -> Path:
    """The binary under test: SAMFLYT_BIN, or what cargo built last."""
    if named := os.environ.get("SAMFLYT_BIN"):
        return Path(named).resolve()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [path for path in (target / "release/samflyt", target / "debug/samflyt") if path.is_file()]
    if not built:
        raise FileNotFoundError("no samflyt binary: run `cargo build --release`, or set SAMFLYT_BIN")
    return max(built, key=lambda path: path.stat().st_mtime)


def environment(**settings: str) -> dict[str, str]:
    """This process' environment without settings of another hub. The places of tools are kept."""
    kept = {"SAMFLYT_NATS_SERVER", "SAMFLYT_TOOL_CACHE"}
    return {k: v for k, v in os.environ.items() if not k.startswith("SAMFLYT_") or k in kept} | settings


@dataclass(frozen=True)
class Endpoints:
    """What `samflyt up --json` prints in one line when it is ready."""

    grpc: str
    http: str
    nats_url: str
    hub_user: str
    hub_password: str
    operator_token: str

    @classmethod
    def parse(cls, line: str) -> Endpoints:
        ready = json.loads(line)
        assert ready["ready"] is True, ready
        nats = ready["nats"]
        return cls(
            grpc=ready["grpc"],
            http=ready["http"],
            nats_url=nats["url"],
            hub_user=nats["hub_user"],
            hub_password=nats["hub_password"],
            operator_token=ready["operator_token"],
        )

    @property
    def grpc_target(self) -> str:
        """Host and port, as grpcio names a server."""
        return self.grpc.removeprefix("http://")


class Hub:
    """`samflyt up`, the whole hub in one process with a broker of its own."""

    def __init__(self, directory: Path) -> None:
        self.data_dir = directory / "data"
        self.log_path = directory / "hub.log"
        self._log = self.log_path.open("wb")
        self._process = subprocess.Popen(
            [binary(), "up", "--data-dir", self.data_dir, "--json"],
            env=environment(
                SAMFLYT_GRPC__LISTEN="127.0.0.1:0",
                SAMFLYT_HTTP__LISTEN="127.0.0.1:0",
                # The tests' own endpoints are on this machine.
                SAMFLYT_DELIVERY__WEBHOOK__ALLOW_PRIVATE="true",
                SAMFLYT_DELIVERY__WEBHOOK__ALLOW_HTTP="true",
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        try:
            self.endpoints = Endpoints.parse(self._first_line())
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    def _first_line(self) -> str:
        lines: queue.Queue[str] = queue.Queue()

        def read() -> None:
            # On to the end, so that the hub never waits for a reader.
            for line in self._process.stdout:
                lines.put(line)
            lines.put("")

        threading.Thread(target=read, daemon=True).start()
        try:
            line = lines.get(timeout=START_SECONDS_MAX)
        except queue.Empty:
            raise TimeoutError(f"the hub was not ready within {START_SECONDS_MAX} s:\n{self.log()}") from None
        if not line:
            raise RuntimeError(f"the hub ended before it was ready:\n{self.log()}")
        return line

    def log(self) -> str:
        """The end of what the hub wrote to its standard error."""
        return self.log_path.read_text(errors="replace")[-8000:]

    def samflyt(self, *arguments: str) -> str:
        """Runs one command as the operator; returns what it printed."""
        done = subprocess.run(
            [binary(), *arguments],
            env=environment(
                SAMFLYT_ENDPOINT=self.endpoints.grpc,
                SAMFLYT_HTTP_ENDPOINT=self.endpoints.http,
                SAMFLYT_TOKEN=self.endpoints.operator_token,
                SAMFLYT_DATA_DIR=str(self.data_dir),
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
        )
        assert done.returncode == 0, f"samflyt {' '.join(arguments)} failed:\n{done.stderr}\n{done.stdout}"
        return done.stdout

    def stop(self) -> int:
        """SIGTERM, as a supervisor sends it; returns the exit code."""
        self._process.terminate()
        try:
            return self._process.wait(timeout=STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._log.close()
