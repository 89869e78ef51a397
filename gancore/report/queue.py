"""The report queue: exports made by processes of their own, at most two at once, and kept for a while."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import weakref
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gancore.report.orders import Order
from gancore.words import duration

AT_ONCE = 2
WAITING = 8
"""Exports that may wait; then a further one is refused."""
KEPT = 16
"""Finished exports that are kept for sessions that ask for the same."""
KEPT_BYTES = 2**28
TIMEOUT = 1800
"""Seconds that one may take."""


@dataclass(eq=False)
class Making:
    """An export on its way, made, or failed."""

    order: Order
    state: str = "waiting"
    """waiting, making, done, failed or cancelled."""
    share: float = 0.0
    """What is done of it, 0 to 1."""
    what: str = ""
    """What is being made now."""
    reason: str = ""
    """Why it failed, in a sentence."""
    path: Path | None = None
    """The file once it is done."""
    started: float = 0.0
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Names its folder: a cancelled one may still be ending while the same is made anew."""
    sessions: set[str] = field(default_factory=set)
    """Who asked for it: it is cancelled when nobody wants it any more."""
    process: subprocess.Popen[str] | None = None
    late: bool = False
    """Whether it was ended because it took too long."""

    @property
    def active(self) -> bool:
        """Whether it waits or is being made."""
        return self.state in ("waiting", "making")

    @property
    def size(self) -> int:
        """Bytes of the file; 0 without one."""
        return self.path.stat().st_size if self.path and self.path.exists() else 0

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None while that says nothing."""
        spent = time.monotonic() - self.started
        return spent * (1 - self.share) / self.share if self.state == "making" and self.share > 0.05 else None


class Exports:
    """A server's exports: one is made once however many ask for it. Its files go when the server ends."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, kept: int = KEPT, limit: int = KEPT_BYTES):
        self._folder = Path(tempfile.mkdtemp(prefix="gancore-exports-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._at_once, self._waiting, self._kept, self._limit = at_once, waiting, kept, limit
        self._lock = threading.RLock()
        self._known: dict[str, Making] = {}
        self._queue: queue.SimpleQueue[Making] = queue.SimpleQueue()
        self._workers = 0

    def find(self, order: Order) -> Making | None:
        """The export of an order, if it was asked for and is still known."""
        with self._lock:
            making = self._known.get(order.key)
            if making is not None and making.state == "done" and not making.size:
                return None  # a clean-up of temporary folders has taken it
            return making

    def ask(self, order: Order, session: str) -> Making:
        """Have an export made, or join one that is; with too many in front of it, it fails at once and says so."""
        with self._lock:
            making = self.find(order)
            if making is None or making.state in ("failed", "cancelled"):
                making = self._known[order.key] = Making(order)
                if self.ahead(making) >= self._at_once + self._waiting:
                    making.state, making.reason = "failed", "Too many exports are waiting. Try again in a minute."
                else:
                    self._queue.put(making)
                    self._start_worker()
            making.sessions.add(session)
            self._forget()
            return making

    def ahead(self, making: Making) -> int:
        """How many are being made or wait in front of it."""
        with self._lock:
            known = [one for one in self._known.values() if one.active]
            return known.index(making) if making in known else len(known)

    def cancel(self, making: Making, session: str) -> None:
        """Stop an export, unless another session wants it."""
        with self._lock:
            making.sessions.discard(session)
            if making.sessions or not making.active:
                return
            making.state = "cancelled"
            if making.process is not None:
                _end(making.process)

    def _start_worker(self) -> None:
        if self._workers < self._at_once:
            self._workers += 1
            # A daemon, so that a server that ends waits for nobody; the process then finds its pipe closed and ends.
            threading.Thread(target=self._work, name="gancore-export", daemon=True).start()

    def _work(self) -> None:
        while True:
            making = self._queue.get()
            with self._lock:
                if making.state != "waiting":
                    continue
                making.state, making.started = "making", time.monotonic()
            try:
                path = self._make(making)
            except Exception as error:  # whatever it is, the page has to say it and the next one has to be made
                path, making.reason = None, str(error) or type(error).__name__
            with self._lock:
                making.process = None
                if making.state == "making":
                    making.path, making.state = path, "done" if path else "failed"
                if making.state != "done":
                    shutil.rmtree(self._place(making), ignore_errors=True)
                self._forget()

    def _make(self, making: Making) -> Path:
        """Runs the command; raises RuntimeError with its reason where it fails."""
        place, order = self._place(making), making.order
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        study, made = place / "study.toml", place / "made" / order.name
        study.write_text(order.study_text, encoding="utf-8")
        with (place / "errors.txt").open("w+", encoding="utf-8") as errors:
            with subprocess.Popen(
                command(study, made, order.arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                env=os.environ | {"PYTHONIOENCODING": "utf-8"},
                start_new_session=True,
            ) as process:
                self._follow(making, process)
            code = process.returncode
            if code and making.late:
                raise RuntimeError(
                    f"It took longer than {duration(TIMEOUT)}, which is all that an export may take here. Choose fewer "
                    "seeds or a smaller format, or run gancore report on the command line, where nothing limits it."
                )
            if code:
                errors.seek(0)
                lines = errors.read().strip().splitlines()
                raise RuntimeError(lines[-1].removeprefix("gancore: ") if lines else f"it ended with code {code}")
        return _zipped(made) if made.is_dir() else made

    def _follow(self, making: Making, process: subprocess.Popen[str]) -> None:
        """Reads the progress until the process closes its output, or has taken too long."""
        with self._lock:
            making.process = process
            if making.state == "cancelled":
                _end(process)
        _yield_to_others(process)

        def stop() -> None:
            making.late = True
            _end(process)

        limit = threading.Timer(TIMEOUT, stop)
        limit.daemon = True
        limit.start()
        for line in process.stdout or ():
            with contextlib.suppress(ValueError, AttributeError):
                told = json.loads(line)
                making.share = min(max(float(told.get("share", making.share)), 0.0), 1.0)
                making.what = str(told.get("what", making.what))
        limit.cancel()

    def _place(self, making: Making) -> Path:
        return self._folder / making.token

    def _forget(self) -> None:
        """Drops the oldest until what is kept is within bounds; what is on its way stays."""
        with self._lock:
            ended = [making for making in self._known.values() if not making.active]
            while len(ended) > self._kept or (len(ended) > 1 and sum(making.size for making in ended) > self._limit):
                # What failed goes first: a download button may stand on a page for what is there.
                oldest = next((making for making in ended if making.path is None), ended[0])
                ended.remove(oldest)
                self._known.pop(oldest.order.key, None)
                shutil.rmtree(self._place(oldest), ignore_errors=True)


def command(study: Path, made: Path, arguments: Sequence[str]) -> list[str]:
    """The command that makes an export and tells its progress as lines of JSON."""
    return [sys.executable, "-m", "gancore", "report", str(study), "--out", str(made), *arguments, "--json"]


def _zipped(folder: Path) -> Path:
    """A folder as a zip file beside it."""
    from gancore.report.archive import add

    path = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(path, "w") as archive:
        add(archive, folder, folder.name)
    shutil.rmtree(folder)
    return path


def _yield_to_others(process: subprocess.Popen[str]) -> None:
    """Lets pages and training go first."""
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        if os.name == "posix":
            psutil.Process(process.pid).nice(10)


def _end(process: subprocess.Popen[str]) -> None:
    """Ends a process and what it has started: kindly, and after five seconds at once."""
    _signal(process, "SIGTERM")
    later = threading.Timer(5, _signal, (process, "SIGKILL"))
    later.daemon = True
    later.start()


def _signal(process: subprocess.Popen[str], name: str) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if process.poll() is not None:
            return
        if os.name == "posix":
            os.killpg(process.pid, getattr(signal, name))
        else:
            process.terminate()
