"""Starts the kernel named by KERNEL once and prints its figures as JSON, for test/bench/kernel.bench.mjs."""

from __future__ import annotations

import json
import socket
import time
from statistics import median

from client import KERNEL, ROOT, Kernel, NoAnswer
from samples import code

IMPORTS = {
    "typescript": 'import { tf, linearSchedule } from "diffusion";',
    "tslab-stock": 'import { tf, linearSchedule } from "./dist/lib/index.js";',
}
LINES = 20_000
CELLS = 30


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
        lines = lines_per_second(kernel)
    figures = {
        "ready": ready,
        "firstCell": first_cell,
        "memory": memory,
        "cell": median(cells),
        "lines": lines,
        "library": library,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
