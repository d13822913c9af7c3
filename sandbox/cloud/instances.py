"""Supervised processes behind the API: one Postgres for each RDS instance, one Kafka broker for each MSK cluster."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import names, settings

DEADLINE = 90  # seconds until the port must be open
GRACE = 10  # seconds to end after being asked to
LOG_LINES = 50

_running: set["Instance"] = set()


class Instance:
    """A process with a name, an address and a directory of its own. It ends only when asked to: see `_watch`."""

    def __init__(self, kind: str, name: str, port: int):
        self.kind, self.name, self.port = kind, name, port
        self.address = names.allocate(name)
        # Short, whatever the name: the path of a socket in it may have 107 characters.
        self.directory = settings.DATA / kind / self.address
        self.log = settings.DATA / "log" / f"{kind}-{name}.log"
        self.process: subprocess.Popen | None = None
        self.stopping = False

    def start(self, program: Path, *arguments: str, ready: Callable[[], None], failed: Callable[[], None]) -> None:
        """Runs PROGRAM NAME ADDRESS DIRECTORY ARGUMENTS…; READY is called when its port is open, FAILED when it is
        not in time."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(program), self.name, self.address, str(self.directory), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _running.add(self)
        threading.Thread(target=self._watch, daemon=True).start()
        threading.Thread(target=self._await, args=(ready, failed), daemon=True).start()

    def stop(self) -> None:
        """Ends the process, removes its data and gives its name and address back."""
        self.stopping = True
        _running.discard(self)
        self._end()
        shutil.rmtree(self.directory, ignore_errors=True)
        names.release(self.name)

    def _end(self) -> None:
        if self.process is None:
            return
        for sign, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, GRACE)):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(patience)
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue

    def _watch(self) -> None:
        """A database or broker that dies by itself ends the cloud, and that the sandbox: nothing goes on half dead."""
        status = self.process.wait()
        if self.stopping:
            return
        say(f"{self.kind} {self.name} has ended by itself with status {status}; the last lines of {self.log}:")
        print(self.tail(), file=sys.stderr, flush=True)
        stop_all()
        os._exit(1)

    def _await(self, ready: Callable[[], None], failed: Callable[[], None]) -> None:
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline and not self.stopping:
            try:
                socket.create_connection((self.address, self.port), timeout=1).close()
            except OSError:
                time.sleep(0.2)
            else:
                return ready()
        if not self.stopping:
            say(
                f"{self.kind} {self.name} does not answer on {self.address}:{self.port} in {DEADLINE} s; see {self.log}"
            )
            failed()

    def tail(self) -> str:
        """The end of the process's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_LINES:])


def stop_all() -> None:
    """Asks every process to end; for the end of the cloud itself."""
    for instance in list(_running):
        instance.stopping = True
        with suppress(ProcessLookupError):
            os.killpg(instance.process.pid, signal.SIGTERM)


def say(text: str) -> None:
    """Writes a line to the cloud's log."""
    print(f"cloud: {text}", file=sys.stderr, flush=True)
