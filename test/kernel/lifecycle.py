"""Start, shutdown, restart, and what becomes of the processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from checks import check, contains, equal, main
from client import Kernel, alive, gone
from samples import code


def all_gone(processes: list[psutil.Process]) -> None:
    """They end without being killed. How soon: `npm run bench kernel`."""
    assert gone(processes, 15), f"still there after 15 s: {[p for p in processes if alive(p)]}"


def shuts_down(restart: bool, program: str) -> None:
    with Kernel() as kernel:
        processes = kernel.processes
        id = kernel.send(program)
        kernel.await_output(id, "running")
        reply = kernel.request("shutdown_request", {"restart": restart}, "control")
        equal(reply, {"status": "ok", "restart": restart}, "the reply")
        all_gone(processes)


def shutdown_check(restart: bool, state: str, program: str) -> None:
    @check(f"shutdown (restart {restart}) {state} is answered and ends every process")
    def shutdown() -> None:
        shuts_down(restart, program)


for _restart in (False, True):
    shutdown_check(_restart, "when idle", code.hello.replace("hello, world", "running"))
    shutdown_check(_restart, "during a synchronous loop", code.loops[0][1])
    shutdown_check(_restart, "during an awaited loop", code.loops[1][1])


@check("a terminated client leaves no kernel behind")
def orphan() -> None:
    program = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); from client import Kernel; kernel = Kernel();"
        "print(*(p.pid for p in kernel.processes), flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program, str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout
        processes = [psutil.Process(int(pid)) for pid in client.stdout.readline().split()]
        client.kill()
    assert processes, "the client printed no process ids"
    try:
        all_gone(processes)
    finally:
        for process in filter(alive, processes):
            process.kill()


@check("SIGTERM ends every process, also during a synchronous loop")
def terminated() -> None:
    with Kernel() as kernel:
        processes = kernel.processes
        kernel.await_output(kernel.send(code.loops[0][1]), "running")
        processes[0].terminate()
        all_gone(processes)


@check("a restart forgets variables and counts from 1")
def restart() -> None:
    with Kernel() as kernel:
        kernel.run(code.keep)
        kernel.client.stop_channels()
        kernel.manager.restart_kernel(now=False)
        kernel.connect()
        cell = kernel.run(code.show_kept, timeout=60)
        equal((cell.status, cell.count), ("error", 1), "the first cell after the restart")
        kernel.must(code.hello)


@check("two kernels side by side keep to themselves")
def two() -> None:
    with Kernel() as first, Kernel() as second:
        busy = first.send(code.ticking)
        first.await_output(busy, "running")
        second.run(code.keep)
        contains(second.must(code.show_kept).text, "2 yes")
        first.interrupt()
        equal(first.finish(busy).status, "error", "the interrupted cell")
        equal(first.run(code.show_kept).status, "error", "the other kernel's variable")
        shown = [m["content"]["data"] for m in first.order if m["msg_type"] == "execute_result"]
        equal([data for data in shown if "yes" in data["text/plain"]], [], "the other kernel's results")


@check("the working directory is the notebook's folder, spaces and all, and nothing is left in it")
def folder() -> None:
    with Kernel() as kernel:
        contains(kernel.must(code.folder).text, str(kernel.cwd))
        kernel.run(code.throw)
        kernel.must(code.hello)
        equal(list(kernel.cwd.iterdir()), [], "files in the notebook's folder")


@check("the environment reaches the cells")
def environment() -> None:
    with Kernel(env={"KERNEL_TEST_VALUE": "seen"}) as kernel:
        contains(kernel.must(code.read_environment.replace("COUNT", "KERNEL_TEST_VALUE")).text, "seen")


@check("a HOME that cannot be written is no obstacle")
def home() -> None:
    below_a_file = os.path.join(os.devnull, "home")  # Not even root can make a folder there.
    with Kernel(env={"HOME": below_a_file, "XDG_CACHE_HOME": below_a_file}) as kernel:
        kernel.must(code.hello)


@check("a second client sees the same outputs and can run cells")
def second_client() -> None:
    with Kernel() as kernel:
        other = kernel.manager.blocking_client()
        other.start_channels()
        other.wait_for_ready(timeout=15)
        cell = kernel.must(code.hello)
        texts: list[str] = []
        deadline = time.monotonic() + 15
        while "hello, world\n" not in texts and time.monotonic() < deadline:
            message = other.get_iopub_msg(timeout=15)
            if message["parent_header"].get("msg_id") == cell.id and message["msg_type"] == "stream":
                texts.append(message["content"]["text"])
        contains("".join(texts), "hello, world")
        equal(other.execute(code.trivial, reply=True, timeout=15)["content"]["status"], "ok", "its own cell")
        other.stop_channels()


@check("output leaves memory bounded: less than 150 MB more after 800,000 further lines")
def memory() -> None:
    with Kernel() as kernel:
        before = megabytes_after_output(kernel, rounds=1)
        grown = megabytes_after_output(kernel, rounds=4) - before
        assert grown < 150, f"{grown:.0f} MB more"


def megabytes_after_output(kernel: Kernel, rounds: int) -> float:
    for _ in range(rounds):
        kernel.must(code.lines.replace("COUNT", "200000"), timeout=60)
    kernel.listen(0.3)
    kernel.must(code.collect_garbage)
    kernel.listen(1)  # V8 gives freed pages back in the background; until then they still count.
    return float(sum(process.memory_info().rss for process in kernel.processes)) / 1e6


if __name__ == "__main__":
    main()
