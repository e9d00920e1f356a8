"""No output is lost, doubled, out of order or sent to the wrong cell, however much of it there is."""

from __future__ import annotations

import time

from checks import check, equal, main, same_text
from client import Cell, Kernel
from samples import code


def numbers(count: int) -> str:
    return "".join(f"{i}\n" for i in range(count))


def htmls(cell: Cell) -> list[str]:
    return [bundle["text/html"] for bundle in cell.displays]


@check("200,000 lines from one cell")
def many_lines(kernel: Kernel) -> None:
    cell = kernel.must(code.lines.replace("COUNT", "200000"), timeout=60)
    same_text(cell.stdout, numbers(200_000), "stdout")


@check("500 cells of 20 lines, sent without waiting")
def many_cells(kernel: Kernel) -> None:
    ids = [kernel.send(code.labelled_lines.replace("COUNT", str(i))) for i in range(500)]
    cells = [kernel.finish(id, timeout=60) for id in ids]
    for i, cell in enumerate(cells):
        equal(cell.status, "ok", f"status of cell {i}")
        same_text(cell.stdout, "".join(f"{i}:{line}\n" for line in range(20)), f"stdout of cell {i}")
    first = cells[0].count
    equal([cell.count for cell in cells], list(range(first, first + 500)), "the cells' numbers")
    streams = [m["parent_header"]["msg_id"] for m in kernel.order if m["msg_type"] == "stream"]
    equal(list(dict.fromkeys(streams))[-500:], ids, "the order of the cells' outputs")


@check("stdout and stderr keep their common order")
def both_streams(kernel: Kernel) -> None:
    cell = kernel.must(code.both_streams.replace("COUNT", "2000"))
    same_text(cell.stream("stdout", "stderr"), "".join(f"out {i}\nerr {i}\n" for i in range(2000)), "both")


@check("lines and displays keep their common order")
def lines_and_displays(kernel: Kernel) -> None:
    cell = kernel.must(code.lines_and_displays.replace("COUNT", "300"))
    parts = [m["content"] for m in cell.messages if m["msg_type"] in ("stream", "display_data")]
    texts = [part["text"] if "text" in part else f"<{part['data']['text/html']}>\n" for part in parts]
    same_text("".join(texts), "".join(f"{i}\n<{i}>\n" for i in range(300)), "outputs")


@check("one line of 20 MB")
def long_line(kernel: Kernel) -> None:
    cell = kernel.must(code.long_line.replace("COUNT", "20_000_000"), timeout=30)
    equal(len(cell.stdout), 20_000_001, "length")
    assert cell.stdout == "x" * 20_000_000 + "\n", "some of the text is not what was printed"


@check("2,000 displays")
def many_displays(kernel: Kernel) -> None:
    cell = kernel.must(code.displays.replace("COUNT", "2000"), timeout=30)
    equal(htmls(cell), [str(i) for i in range(2000)], "the displays")


@check("40 MB of displays to a client that stops reading for 3 s")
def slow_reader(kernel: Kernel) -> None:
    id = kernel.send(code.large_displays.replace("COUNT", "4000"))
    kernel.wait(lambda: len(kernel.published(id)) > 1, 10, "the first display")
    time.sleep(3)
    cell = kernel.finish(id, timeout=30)
    equal([html.split()[0] for html in htmls(cell)], [str(i) for i in range(4000)], "the displays")


@check("200,000 lines to a client that stops reading for 3 s")
def slow_reader_of_lines(kernel: Kernel) -> None:
    id = kernel.send(code.lines.replace("COUNT", "200000"))
    time.sleep(3)
    same_text(kernel.finish(id, timeout=60).stdout, numbers(200_000), "stdout")


def arrives_while_it_runs(kernel: Kernel, program: str) -> None:
    """The cell goes on only once its last line has been seen."""
    id = kernel.send(program)
    for question in ("first", "second"):
        kernel.await_output(id, f"{question}\n")
        (kernel.cwd / question).touch()
    equal(kernel.finish(id).stdout, "first\nsecond\n", "stdout")
    for question in ("first", "second"):
        (kernel.cwd / question).unlink()


@check("output of an awaiting cell arrives while it runs")
def gradual(kernel: Kernel) -> None:
    arrives_while_it_runs(kernel, code.awaiting_answers)


@check("output of a synchronous loop arrives while it runs")
def gradual_synchronous(kernel: Kernel) -> None:
    arrives_while_it_runs(kernel, code.looping_for_answers)


@check("nothing of a cell comes after its idle, in 300 cells")
def idle_is_last(kernel: Kernel) -> None:
    cells = [kernel.must(code.labelled_lines.replace("COUNT", str(i))) for i in range(300)]
    kernel.listen(0.3)
    for cell in cells:
        equal(kernel.published(cell.id), cell.messages, "what was published, in the end and at idle")


@check("what a child process writes to the inherited stdout is the cell's output")
def child_output(kernel: Kernel) -> None:
    id = kernel.send(code.child_output)
    kernel.await_output(id, "from a child\n")
    kernel.finish(id)


@check("late output belongs to the cell that asked for it, also while another one runs")
def late_line(kernel: Kernel) -> None:
    first = kernel.must(code.late_line)
    second = kernel.must(code.sleep.replace("SECONDS", "0.8"))
    equal((kernel.so_far(first.id).stdout, second.stdout), ("late\n", ""), "outputs of the two cells")


@check("every method of console ends up on the right stream", only="typescript")
def console(kernel: Kernel) -> None:
    cell = kernel.must(
        """
console.log("log %d", 1); console.info("info"); console.debug("debug");
console.dir({ a: 1 }); console.table([{ b: 2 }]);
console.error("error"); console.warn("warn"); console.trace("trace");
console.group("group"); console.log("inside"); console.groupEnd();
process.stdout.write("no newline"); process.stderr.write("raw");
"""
    )
    for text in ("log 1\n", "info\n", "debug\n", "{ a: 1 }\n", "│ 2 │", "group\n  inside\n", "no newline"):
        assert text in cell.stdout, f"{text!r} is not in stdout: {cell.stdout!r}"
    for text in ("error\n", "warn\n", "Trace: trace\n", "raw"):
        assert text in cell.stderr, f"{text!r} is not in stderr: {cell.stderr!r}"


@check("a character written in two halves arrives whole", only="typescript")
def split_character(kernel: Kernel) -> None:
    cell = kernel.must(
        """
const smile = Buffer.from("😀");
process.stdout.write(smile.subarray(0, 2));
process.stdout.write(smile.subarray(2));
"""
    )
    equal(cell.stdout, "😀", "stdout")


@check("the callback of process.stdout.write is called", only="typescript")
def write_callback(kernel: Kernel) -> None:
    program = 'await new Promise<void>((resolve) => process.stdout.write("written", () => resolve()));'
    equal(kernel.must(program).stdout, "written", "stdout")


if __name__ == "__main__":
    main()
