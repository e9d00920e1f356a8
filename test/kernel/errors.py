"""Errors say what happened and where, in the user's own lines, and none of them ends the kernel."""

from __future__ import annotations

import subprocess

from checks import check, contains, equal, lacks, main, matches
from client import ROOT, Cell, Kernel, plain
from samples import code

INTERNALS = (
    r"node:internal|kernel-setup/|dist/kernel|node_modules/tslab|evalmachine|__cell|__exports|ipykernel/"
)


def points_at(text: str, count: int, line: int) -> None:
    """A traceback names a cell by its number, then the line: "Cell In[3], line 7", "cell 3:7:9" and so on."""
    matches(text, rf"(?i)\b(cell|in)\b[^\n]*?\b{count}\b[^\d\n]*\b{line}\b", f"line {line} of cell {count}")


def fails(kernel: Kernel, program: str, *parts: str) -> Cell:
    """Runs a cell that must end in one error, told in the user's terms and with these parts in it."""
    cell = kernel.run(program)
    equal(cell.status, "error", "status of the reply")
    lacks(cell.traceback, INTERNALS, "the kernel's own code")
    contains(cell.report, *parts)
    return cell


def late_report(kernel: Kernel, id: str, text: str) -> str:
    """What is reported for a cell, perhaps after its end, once it holds `text`."""
    kernel.wait(lambda: text in kernel.so_far(id).report, 15, f"a report of {text!r} for its cell")
    kernel.listen(0.1)
    return kernel.so_far(id).report


# The message and its traceback


@check("the error message and the reply say the same: name, value, traceback")
def shape(kernel: Kernel) -> None:
    cell = fails(kernel, code.throw)
    contains(cell.error["ename"], "Error")
    equal(plain(cell.error["evalue"]), "too far", "evalue")
    assert all(isinstance(line, str) for line in cell.error["traceback"]), cell.error["traceback"]
    for key in ("ename", "evalue", "traceback"):
        equal(cell.reply[key], cell.error[key], f"{key} of the reply")
    assert cell.count > 0, cell.reply


@check("an error is said once: not on stderr as well")
def said_once(kernel: Kernel) -> None:
    cell = fails(kernel, code.throw)
    equal((cell.stderr, cell.stdout, cell.result), ("", "", None), "further outputs")


@check("the traceback points at the cell's line, whatever vanished before it")
def own_line(kernel: Kernel) -> None:
    cell = fails(kernel, code.throw_on_line_9, "no 2")
    points_at(cell.traceback, cell.count, 9)


@check("the traceback follows calls into a function of an earlier cell, through an await")
def earlier_cell(kernel: Kernel) -> None:
    earlier = kernel.must(code.throwing_functions)
    cell = fails(kernel, code.call_throwing_function, "deep", "inner", "outer")
    points_at(cell.traceback, earlier.count, 5)
    points_at(cell.traceback, cell.count, 5)


@check("an error in a module beside the notebook names the module's line and the cell's")
def own_module(kernel: Kernel) -> None:
    name, source = code.module_file
    (kernel.cwd / name).write_text(source)
    cell = fails(kernel, code.throw_in_module, "scale is 0")
    matches(cell.traceback, rf"{name}\D{{1,8}}5\b", "the module's line")
    points_at(cell.traceback, cell.count, 3)


@check("code evaluated beside a cell does not take the cell's name", only="typescript")
def own_name(kernel: Kernel) -> None:
    program = 'const a = 1;\nfunction late(): void {\n  throw new Error("late");\n}'
    cell = kernel.run(program, user_expressions={"next": "a + 1"})
    kernel.run("a + 2", silent=True)
    contains(kernel.run("late();").report, f"late, Cell {cell.count}, line 3")


@check("an error in a package compiled from TypeScript names the TypeScript line", only="typescript")
def compiled_package(kernel: Kernel) -> None:
    package = kernel.cwd / "node_modules" / "tiny"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"name": "tiny", "main": "index.js", "types": "index.d.ts"}')
    (package / "index.d.ts").write_text("export declare function half(value: number): number;")
    (package / "index.ts").write_text(
        "interface Vanishes { a: 1 }\n\ntype Also = Vanishes;\n\n"
        "export function half(value: number): number {\n"
        "  if (value % 2) throw new RangeError(`${value} is odd`);\n  return value / 2;\n}\n"
    )
    esbuild = str(ROOT / "node_modules" / ".bin" / "esbuild")
    options = ["--format=cjs", "--sourcemap", "--outfile=index.js", "--log-level=error"]
    subprocess.run([esbuild, "index.ts", *options], cwd=package, check=True)
    cell = fails(kernel, 'import { half } from "tiny";\nhalf(2);\nhalf(3);', "3 is odd")
    matches(cell.traceback, r"index\.ts:6\b", "the package's TypeScript line")
    points_at(cell.traceback, cell.count, 3)


@check("the cause of an error is shown")
def cause(kernel: Kernel) -> None:
    fails(kernel, code.throw_with_cause, "the outer one", "the inner one")


@check("the errors of an aggregate are shown")
def group(kernel: Kernel) -> None:
    fails(kernel, code.throw_group, "both", "first of two", "second of two")


@check("an error class of one's own keeps its name, its message its lines")
def own_class(kernel: Kernel) -> None:
    cell = fails(kernel, code.throw_own_class)
    equal(
        (cell.error["ename"], cell.error["evalue"]),
        ("ShapeError", "two lines,\nthe second"),
        "name and value",
    )


@check("endless recursion is an error of readable length")
def overflow(kernel: Kernel) -> None:
    lines = fails(kernel, code.overflow, "forever").traceback.count("\n")
    assert lines < 200, f"{lines} lines of traceback"


THROWN = {
    '"just a string"': "just a string",
    "undefined": "undefined",
    "null": "null",
    "7": "7",
    '{ code: "E7", hint: "try" }': "E7",
    "Object.create(null)": "",
    'Object.assign(new Error("stackless"), { stack: undefined })': "stackless",
    'new Proxy({}, { get() { throw new Error("evil"); } })': "",
    'Symbol("unprintable")': "unprintable",
}


def thrown_check(value: str, shown: str) -> None:
    @check(f"a thrown {value} is reported", only="typescript")
    def thrown(kernel: Kernel) -> None:
        cell = fails(kernel, f"throw {value};", shown)
        assert cell.error["ename"], "ename is empty"


for _value, _shown in THROWN.items():
    thrown_check(_value, _shown)


# TypeScript


@check("type errors: each with its code, line and column, and nothing of the cell runs", only="typescript")
def diagnostics(kernel: Kernel) -> None:
    program = """
// The two errors are in lines 5 and 6.
console.log("must not run");
interface Point { x: number }
const p: Point = { x: "no" };
const q: number = "neither";
"""
    cell = fails(kernel, program, "TS2322", "Type 'string' is not assignable to type 'number'")
    assert cell.report.count("TS2322") >= 2, cell.report
    matches(cell.report, r"\b5\D{1,10}20\b", "line 5, column 20")
    matches(cell.report, r"\b6\D{1,10}7\b", "line 6, column 7")
    equal(cell.stdout, "", "output of a cell that does not compile")
    fails(kernel, "q", "TS2304")


@check("a syntax error has its code, line and column", only="typescript")
def syntax(kernel: Kernel) -> None:
    cell = fails(kernel, "const fine = 1;\nconst = 3;")
    matches(cell.report, r"TS1\d{3}", "a code")
    matches(cell.report, r"\b2\D{1,10}7\b", "line 2, column 7")


@check("strict type checking is on", only="typescript")
def strict(kernel: Kernel) -> None:
    fails(kernel, "function untyped(x) { return x; }", "TS7006")
    fails(kernel, 'const found = ["a"].find((x) => x === "b");\nfound.length', "TS18048")
    fails(kernel, "try { null } catch (error) { error.message }", "TS18046")


@check("an unknown package is reported by its name", only="typescript")
def unknown_package(kernel: Kernel) -> None:
    fails(kernel, 'import { x } from "no-such-package-anywhere";\nx', "no-such-package-anywhere")


DEPTH = 20_000
TOO_DEEP = f'console.log("must not run");\nconst deep = {"(" * DEPTH}1{")" * DEPTH};'


@check("code on which TypeScript itself fails is an error that says what to do", only="typescript")
def compiler_failure(kernel: Kernel) -> None:
    kernel.must("const before = 5;")
    for _ in range(2):
        cell = fails(kernel, TOO_DEEP, "TypeScript itself has failed", "call stack", "smaller parts")
        equal((cell.error["ename"], cell.stdout), ("CompilerFailure", ""), "name, and output")
        assert len(cell.report) < 2000, f"{len(cell.report)} characters"
        equal(kernel.must("before + 1").text, "6", "the next cell")
    fails(kernel, "const wrong: string = before;", "TS2322")


@check("an editor's request about such code is answered, and the next cell runs", only="typescript")
def editor_failure(kernel: Kernel) -> None:
    kernel.must("const before = 5;")
    position = {"code": TOO_DEEP, "cursor_pos": len(TOO_DEEP)}
    for kind, content in (("complete_request", position), ("inspect_request", {**position, "detail_level": 0})):
        reply = kernel.request(kind, content, timeout=15)
        assert len(str(reply)) < 3000, f"{len(str(reply))} characters in reply to {kind}"
        equal(kernel.must("before + 1").text, "6", "the next cell")


@check("what was declared before the error survives, what was not reached is named clearly")
def survivors(kernel: Kernel) -> None:
    fails(kernel, code.throw_after_keeping)
    contains(kernel.must(code.show_kept).text, "2 yes")


@check("a variable that its failing cell never reached gives a clear error", only="typescript")
def unreached(kernel: Kernel) -> None:
    fails(kernel, 'throw new Error("early");\nconst unreached = 5;')
    fails(kernel, "unreached + 1", "unreached")


# Errors that come from elsewhere than the cell's own flow


@check("an error in a timer is reported for its cell, with its line, and the kernel goes on")
def timer(kernel: Kernel) -> None:
    cell = kernel.must(code.throw_later)
    report = late_report(kernel, cell.id, "late trouble")
    points_at(report, cell.count, 4)
    lacks(report, INTERNALS, "the kernel's own code")


@check("an error in a timer while another cell runs is reported for its own cell")
def timer_during_another(kernel: Kernel) -> None:
    first = kernel.must(code.throw_later)
    second = kernel.must(code.sleep.replace("SECONDS", "0.6"))
    contains(kernel.so_far(first.id).report, "late trouble")
    equal((second.report, kernel.so_far(second.id).report), ("", ""), "reports for the other cell")


@check("an error in a timer of the running cell is reported for it", only="typescript")
def timer_of_running(kernel: Kernel) -> None:
    id = kernel.send(code.throw_later.replace("undefined", "") + code.sleep.replace("SECONDS", "0.6"))
    contains(late_report(kernel, id, "late trouble"), "late trouble")
    kernel.finish(id)


@check("an unhandled rejection is reported for its cell, with its line", only="typescript")
def rejection(kernel: Kernel) -> None:
    cell = kernel.must(
        """
type Vanishes = 1;
async function later(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 200));
  throw new RangeError("nobody waits");
}
void later();
undefined
"""
    )
    report = late_report(kernel, cell.id, "nobody waits")
    points_at(report, cell.count, 5)
    lacks(report, INTERNALS, "the kernel's own code")


@check("an unhandled rejection makes the cell that still runs fail", only="typescript")
def rejection_while_running(kernel: Kernel) -> None:
    program = 'void Promise.reject(new RangeError("loose"));\n' + code.sleep.replace("SECONDS", "0.5")
    fails(kernel, program, "loose")


@check("a handled rejection is nobody's error", only="typescript")
def handled(kernel: Kernel) -> None:
    cell = kernel.must(
        """
await Promise.reject(new Error("a")).catch(() => {});
try { await Promise.reject(new Error("b")); } catch {}
await Promise.allSettled([Promise.reject(new Error("c"))]);
"""
    )
    kernel.listen(0.2)
    equal(kernel.so_far(cell.id).report, "", "reports")


@check("errors in microtasks, immediates and event emitters are reported", only="typescript")
def other_sources(kernel: Kernel) -> None:
    for program, text in (
        ('queueMicrotask(() => { throw new Error("in a microtask"); });', "in a microtask"),
        ('setImmediate(() => { throw new Error("in an immediate"); });', "in an immediate"),
        ('process.nextTick(() => { throw new Error("in a tick"); });', "in a tick"),
        ('import * as fs from "node:fs";\nfs.createReadStream("/no/such/file").read(0);', "ENOENT"),
    ):
        id = kernel.send(f"{program}\nundefined")
        kernel.finish(id)
        late_report(kernel, id, text)


@check("process.exit is refused with a clear error", only="typescript")
def exit(kernel: Kernel) -> None:
    fails(kernel, "process.exit(3);", "process.exit")


# Cells that wait behind a failing one


def queue_behind_failure(kernel: Kernel, **options: bool) -> list[Cell]:
    """A failing cell, and three that were sent while it ran."""
    ids = [kernel.send(code.sleep_then_throw, **options), *(kernel.send(code.hello) for _ in range(3))]
    return [kernel.finish(id) for id in ids]


@check("cells that wait behind a failing one are aborted, each with busy and idle")
def aborted(kernel: Kernel) -> None:
    first, *others = queue_behind_failure(kernel)
    contains(first.error["evalue"], "first of the queue")
    equal([cell.status for cell in others], ["aborted"] * 3, "the replies")
    equal([cell.stdout for cell in others], [""] * 3, "their outputs")


@check("a cell sent right after the reply of a failing one runs, 20 times")
def not_aborted(kernel: Kernel) -> None:
    for _ in range(20):
        kernel.replies.clear()
        kernel.send(code.throw)
        kernel.wait(lambda: bool(kernel.replies), 15, "the reply")
        kernel.must(code.hello)


@check("with stop_on_error false nothing is aborted")
def not_stopping(kernel: Kernel) -> None:
    first, *others = queue_behind_failure(kernel, stop_on_error=False)
    equal([cell.status for cell in (first, *others)], ["error", "ok", "ok", "ok"], "the replies")


if __name__ == "__main__":
    main()
