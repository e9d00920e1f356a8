"""An interrupt ends the running cell, whatever it does, and touches nothing else. How soon: `npm run bench kernel`."""

from __future__ import annotations

import random

from checks import check, equal, main
from client import Cell, Kernel
from samples import code

NAMES = {"KeyboardInterrupt", "Interrupted", "InterruptedError", "CancelledError"}


def start(kernel: Kernel, program: str) -> str:
    """Sends a cell that prints "running"; returns once it does, and has had time to get stuck."""
    *earlier, last = program.split("\n---\n")
    for cell in earlier:
        kernel.must(cell)
    id = kernel.send(last)
    kernel.await_output(id, "running")
    kernel.listen(0.1)
    return id


def interrupted(kernel: Kernel, id: str) -> Cell:
    """Interrupts; the cell must end with the error of an interrupt."""
    kernel.interrupt()
    cell = kernel.finish(id)
    equal(cell.status, "error", "status of the interrupted cell")
    assert cell.error["ename"] in NAMES, f"the error is {cell.error['ename']}: {cell.error['evalue']}"
    return cell


def loop_check(name: str, program: str) -> None:
    @check(f"interrupts {name}")
    def loop(kernel: Kernel) -> None:
        interrupted(kernel, start(kernel, program))
        kernel.must(code.hello)


for _name, _program in code.loops:
    loop_check(_name, _program)


@check("an interrupt that ends a child process is told as an interrupt, whoever hears of it first")
def children(kernel: Kernel) -> None:
    for _ in range(10):
        interrupted(kernel, start(kernel, code.waiting_for_child))
    kernel.must(code.hello)


@check("a child process that is killed by others is the cell's own error", only="typescript")
def killed_child(kernel: Kernel) -> None:
    cell = kernel.run(code.killed_child)
    equal(cell.error["ename"], "Error", "name of the error")
    assert "Command failed" in cell.error["evalue"], cell.error["evalue"]


@check("nothing of an interrupted cell goes on in the background")
def background(kernel: Kernel) -> None:
    cell = interrupted(kernel, start(kernel, code.ticking))
    kernel.listen(0.5)
    equal(len(kernel.published(cell.id)), len(cell.messages), "messages half a second later and at the end")


@check("an interrupted cell's variables survive")
def survivors(kernel: Kernel) -> None:
    interrupted(kernel, start(kernel, code.keep + code.ticking))
    equal("2 yes" in kernel.must(code.show_kept).text, True, "the variables are there")


@check("cells that wait behind an interrupted one are aborted")
def aborted(kernel: Kernel) -> None:
    id = start(kernel, code.ticking)
    waiting = [kernel.send(code.hello) for _ in range(3)]
    kernel.listen(0.2)
    interrupted(kernel, id)
    equal([kernel.finish(other).status for other in waiting], ["aborted"] * 3, "their replies")


@check("an interrupt of an idle kernel does nothing to the next cell")
def idle(kernel: Kernel) -> None:
    for _ in range(5):
        kernel.interrupt()
        kernel.listen(0.1)
        equal(kernel.must(code.hello).stdout, "hello, world\n", "stdout of the next cell")


@check("interrupt_request is answered with ok, idle or not")
def answered(kernel: Kernel) -> None:
    equal(kernel.request("interrupt_request", {}, "control"), {"status": "ok"}, "the reply when idle")
    id = start(kernel, code.ticking)
    equal(kernel.request("interrupt_request", {}, "control"), {"status": "ok"}, "the reply during a cell")
    equal(kernel.finish(id).status, "error", "status of the cell")


@check("50 interrupts at random moments of short cells")
def storm(kernel: Kernel) -> None:
    chance = random.Random(50)
    for round in range(50):
        id = kernel.send(code.sleep.replace("SECONDS", f"{chance.uniform(0, 0.03):.4f}"))
        kernel.listen(chance.uniform(0, 0.03))
        kernel.interrupt()
        status = kernel.finish(id).status
        assert status in ("ok", "error"), f"round {round}: the cell ended with {status}"
    kernel.listen(0.3)
    kernel.must(code.trivial)
    states = [m["content"]["execution_state"] for m in kernel.order if m["msg_type"] == "status"]
    equal(states[-1], "idle", "the last state")


@check("an interrupt right after another one reaches its own cell", only="typescript")
def quick_succession(kernel: Kernel) -> None:
    stuck = 'console.log("running");\n/^(a+)+$/.test("a".repeat(40) + "b")'
    for program in ('console.log("running");\nfor (;;) Math.random();', stuck) * 3:
        interrupted(kernel, start(kernel, program))


@check("three interrupts of one cell give one error")
def repeated(kernel: Kernel) -> None:
    id = start(kernel, code.loops[0][1])
    kernel.interrupt()
    kernel.interrupt()
    interrupted(kernel, id)
    kernel.listen(0.3)


@check("a loop inside a package is interrupted", only="typescript")
def package(kernel: Kernel) -> None:
    folder = kernel.cwd / "node_modules" / "busy"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"name": "busy", "main": "index.js", "types": "index.d.ts"}')
    (folder / "index.d.ts").write_text("export declare function spin(): never;")
    (folder / "index.js").write_text("exports.spin = () => { for (;;); };")
    interrupted(kernel, start(kernel, 'import { spin } from "busy";\nconsole.log("running");\nspin();'))


@check("a loop in a timer of an ended cell is interrupted while another cell waits", only="typescript")
def timer_loop(kernel: Kernel) -> None:
    first = kernel.must('setTimeout(() => { console.log("spinning"); for (;;); }, 100);\nundefined')
    id = kernel.send(code.sleep.replace("SECONDS", "0.3"))
    kernel.await_output(first.id, "spinning")
    kernel.interrupt()
    kernel.finish(id)


@check("finally blocks run", only="typescript")
def finally_blocks(kernel: Kernel) -> None:
    for body in ("await new Promise((resolve) => setTimeout(resolve, 5));", "Math.random();"):
        loop = f'try {{ for (;;) {body} }} finally {{ console.log("cleaned"); }}'
        cell = interrupted(kernel, start(kernel, f'console.log("running");\n{loop}'))
        equal(cell.stdout, "running\ncleaned\n", f"stdout with {body}")


@check("an interval of an earlier cell goes on and blocks nothing", only="typescript")
def interval(kernel: Kernel) -> None:
    kernel.must("let beats = 0;\nconst interval = setInterval(() => { beats++; }, 10);\nundefined")
    interrupted(kernel, start(kernel, code.loops[1][1]))
    before = int(kernel.must("beats").text)
    kernel.must(f"while (beats < {before + 5}) await new Promise((resolve) => setTimeout(resolve, 10));")
    kernel.must("clearInterval(interval);")


@check("the host's signal and flag tell of the interrupt, and are fresh for the next cell", only="typescript")
def host(kernel: Kernel) -> None:
    state = "`${host.signal.aborted} ${host.interrupted()}`"
    kernel.must(
        """
interface Host { readonly signal: AbortSignal; interrupted(): boolean }
const host = (globalThis as any)[Symbol.for("Jupyter.host")] as Host;
const seen: string[] = [];
"""
    )
    equal(kernel.must(state).text.strip("'\""), "false false", "at first")
    id = start(
        kernel,
        """
host.signal.addEventListener("abort", () => seen.push(`heard ${host.interrupted()}`));
console.log("running");
await new Promise(() => {});
""",
    )
    interrupted(kernel, id)
    equal(kernel.must("seen.join()").text.strip("'\""), "heard true", "what the listener saw")
    equal(kernel.must(state).text.strip("'\""), "false false", "afterwards")


@check("the flag is seen by a synchronous loop of a package, which may stop by itself", only="typescript")
def flag(kernel: Kernel) -> None:
    folder = kernel.cwd / "node_modules" / "polite"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"name": "polite", "main": "index.js", "types": "index.d.ts"}')
    (folder / "index.d.ts").write_text(
        "export declare function work(): void;\nexport declare let stopped: boolean;"
    )
    (folder / "index.js").write_text(
        'const host = globalThis[Symbol.for("Jupyter.host")];\nexports.stopped = false;\n'
        "exports.work = () => { for (;;) if (host.interrupted()) { exports.stopped = true;"
        ' throw Object.assign(new Error("stopped"), { name: "InterruptedError" }); } };'
    )
    program = 'import * as polite from "polite";\nconsole.log("running");\npolite.work();'
    interrupted(kernel, start(kernel, program))
    equal(kernel.must("polite.stopped").text, "true", "whether it stopped by itself")


if __name__ == "__main__":
    main()
