"""What a cell's last expression shows, and how cells build on each other."""

from __future__ import annotations

import json

from checks import check, contains, equal, main
from client import Cell, Kernel
from samples import code

HOST = """
interface Bundle { [mime: string]: unknown }
interface Options { metadata?: Record<string, unknown>; displayId?: string; update?: boolean }
interface Host {
  display(data: Bundle, options?: Options): void;
  clearOutput(options?: { wait?: boolean }): void;
}
const host = (globalThis as any)[Symbol.for("Jupyter.host")] as Host;
"""


def shows(kernel: Kernel, program: str, text: str) -> Cell:
    """The result's plain text is exactly this, but for quotes around a string."""
    cell = kernel.must(program)
    equal(cell.text.strip("'\""), text, f"result of {program[-200:]!r}")
    return cell


# The result


def value_check(program: str, text: str) -> None:
    @check(f"shows {program} as {text}")
    def value(kernel: Kernel) -> None:
        cell = kernel.must(program)
        contains(cell.text, text)
        equal(len(cell.messages), 2, "messages: the input and the result")


for _program, _text in code.values:
    value_check(_program, _text)


@check("shows nothing for a statement, a declaration, a comment")
def no_result(kernel: Kernel) -> None:
    for program in (code.statement, "# nothing" if "def" in code.incomplete else "// nothing"):
        equal(kernel.must(program).result, None, f"result of {program!r}")


@check("shows nothing for undefined", only="typescript")
def undefined(kernel: Kernel) -> None:
    for program in ("undefined", "[].forEach(() => {})", "void 5", "await Promise.resolve()", "if (true) {}"):
        equal(kernel.must(program).result, None, f"result of {program!r}")


@check("a semicolon or a comment after the last expression changes nothing", only="typescript")
def semicolon(kernel: Kernel) -> None:
    for program in ("5 + 5", "5 + 5;", "5 + 5 // ten", "5 + 5; // ten\n\n", "/* ten */ 5 + 5"):
        shows(kernel, program, "10")


@check("only the last expression is shown, not an earlier cell's", only="typescript")
def last_only(kernel: Kernel) -> None:
    shows(kernel, "1;\n2;\n3", "3")
    equal(kernel.must("4;\nconst after = 1;").result, None, "result of a cell that ends in a declaration")


@check("long, deep and circular values are shown in bounded space", only="typescript")
def bounded(kernel: Kernel) -> None:
    for program in (
        "Array.from({ length: 1e6 }, (_, i) => i)",
        "new Float64Array(1e6)",
        "(() => { const loop: { self?: unknown } = {}; loop.self = loop; return loop; })()",
        "(() => { let deep: unknown = 0; for (let i = 0; i < 5000; i++) deep = [deep]; return deep; })()",
    ):
        length = len(kernel.must(program).text)
        assert 0 < length < 20_000, f"{length} characters for {program}"


@check("a value whose inspection throws does not fail the cell silently", only="typescript")
def evil_value(kernel: Kernel) -> None:
    for program in (
        "({ get x(): number { throw new Error('trap'); } })",
        "new Proxy({}, { get() { throw new Error('trap'); } })",
        "({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('trap'); } })",
    ):
        cell = kernel.run(program)
        assert cell.result or "trap" in cell.report, f"neither a result nor a report for {program}"


# Rich display


def shown_by(body: str, prefix: str = "") -> str:
    """An object that brings its own bundle."""
    return f"({{ {prefix}[Symbol.for('Jupyter.display')]() {{ {body} }} }})"


@check("an object's own bundle is its result, awaited if need be", only="typescript")
def own_bundle(kernel: Kernel) -> None:
    bundle = {"text/html": "<b>7</b>", "text/plain": "seven", "application/vnd.x+json": {"a": [1, None]}}
    for prefix in ("", "async "):
        cell = kernel.must(shown_by(f"return {json.dumps(bundle)};", prefix))
        equal(cell.result, bundle, f"the result of a {prefix}method")


@check("a bundle method that throws or rejects is reported, and shown as text", only="typescript")
def failing_bundle(kernel: Kernel) -> None:
    for prefix in ("", "async "):
        cell = kernel.run(shown_by("throw new Error('no picture');", prefix))
        contains(cell.report, "no picture")


@check("display shows a bundle, with metadata, and updates it in place", only="typescript")
def host_display(kernel: Kernel) -> None:
    cell = kernel.must(
        HOST
        + """
host.display({ "text/plain": "one" }, { displayId: "d1", metadata: { width: 3 } });
host.display({ "text/plain": "two" }, { displayId: "d1", update: true });
"""
    )
    (shown,), (update,) = cell.all("display_data"), cell.all("update_display_data")
    equal((shown["data"], shown["metadata"]), ({"text/plain": "one"}, {"width": 3}), "what was displayed")
    equal(update["data"], {"text/plain": "two"}, "the update")
    equal([one["transient"]["display_id"] for one in (shown, update)], ["d1", "d1"], "the display's id")


@check("clearOutput says whether to wait", only="typescript")
def clear_output(kernel: Kernel) -> None:
    cell = kernel.must(HOST + "host.clearOutput({ wait: true }); host.clearOutput();")
    equal(cell.all("clear_output"), [{"wait": True}, {"wait": False}], "the messages")


@check("tslab's display of HTML, markdown, SVG, PNG and others", only="typescript")
def tslab_display(kernel: Kernel) -> None:
    cell = kernel.must(
        """
import { display } from "tslab";
display.html("<b>1</b>"); display.markdown("*2*"); display.latex("$3$");
display.svg("<svg/>"); display.text("5");
display.png(new Uint8Array([1, 2, 3])); display.raw("application/json", '{"a": 7}');
"""
    )
    kinds = "text/html text/markdown text/latex image/svg+xml text/plain image/png application/json"
    equal([next(iter(bundle)) for bundle in cell.displays], kinds.split(), "the kinds")
    equal(cell.displays[5]["image/png"].strip(), "AQID", "the PNG in base64")


@check("every display of a cell comes before its result", only="typescript")
def order(kernel: Kernel) -> None:
    program = 'import { display } from "tslab";\nconsole.log("a"); display.html("b"); console.log("c"); 5'
    cell = kernel.must(program)
    kinds = [message["msg_type"] for message in cell.messages]
    equal(kinds, ["execute_input", "stream", "display_data", "stream", "execute_result"], "the messages")


# Cells that build on each other


@check("const, let, functions, classes, enums, interfaces and types may be declared again", only="typescript")
def redeclaration(kernel: Kernel) -> None:
    for declared, changed, use, values in (
        ("const a = 1;", "const a = 'one';", "a", ("1", "one")),
        ("let b = 1;", "const b = [1];", "b", ("1", "[ 1 ]")),
        ("function f() { return 1; }", "const f = () => 2;", "f()", ("1", "2")),
        ("class C { x = 1 }", "class C { x = 2; y = 3 }", "new C().x", ("1", "2")),
        ("enum E { A = 1 }", "enum E { A = 5 }", "E.A", ("1", "5")),
        ("interface I { x: number }", "interface I { y: number }", "0", ("0", "0")),
        ("type T = string;", "type T = number;", "const t: T = JSON.parse('1'); t", ("1", "1")),
    ):
        for program, value in zip((declared, changed), values, strict=True):
            kernel.must(program)
            shows(kernel, use, value)
    shows(kernel, "const i: I = { y: 4 }; i.y", "4")


@check("destructuring, spread and defaults declare variables", only="typescript")
def destructuring(kernel: Kernel) -> None:
    kernel.must("const from: { p: number; q: number[]; u?: number } = { p: 1, q: [2, 3, 4] };")
    kernel.must("const { p, q: [r, ...s], u = 9 } = from;")
    shows(kernel, "`${p} ${r} ${s} ${u}`", "1 2 3,4 9")


@check(
    "what a cell assigns is seen by functions of earlier cells, and the other way round", only="typescript"
)
def shared_variables(kernel: Kernel) -> None:
    kernel.must("let n = 1;\nconst read = () => n;\nfunction grow() { n += 10; }")
    shows(kernel, "n = 5;\nread()", "5")
    shows(kernel, "grow();\nn", "15")
    kernel.must("let late = 0;")
    kernel.must("const done = new Promise<void>((r) => setTimeout(() => { late = 7; r(); }, 50));")
    shows(kernel, "await done; late", "7")


EARLIER = """
interface Options { p: number; q?: { r: number } }
const o: Options = { p: 1, q: { r: 2 } };
let n = 4;
class Base { v = 1; up(): number { return this.v; } static s = 3; }
function f(a: number, { p }: Options): number { return a + p; }
enum Color { Red, Blue }
"""
USES = {
    "({ n }).n": "4",
    "const { p: renamed } = o;\nrenamed": "1",
    "const { q: { r: deep } = { r: 8 } } = o;\ndeep": "2",
    "const g = ({ p: z }: Options) => z + n;\ng(o)": "5",
    "let sum = 0;\nfor (const { p: part } of [o, o]) sum += part;\nsum": "2",
    "let target = 0;\n({ p: target } = o);\ntarget": "1",
    "({ n } = { n: 3 });\nn": "3",
    "[n] = [9];\nn": "9",
    "for (n of [1, 2]);\nn": "2",
    "n += 1;\nn++;\nn": "6",
    "class Sub extends Base { override up() { return super.up() + n; } }\nnew Sub().up() + Sub.s": "8",
    "f(n, { p: n })": "8",
    "const h = (n: number) => n * 2;\nh(5)": "10",
    "const method = { n() { return n; }, get p() { return o.p; } };\nmethod.n() + method.p": "5",
    "Color[Color.Blue]": "Blue",
    "const key: keyof Options = 'p';\no[key]": "1",
    "n: for (;;) break n;\nn": "4",
    "try { throw 1; } catch (n) { void n; }\nn": "4",
    "export const exported = n;\nexported": "4",
}


def use_check(program: str, value: str) -> None:
    @check(f"uses what an earlier cell declared: {program!r}", only="typescript")
    def use(kernel: Kernel) -> None:
        kernel.must(EARLIER)
        shows(kernel, program, value)


for _program, _value in USES.items():
    use_check(_program, _value)


@check("a function of an earlier cell keeps its variable when the name is declared again", only="typescript")
def closures(kernel: Kernel) -> None:
    kernel.must("const factor = 2;\nconst double = (x: number) => factor * x;")
    kernel.must("const factor = 100;")
    shows(kernel, "`${double(4)} ${factor}`", "8 100")


@check("top-level await, for await, async generators, dynamic import", only="typescript")
def asynchronous(kernel: Kernel) -> None:
    kernel.must("async function* count(n: number) { for (let i = 0; i < n; i++) { await null; yield i; } }")
    kernel.must("let total = 0;\nfor await (const i of count(5)) total += i;")
    shows(kernel, "total", "10")
    kernel.must("const value = await new Promise<number>((r) => setTimeout(() => r(3), 5));")
    shows(kernel, "value + 1", "4")
    shows(kernel, 'const os = await import("node:os");\ntypeof os.EOL', "string")


@check("modern syntax: private fields, static blocks, satisfies, labels, tagged templates", only="typescript")
def syntax(kernel: Kernel) -> None:
    kernel.must(
        """
class Counter<T extends string> {
  #n = 0;
  static limit: number;
  static { Counter.limit = 3; }
  constructor(private readonly label: T) {}
  up(): `${T}-${number}` { return `${this.label}-${++this.#n}`; }
}
const palette = { red: [1, 0, 0] } satisfies Record<string, number[]>;
const tag = (parts: TemplateStringsArray, ...values: number[]) => parts.raw.join("|") + values.join();
"""
    )
    shows(kernel, "new Counter('c').up() + Counter.limit + palette.red.length + tag`a${1}b`", "c-133a|b1")
    labels = "outer: for (let i = 0; ; i++) { while (true) { if (i > 3) break outer; else continue outer; } }"
    shows(kernel, f"{labels}\n8 ** 2", "64")


@check("imports are kept: builtins, types, JSON", only="typescript")
def imports(kernel: Kernel) -> None:
    (kernel.cwd / "data.json").write_text('{"name": "digits", "sizes": [28, 28]}')
    kernel.must('import * as fs from "node:fs";\nimport type { Stats } from "node:fs";')
    kernel.must('import { join, sep as separator } from "node:path";')
    kernel.must('import data from "./data.json";')
    shows(kernel, 'join("a", "b") + separator + fs.existsSync("data.json") + data.sizes[0]', "a/b/true28")
    kernel.must("const stats: Stats = fs.statSync('.');")


@check("a module beside the notebook is read, with its types, and again after a change", only="typescript")
def own_module(kernel: Kernel) -> None:
    module = kernel.cwd / "tools.ts"
    module.write_text("export const version: number = 1;\nexport const gone = 1;\n")
    program = 'import { version } from "./tools";\nversion'
    shows(kernel, program, "1")
    module.write_text("export const version: string = 'second';\n")
    kernel.listen(0.3)
    shows(kernel, program, "second")
    contains(kernel.run('import { gone } from "./tools";\ngone').report, "TS2305", "gone")


@check("unicode in names, strings and outputs", only="typescript")
def unicode(kernel: Kernel) -> None:
    kernel.must("const μ = 1, 变量 = '😀 é\\u0000 𝒙';")
    shows(kernel, "console.log(变量); 变量.length + μ", "9")
    equal(kernel.must("console.log(变量)").stdout, "😀 é\x00 𝒙\n", "stdout")


@check("globals stay: globalThis, timers, fetch, Buffer, require, structuredClone", only="typescript")
def global_names(kernel: Kernel) -> None:
    names = "globalThis setTimeout fetch Buffer URL structuredClone performance process AbortController"
    for name in names.split():
        assert kernel.must(f"typeof {name}").text.strip("'") in ("object", "function"), name
    shows(kernel, "[[] instanceof Array, new Error() instanceof Error].join()", "true,true")


@check("110 cells, each of which declares and all of which are known in the end", only="typescript")
def many_cells(kernel: Kernel) -> None:
    cells = [kernel.must(f"const v{i} = {{ index: {i}, text: 'v' + {i} }};\nv{i}.index") for i in range(110)]
    equal([cell.text for cell in cells], [str(i) for i in range(110)], "the results")
    shows(kernel, " + ".join(f"v{i}.index" for i in range(110)), str(sum(range(110))))


if __name__ == "__main__":
    main()
