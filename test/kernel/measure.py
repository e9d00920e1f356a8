"""Starts the kernel named by KERNEL once and prints its figures as JSON, for test/bench/kernel.bench.mjs."""

from __future__ import annotations

import json
import socket
import time
from statistics import median

from client import KERNEL, ROOT, Kernel, NoAnswer, gone
from samples import code

IMPORTS = {
    "typescript": 'import { tf, linearSchedule } from "diffusion";',
    "tslab-stock": 'import { tf, linearSchedule } from "./dist/lib/index.js";',
}
LINES = 20_000
CELLS = 30
DECLARATIONS = 100
DECLARE = {"python": "v{i} = [{i}, str({i})]"}.get(KERNEL, "const v{i} = [{i}, String({i})];")
PATIENCE = 10


class Stopwatch(Kernel):
    """A kernel to be timed. The client connects once the port is open: ZeroMQ tries only every 0.1 s."""

    def connect(self) -> None:
        while socket.socket().connect_ex((self.manager.ip, self.manager.shell_port)):
            time.sleep(0.002)
        self.open_channels()
        self.request("kernel_info_request", {}, timeout=60)

    def first_cell(self) -> None:
        """Waits for the reply only: so early, the subscription to iopub may still be under way."""
        id = self.send(code.trivial)
        self.wait(lambda: id in self.replies, 60, "the first cell's reply")

    def subscribe(self) -> None:
        """Makes sure that what follows is heard."""
        while not self.order:
            self.request("kernel_info_request", {}, timeout=60)
            self.listen(0.1)


def seconds(kernel: Kernel, program: str, timeout: float = 60) -> float:
    start = time.monotonic()
    kernel.must(program, timeout)
    return time.monotonic() - start


def lines_per_second(kernel: Kernel) -> float | None:
    """None for a kernel that loses the end of a cell with so much output."""
    try:
        return LINES / seconds(kernel, code.lines.replace("COUNT", str(LINES)), timeout=10)
    except NoAnswer:
        return None


def after_interrupt(kernel: Kernel) -> float | None:
    """Seconds from the interrupt of a synchronous loop to the cell's end; None if it goes on."""
    id = kernel.send(code.loops[0][1])
    kernel.await_output(id, "running")
    start = time.monotonic()
    kernel.interrupt()
    try:
        kernel.finish(id, PATIENCE)
    except NoAnswer:
        return None
    return time.monotonic() - start


def until_gone(kernel: Kernel) -> float | None:
    """Seconds from the request to shut down to the end of every process; None if some go on."""
    processes = kernel.processes
    start = time.monotonic()
    kernel.client.shutdown()
    return time.monotonic() - start if gone(processes, PATIENCE) else None


def main() -> None:
    start = time.monotonic()
    kernel = Stopwatch(cwd=ROOT, warm=False)
    with kernel:
        ready = time.monotonic() - start
        kernel.first_cell()
        first_cell = time.monotonic() - start
        memory = sum(process.memory_info().rss for process in kernel.processes) / 1e6
        kernel.subscribe()
        cells = [seconds(kernel, f"{i} + 1") for i in range(CELLS)]
        library = seconds(kernel, IMPORTS[KERNEL]) if KERNEL in IMPORTS else None
        for i in range(DECLARATIONS):
            kernel.must(DECLARE.replace("{i}", str(i)))
        later = [seconds(kernel, f"{i} + 1") for i in range(CELLS)]
        lines = lines_per_second(kernel)
        interrupt = after_interrupt(kernel)
        shutdown = until_gone(kernel)
    figures = {
        "ready": ready,
        "firstCell": first_cell,
        "memory": memory,
        "cell": median(cells),
        "later": median(later),
        "lines": lines,
        "library": library,
        "interrupt": interrupt,
        "shutdown": shutdown,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
