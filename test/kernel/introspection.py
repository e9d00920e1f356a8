"""Completion and inspection, and answers to the front end while a cell runs."""

from __future__ import annotations


import zmq

from checks import check, contains, equal, main
from client import Kernel, Message
from samples import code


def complete(kernel: Kernel, text: str, channel: str = "shell") -> Message:
    """Completion at the bar in `text`; the bar itself is not sent."""
    before, after = text.split("|")
    reply = kernel.request("complete_request", {"code": before + after, "cursor_pos": len(before)}, channel)
    equal(reply["status"], "ok", "status")
    return reply


def offers(kernel: Kernel, text: str, *names: str) -> Message:
    reply = complete(kernel, text)
    for name in names:
        assert name in reply["matches"], f"{name} is not among {reply['matches'][:20]} for {text!r}"
    return reply


def replaced(reply: Message, text: str) -> str:
    """The part of the code that a completion would replace."""
    return text.replace("|", "")[reply["cursor_start"] : reply["cursor_end"]]


def inspect(kernel: Kernel, text: str, detail: int = 0) -> str:
    """What is shown for the name at the bar in `text`; empty if nothing is found."""
    before, after = text.split("|")
    content = {"code": before + after, "cursor_pos": len(before), "detail_level": detail}
    reply = kernel.request("inspect_request", content)
    equal(reply["status"], "ok", "status")
    return str(reply["data"]["text/plain"]) if reply["found"] else ""


@check("completes members of a variable of an earlier cell")
def members(kernel: Kernel) -> None:
    kernel.must(code.define_point)
    offers(kernel, "point.|", "horizontal", "vertical")
    offers(kernel, "point.hor|", "horizontal")
    offers(kernel, "1 + point.ver|tical", "vertical")


@check("completion replaces the whole prefix and nothing else", only="typescript")
def span(kernel: Kernel) -> None:
    kernel.must(code.define_point)
    for text in ("point.hori|", "1 + point.hori| + 1", "[1, 2].map((i) => i + point.hori|)"):
        equal(replaced(offers(kernel, text, "horizontal"), text), "hori", f"the replaced part of {text!r}")
    text = "point.ho|ri"
    assert replaced(offers(kernel, text, "horizontal"), text) in ("ho", "hori")


@check("positions count characters, also after emoji", only="typescript")
def emoji(kernel: Kernel) -> None:
    kernel.must(code.define_point)
    text = 'const s = "😀😀 e\u0301 𝒙"; point.hori|'
    equal(replaced(offers(kernel, text, "horizontal"), text), "hori", "the replaced part")
    contains(inspect(kernel, 'const s = "😀😀"; poi|nt'), "horizontal")


@check("completes names: of the language, of earlier cells, of the cell's own lines", only="typescript")
def names(kernel: Kernel) -> None:
    kernel.must(code.define_point)
    offers(kernel, "poi|", "point")
    offers(kernel, "Array.isA|", "isArray")
    offers(kernel, "const notYetRun = { deep: { deeper: 1 } };\nnotYetRun.deep.|", "deeper")
    offers(kernel, "function local(argument: { field: string }) {\n  argument.fi|\n}", "field")


@check("completes members of a module, imported earlier or in this cell", only="typescript")
def modules(kernel: Kernel) -> None:
    kernel.must('import * as path from "node:path";')
    offers(kernel, "path.jo|", "join")
    offers(kernel, 'import * as os from "node:os";\nos.cp|', "cpus")


@check("completes in code that does not compile", only="typescript")
def broken(kernel: Kernel) -> None:
    kernel.must(code.define_point)
    offers(kernel, "const a: number = 'no';\nif (point.ho|", "horizontal")
    complete(kernel, "point.horizontal.nothing.|")
    complete(kernel, '"a string poi|"')
    complete(kernel, "|")


@check("a wrong cursor position is survived")
def wrong_position(kernel: Kernel) -> None:
    for position in (-1, 100):
        for kind in ("complete_request", "inspect_request"):
            kernel.request(kind, {"code": "ab", "cursor_pos": position, "detail_level": 0})


@check("inspection shows type and documentation of an earlier cell's function")
def documentation(kernel: Kernel) -> None:
    kernel.must(code.documented_function)
    contains(inspect(kernel, "hal|ve(3)"), "halve", "value", "Halves a number, exactly.")
    contains(inspect(kernel, "halve|"), "Halves")


@check("inspection inside the brackets of a call shows the function")
def inside_call(kernel: Kernel) -> None:
    kernel.must(code.documented_function)
    contains(inspect(kernel, "halve(|"), "Halves a number")


@check("inspection shows inferred types", only="typescript")
def inferred(kernel: Kernel) -> None:
    kernel.must("const table = new Map([[1, { label: 'a' }]]);")
    contains(inspect(kernel, "tab|le"), "Map<number, {", "label: string")
    contains(inspect(kernel, "const sum = [1, 2].reduce((total, x) => total + x);\nsu|m"), "number")
    contains(inspect(kernel, "parseFloa|t"), "parseFloat(string: string): number")


@check("inspection of nothing finds nothing")
def nothing(kernel: Kernel) -> None:
    equal(inspect(kernel, "|"), "", "found in an empty cell")
    equal(inspect(kernel, "no_such_name_anywhere|"), "", "found for an unknown name")


@check("is_complete suggests an indentation")
def indentation(kernel: Kernel) -> None:
    reply = kernel.request("is_complete_request", {"code": code.incomplete})
    equal(reply["status"], "incomplete", "status")
    assert reply["indent"].strip() == "" and reply["indent"], f"indent is {reply['indent']!r}"


@check("is_complete tells the three apart", only="typescript")
def completeness(kernel: Kernel) -> None:
    samples = {
        "complete": [
            "",
            "x",
            "await x",
            "for (;;) {}",
            "const s = `a`;",
            "class A {}",
            "// c",
            "const n: number = 'a'",
        ],
        "incomplete": ["(", "[1,", "`a", "class A {", "f(", "/* c", "if (x) {", "const f = () => {"],
        "invalid": ["const = 1", ")", "1 +* 2", "'a", "class {}}", "let 1a"],
    }
    for status, texts in samples.items():
        for text in texts:
            reply = kernel.request("is_complete_request", {"code": text})
            equal(reply["status"], status, f"status of {text!r}")


@check("history gives the session's cells with their numbers")
def history(kernel: Kernel) -> None:
    cell = kernel.must("12345 + 1")
    content = {"hist_access_type": "tail", "n": 1, "output": True, "raw": True, "session": 0}
    [(_, number, (source, _))] = kernel.request("history_request", content)["history"]
    equal((number, source), (cell.count, "12345 + 1"), "the last entry")


# While a cell runs


def heartbeat(kernel: Kernel) -> None:
    """The kernel returns a ping."""
    with zmq.Context() as context, context.socket(zmq.REQ) as socket:
        socket.linger = 0
        socket.connect(f"tcp://{kernel.manager.ip}:{kernel.manager.hb_port}")
        socket.send(b"ping")
        assert socket.poll(15_000), "no heartbeat within 15 s"
        equal(socket.recv(), b"ping", "the echo")


def alive_during(kernel: Kernel, program: str) -> None:
    id = kernel.send(program)
    kernel.await_output(id, "running")
    for _ in range(3):
        heartbeat(kernel)
        equal(kernel.request("kernel_info_request", {}, "control")["status"], "ok", "status")
    equal(id in kernel.idle, False, "the cell has ended")
    kernel.interrupt()
    kernel.finish(id)


@check("heartbeat and control answer during an awaiting cell")
def alive_awaiting(kernel: Kernel) -> None:
    alive_during(kernel, code.ticking)


@check("heartbeat and control answer during a synchronous loop")
def alive_synchronous(kernel: Kernel) -> None:
    alive_during(kernel, code.loops[0][1])


@check("a request on the shell channel waits for the cell, then is answered")
def shell_waits(kernel: Kernel) -> None:
    id = kernel.send(code.sleep.replace("SECONDS", "0.3"))
    text, name = code.completion
    offers(kernel, f"{text}|", name)
    equal(kernel.finish(id).status, "ok", "status of the cell")


if __name__ == "__main__":
    main()
