"""A Jupyter kernel seen from outside: the reference client, and what came back for each cell."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

Message = dict[str, Any]
Bundle = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
CHANNELS = ("shell", "control", "iopub")
SPEC_NAMES = {"typescript": "typescript", "python": "python3", "tslab-stock": "tslab-stock"}
ANSI = re.compile(r"\x1b\[[0-9;]*m")

KERNEL = os.environ.get("KERNEL", "typescript")
if KERNEL not in SPEC_NAMES:
    raise SystemExit(f"KERNEL is {KERNEL!r}; it can be {', '.join(SPEC_NAMES)}.")


class NoAnswer(Exception):
    """The kernel did not do what was awaited in time."""


@dataclass
class Cell:
    """One executed cell: its reply and everything published for it, in order of arrival."""

    id: str
    reply: Message
    messages: list[Message]

    @property
    def status(self) -> str:
        return str(self.reply["status"])

    @property
    def count(self) -> int:
        return int(self.reply["execution_count"])

    def all(self, kind: str) -> list[Message]:
        """The contents of the published messages of one kind."""
        return [message["content"] for message in self.messages if message["msg_type"] == kind]

    def stream(self, *names: str) -> str:
        """The text of the named streams, joined in order of arrival."""
        return "".join(part["text"] for part in self.all("stream") if part["name"] in names)

    @property
    def stdout(self) -> str:
        return self.stream("stdout")

    @property
    def stderr(self) -> str:
        return self.stream("stderr")

    @property
    def result(self) -> Bundle | None:
        results = self.all("execute_result")
        return results[-1]["data"] if results else None

    @property
    def text(self) -> str:
        """The plain text of the result; empty without one."""
        return str((self.result or {}).get("text/plain", ""))

    @property
    def displays(self) -> list[Bundle]:
        return [content["data"] for content in self.all("display_data")]

    @property
    def errors(self) -> list[Message]:
        return self.all("error")

    @property
    def error(self) -> Message:
        """The one error message; a cell without one, or with more, fails the check."""
        found = len(self.errors)
        assert found == 1, f"{found} error messages (status {self.status}, stderr {self.stderr[:500]!r})"
        return self.errors[0]

    @property
    def traceback(self) -> str:
        return plain("\n".join(self.error["traceback"]))

    @property
    def report(self) -> str:
        """Everything said about errors, however it was sent."""
        errors = ["\n".join([error["ename"], error["evalue"], *error["traceback"]]) for error in self.errors]
        return plain("\n".join([*errors, self.stderr]))


class Kernel:
    """A running kernel and a client of it. Use with `with`: every process of it is ended at the end."""

    def __init__(
        self,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        root: Path = ROOT,
        warm: bool = True,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kernel-"))
        self.cwd = cwd or self.folder / "my notebooks"
        self.cwd.mkdir(exist_ok=True)
        self.log = self.folder / "kernel.log"
        self.seen: dict[str, list[Message]] = defaultdict(list)
        self.order: list[Message] = []
        self.replies: dict[str, Message] = {}
        self.idle: set[str] = set()
        self.manager = KernelManager(
            kernel_name=SPEC_NAMES[KERNEL], kernel_spec_manager=kernel_specs(self.folder, root)
        )
        self._start(env)
        if warm:
            self.run("1 + 1", timeout=60)  # The kernel may have to compile changed sources first.

    def _start(self, env: dict[str, str] | None) -> None:
        terminal = self.log.open("a")  # Kept open: a restart writes to it, too.
        self.manager.start_kernel(
            cwd=str(self.cwd), env={**os.environ, **(env or {})}, stdout=terminal, stderr=terminal
        )
        self.connect()

    def connect(self) -> None:
        """Opens a client; again after a restart."""
        self.open_channels()
        try:
            self.client.wait_for_ready(timeout=30)
        except RuntimeError as error:
            raise NoAnswer(f"the kernel did not start: {error}; {self.own_words()}") from error

    def open_channels(self) -> None:
        self.client: BlockingKernelClient = self.manager.blocking_client()
        self.client.start_channels()
        self.poller = zmq.Poller()
        self.channel = {getattr(self.client, f"{name}_channel").socket: name for name in CHANNELS}
        for socket in self.channel:
            self.poller.register(socket, zmq.POLLIN)

    # What is sent

    def send(self, code: str, **options: Any) -> str:
        """Sends a cell without waiting; returns the id of the request."""
        return str(self.client.execute(code, allow_stdin=False, **options))

    def run(self, code: str, timeout: float = 15, **options: Any) -> Cell:
        """Runs a cell to its end."""
        return self.finish(self.send(code, **options), timeout)

    def must(self, code: str, timeout: float = 15) -> Cell:
        """Runs a cell that is to succeed."""
        cell = self.run(code, timeout)
        problem = f"a cell that should succeed ended with {cell.status}: {cell.report[:1500]}\n{code}"
        assert cell.status == "ok", problem
        return cell

    def request(self, kind: str, content: Message, channel: str = "shell", timeout: float = 15) -> Message:
        """Sends any other request; returns the content of its reply."""
        message = self.client.session.msg(kind, content)
        getattr(self.client, f"{channel}_channel").send(message)
        id = message["header"]["msg_id"]
        self.wait(lambda: id in self.replies, timeout, f"the reply to {kind} on {channel}")
        reply: Message = self.replies[id]["content"]
        return reply

    def interrupt(self) -> None:
        """Interrupts as every Jupyter front end does: by signal or by message, as the kernelspec says."""
        self.manager.interrupt_kernel()

    # What comes back

    def wait(self, done: Callable[[], bool], timeout: float, what: str, id: str = "") -> None:
        """Reads messages until `done`; if that takes too long, says what has come for the request `id`."""
        deadline = time.monotonic() + timeout
        while not done():
            left = deadline - time.monotonic()
            if left <= 0:
                raise NoAnswer(
                    f"after {timeout} s there is no sign of {what}; {self._progress(id)}{self.own_words()}"
                )
            self._read(left)

    def listen(self, seconds: float) -> None:
        """Reads whatever comes for a while."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)

    def finish(self, id: str, timeout: float = 15) -> Cell:
        """Waits for the end of a cell: its reply and its `idle`."""
        self.wait(lambda: id in self.idle and id in self.replies, timeout, "the end of the cell", id)
        return Cell(id, self.replies[id]["content"], self.published(id))

    def published(self, id: str) -> list[Message]:
        """Messages published for a request so far, without busy and idle."""
        return [message for message in self.seen[id] if message["msg_type"] != "status"]

    def so_far(self, id: str) -> Cell:
        """What a request has given so far, whether it has ended or not."""
        return Cell(id, self.replies.get(id, {"content": {}})["content"], self.published(id))

    def await_output(self, id: str, text: str, timeout: float = 15) -> None:
        """Waits until a cell has printed a text: the way to know that it runs."""
        self.wait(lambda: text in self.so_far(id).stdout, timeout, f"the output {text!r}", id)

    def _progress(self, id: str) -> str:
        if not id:
            return ""
        kinds = [message["msg_type"] for message in self.seen[id]]
        state = f"reply: {id in self.replies}, idle: {id in self.idle}"
        errors = [message["content"]["evalue"] for message in self.seen[id] if message["msg_type"] == "error"]
        return f"{state}, {len(kinds)} messages, last {kinds[-3:]}, errors {errors}; "

    def _read(self, timeout: float) -> None:
        for socket, _ in self.poller.poll(int(timeout * 1000) + 1):
            self._take(socket, self.channel[socket])

    def _take(self, socket: Any, channel: str) -> None:
        _, message = self.client.session.recv(socket)
        parent = message["parent_header"].get("msg_id", "")
        if channel != "iopub":
            self.replies[parent] = message
            return
        self.seen[parent].append(message)
        self.order.append(message)
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            self.idle.add(parent)

    # The process

    @property
    def processes(self) -> list[psutil.Process]:
        """The kernel's process and those it started."""
        process = psutil.Process(self.manager.provisioner.pid)  # type: ignore[union-attr]
        return [process, *process.children(recursive=True)]

    def own_words(self) -> str:
        """The end of what the kernel wrote to its own terminal, for messages."""
        tail = self.log.read_text(errors="replace")[-800:] if self.log.exists() else ""
        return f"its terminal: {tail!r}" if tail else "its terminal is empty"

    def close(self) -> None:
        self.client.stop_channels()
        try:
            remaining = self.processes
        except psutil.NoSuchProcess:
            remaining = []
        self.manager.shutdown_kernel(now=True)
        for process in remaining:
            if process.is_running():
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: object) -> None:
        self.close()


def plain(text: str) -> str:
    """Text without terminal colours."""
    return ANSI.sub("", text)


def gone(processes: list[psutil.Process], timeout: float) -> bool:
    """Whether all of these processes end in time (a zombie has ended)."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if not any(alive(process) for process in processes):
            return True
        time.sleep(0.02)
    return False


def alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def kernel_specs(folder: Path, root: Path) -> KernelSpecManager:
    """Where the kernel under test is found. Stock tslab brings no kernelspec: it is written here."""
    specs = KernelSpecManager()
    if KERNEL == "typescript":
        specs.kernel_dirs = [str(root / "kernel-setup" / "kernels")]
    if KERNEL == "tslab-stock":
        spec = folder / "kernels" / SPEC_NAMES[KERNEL]
        spec.mkdir(parents=True)
        tslab = str(ROOT / "node_modules" / "tslab" / "bin" / "tslab")
        argv = ["node", tslab, "kernel", "--config-path", "{connection_file}"]
        (spec / "kernel.json").write_text(
            json.dumps({"argv": argv, "display_name": "tslab", "language": "typescript"})
        )
        specs.kernel_dirs = [str(spec.parent)]
    return specs
