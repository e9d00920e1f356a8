"""The same small programs in each kernel's language; COUNT and SECONDS stand for numbers."""

from __future__ import annotations

from dataclasses import dataclass

from client import KERNEL


@dataclass(frozen=True)
class Samples:
    # Outputs. Cells with questions print one, and go on once a file of its name lies beside the notebook.
    trivial: str
    hello: str
    hello_stderr: str
    lines: str
    labelled_lines: str
    both_streams: str
    lines_and_displays: str
    long_line: str
    displays: str
    large_displays: str
    awaiting_answers: str
    looping_for_answers: str
    child_output: str
    late_line: str
    sleep: str
    # Errors. The lines at which they throw are stated in errors.py.
    throw: str
    throw_on_line_9: str
    throwing_functions: str
    call_throwing_function: str
    throw_later: str
    throw_with_cause: str
    throw_group: str
    throw_own_class: str
    overflow: str
    keep: str
    throw_after_keeping: str
    show_kept: str
    module_file: tuple[str, str]
    throw_in_module: str
    sleep_then_throw: str
    # Results
    values: tuple[tuple[str, str], ...]
    statement: str
    # Interrupts: each prints "running" once it runs.
    loops: tuple[tuple[str, str], ...]
    ticking: str
    waiting_for_child: str
    killed_child: str
    # Editor services
    complete: str
    incomplete: str
    invalid: str
    completion: tuple[str, str]
    inspected: str
    define_point: str
    documented_function: str
    page: str
    clear_output: str
    # Life cycle
    collect_garbage: str
    folder: str
    read_environment: str


TYPESCRIPT = Samples(
    trivial="1 + 1",
    hello='console.log("hello, world")',
    hello_stderr='console.error("trouble")',
    lines="for (let i = 0; i < COUNT; i++) console.log(i);",
    labelled_lines="for (let i = 0; i < 20; i++) console.log(`COUNT:${i}`);",
    both_streams="for (let i = 0; i < COUNT; i++) { console.log(`out ${i}`); console.error(`err ${i}`); }",
    lines_and_displays="""
import { display } from "tslab";
for (let i = 0; i < COUNT; i++) { console.log(i); display.html(`${i}`); }
""",
    long_line='console.log("x".repeat(COUNT))',
    displays='import { display } from "tslab";\nfor (let i = 0; i < COUNT; i++) display.html(`${i}`);',
    large_displays="""
import { display } from "tslab";
for (let i = 0; i < COUNT; i++) display.html(`${i} ${"x".repeat(10_000)}`);
""",
    awaiting_answers="""
import { existsSync } from "node:fs";
for (const question of ["first", "second"]) {
  console.log(question);
  while (!existsSync(question)) await new Promise((resolve) => setTimeout(resolve, 5));
}
""",
    looping_for_answers="""
import { existsSync } from "node:fs";
for (const question of ["first", "second"]) {
  console.log(question);
  while (!existsSync(question));
}
""",
    child_output="""
import { execFileSync } from "node:child_process";
execFileSync("echo", ["from a child"], { stdio: "inherit" });
""",
    late_line='setTimeout(() => console.log("late"), 300);\nundefined',
    sleep="await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));",
    throw='throw new RangeError("too far")',
    throw_on_line_9="""
// A comment, a blank line, and types, all of which vanish from the JavaScript.

interface Point {
  x: number;
}
type Pair = [Point, Point];
const pair: Pair = [{ x: 1 }, { x: 2 }];
throw new RangeError(`no ${pair.length}`);
""",
    throwing_functions="""
interface Unused { a: 1 }

function inner(depth: number): number {
  if (depth === 0) throw new RangeError("deep");
  return inner(depth - 1);
}
""",
    call_throwing_function="""
type Nothing = never;
async function outer() {
  await null;
  return inner(0);
}
await outer();
""",
    throw_later="""
interface Unused { a: 1 }
setTimeout(() => {
  throw new RangeError("late trouble");
}, 200);
undefined
""",
    throw_with_cause="""
try {
  JSON.parse("{");
} catch (error) {
  throw new RangeError("the outer one", { cause: new TypeError("the inner one") });
}
""",
    throw_group="""
throw new AggregateError([new RangeError("first of two"), new TypeError("second of two")], "both");
""",
    throw_own_class="""
class ShapeError extends Error {
  override name = "ShapeError";
}
throw new ShapeError("two lines,\\nthe second");
""",
    overflow="function forever(n: number): number { return 1 + forever(n + 1); }\nforever(0)",
    keep='let kept = 1;\nkept = 2;\nconst alsoKept = "yes";\n',
    throw_after_keeping='let kept = 1;\nkept = 2;\nconst alsoKept = "yes";\nthrow new Error("stop");',
    show_kept="`${kept} ${alsoKept}`",
    module_file=(
        "helper.ts",
        """
interface Options { scale: number }

export function scaled(value: number, { scale }: Options): number {
  if (scale === 0) throw new RangeError("scale is 0");
  return value * scale;
}
""",
    ),
    throw_in_module='import { scaled } from "./helper";\n\nscaled(1, { scale: 0 });',
    sleep_then_throw="""
await new Promise((resolve) => setTimeout(resolve, 300));
throw new Error("first of the queue");
""",
    values=(
        ("6 * 7", "42"),
        ("'a' + 'b'", "ab"),
        ("[1, 2, 3].map((x) => x * x)", "1, 4, 9"),
        ("({ a: 1, b: 'two' })", "a: 1"),
        ("null", "null"),
        ("true", "true"),
        ("10n ** 20n", "100000000000000000000"),
        ("new Map([[1, 'one']])", "one"),
        ("await Promise.resolve(43)", "43"),
    ),
    statement="const unseen = 1;",
    loops=(
        ("a synchronous loop", 'console.log("running");\nwhile (true) {}'),
        (
            "an awaited loop",
            'console.log("running");\nfor (;;) await new Promise((resolve) => setTimeout(resolve, 5));',
        ),
        (
            "a synchronous loop after an await",
            """
await new Promise((resolve) => setTimeout(resolve, 1));
console.log("running");
while (true) {}
""",
        ),
        (
            "a loop of microtasks",
            'console.log("running");\nfor (;;) await null;',
        ),
        (
            "a loop in a function of an earlier cell",
            "function spin(): never {\n  for (;;) Math.random();\n}\n---\nconsole.log('running');\nspin();",
        ),
        (
            "a catastrophic regular expression",
            'console.log("running");\n/^(a+)+$/.test("a".repeat(40) + "b")',
        ),
        ("a promise that never settles", 'console.log("running");\nawait new Promise(() => {});'),
        (
            "an awaited loop that swallows exceptions",
            """
console.log("running");
for (;;) {
  try {
    await new Promise((resolve) => setTimeout(resolve, 5));
  } catch {
    continue;
  }
}
""",
        ),
        (
            "a synchronous loop that swallows exceptions",
            """
console.log("running");
for (;;) {
  try {
    Math.sqrt(2);
  } catch {
    continue;
  }
}
""",
        ),
        (
            "a synchronous sleep",
            'console.log("running");\nAtomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
        ),
    ),
    waiting_for_child="""
import { execFileSync } from "node:child_process";
console.log("running");
execFileSync("sleep", ["60"]);
""",
    killed_child="""
import { execFileSync } from "node:child_process";
execFileSync("sh", ["-c", "kill -INT $$"]);
""",
    ticking="""
console.log("running");
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.log("tick");
}
""",
    complete="const x = 1;",
    incomplete="function f(x: number) {",
    invalid="const = )",
    completion=("Number.parseFl", "parseFloat"),
    inspected="parseFloat",
    define_point="const point = { horizontal: 1, vertical: 2 };",
    documented_function="""
/** Halves a number, exactly. */
function halve(value: number): number {
  return value / 2;
}
""",
    page="?Math.max",
    clear_output='(globalThis as any)[Symbol.for("Jupyter.host")].clearOutput({ wait: false });',
    collect_garbage="""
import * as v8 from "node:v8";
import * as vm from "node:vm";
v8.setFlagsFromString("--expose-gc");
(vm.runInNewContext("gc") as () => void)();
""",
    folder="process.cwd()",
    read_environment="process.env.COUNT",
)

PYTHON = Samples(
    trivial="1 + 1",
    hello='print("hello, world")',
    hello_stderr='import sys; print("trouble", file=sys.stderr)',
    lines="for i in range(COUNT): print(i)",
    labelled_lines="for i in range(20): print(f'COUNT:{i}')",
    both_streams="import sys\nfor i in range(COUNT): print('out', i); print('err', i, file=sys.stderr)",
    lines_and_displays="""
from IPython.display import HTML, display
for i in range(COUNT): print(i); display(HTML(str(i)))
""",
    long_line='print("x" * COUNT)',
    displays="from IPython.display import HTML, display\nfor i in range(COUNT): display(HTML(str(i)))",
    large_displays="""
from IPython.display import HTML, display
for i in range(COUNT): display(HTML(str(i) + " " + "x" * 10_000))
""",
    awaiting_answers="""
import asyncio, os
for question in ("first", "second"):
    print(question)
    while not os.path.exists(question): await asyncio.sleep(0.005)
""",
    looping_for_answers="""
import os
for question in ("first", "second"):
    print(question)
    while not os.path.exists(question): pass
""",
    child_output='import subprocess\nsubprocess.run(["echo", "from a child"]);',
    late_line='import asyncio\nasyncio.get_running_loop().call_later(0.3, print, "late");',
    sleep="import asyncio\nawait asyncio.sleep(SECONDS)",
    throw='raise ValueError("too far")',
    throw_on_line_9="""# Python.
# A comment, a blank line, and a docstring.

class Point:
    \"\"\"Of the plane.\"\"\"
    x = 1

pair = [Point(), Point()]
raise ValueError(f"no {len(pair)}")
""",
    throwing_functions="""# Python.
# The functions.

def inner(depth):
    if depth == 0: raise ValueError("deep")
    return inner(depth - 1)
""",
    call_throwing_function="""# Python.
import asyncio
async def outer():
    await asyncio.sleep(0)
    return inner(0)

await outer()
""",
    throw_later="""# Python.
import asyncio
def trouble():
    raise ValueError("late trouble")
asyncio.get_running_loop().call_later(0.2, trouble);
""",
    throw_with_cause='raise ValueError("the outer one") from TypeError("the inner one")',
    throw_group='raise ExceptionGroup("both", [ValueError("first of two"), TypeError("second of two")])',
    throw_own_class='class ShapeError(Exception): pass\nraise ShapeError("two lines,\\nthe second")',
    overflow="def forever(n): return 1 + forever(n + 1)\nforever(0)",
    keep='kept = 1\nkept = 2\nalsoKept = "yes"\n',
    throw_after_keeping='kept = 1\nkept = 2\nalsoKept = "yes"\nraise Exception("stop")',
    show_kept='f"{kept} {alsoKept}"',
    module_file=(
        "helper.py",
        """
# Scales.

def scaled(value, scale):
    if scale == 0: raise ValueError("scale is 0")
    return value * scale
""",
    ),
    throw_in_module="from helper import scaled\n\nscaled(1, scale=0)",
    sleep_then_throw='import asyncio\nawait asyncio.sleep(0.3)\nraise Exception("first of the queue")',
    values=(
        ("6 * 7", "42"),
        ("'a' + 'b'", "ab"),
        ("[x * x for x in (1, 2, 3)]", "1, 4, 9"),
        ("{'a': 1}", "'a': 1"),
        ("True", "True"),
    ),
    statement="unseen = 1",
    loops=(
        ("a synchronous loop", 'print("running", flush=True)\nwhile True: pass'),
        (
            "an awaited loop",
            'import asyncio\nprint("running", flush=True)\nwhile True: await asyncio.sleep(0.005)',
        ),
        (
            "a loop in a function of an earlier cell",
            "def spin():\n    while True: pass\n---\nprint('running', flush=True)\nspin()",
        ),
        (
            "a catastrophic regular expression",
            'import re\nprint("running", flush=True)\nre.match("^(a+)+$", "a" * 40 + "b")',
        ),
        (
            "a promise that never settles",
            'import asyncio\nprint("running", flush=True)\nawait asyncio.Future()',
        ),
    ),
    waiting_for_child="""
import subprocess
print("running", flush=True)
subprocess.run(["sleep", "60"])
""",
    killed_child="""
import subprocess
subprocess.run(["sh", "-c", "kill -INT $$"], check=True)
""",
    ticking="""
import asyncio
print("running", flush=True)
while True:
    await asyncio.sleep(0.02)
    print("tick")
""",
    complete="x = 1",
    incomplete="def f(x):",
    invalid="x = )",
    completion=("zi", "zip"),
    inspected="max",
    define_point="class Point: horizontal = 1; vertical = 2\npoint = Point()",
    documented_function='def halve(value):\n    """Halves a number, exactly."""\n    return value / 2',
    page="?max",
    clear_output="from IPython.display import clear_output\nclear_output()",
    collect_garbage="import gc; gc.collect();",
    folder="import os; os.getcwd()",
    read_environment="import os; os.environ['COUNT']",
)

code = PYTHON if KERNEL == "python" else TYPESCRIPT
