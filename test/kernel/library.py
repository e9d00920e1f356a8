"""The library as a notebook meets it: imported by its name, typed, shown, stopped, fresh after a restart."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checks import check, contains, equal, lacks, main, matches
from client import ROOT, Kernel
from errors import INTERNALS, points_at
from interrupts import interrupted, start
from introspection import inspect, offers

IMPORT = 'import { tf, linearSchedule, display, progress } from "diffusion";'


@check("is imported by its name and keeps its types from cell to cell")
def imported(kernel: Kernel) -> None:
    kernel.must(IMPORT, timeout=60)
    equal(kernel.must("const schedule = linearSchedule(10);\nschedule.beta.length").text, "11", "the result")
    contains(kernel.run("schedule.alphabet").report, "TS2339", "alphabet")
    contains(kernel.run('linearSchedule("ten")').report, "TS2345")


@check("`await (`, which is a call elsewhere, may stand beside names of the library's types")
def awaited_call(kernel: Kernel) -> None:
    kernel.must(IMPORT, timeout=60)
    kernel.must("const scheduleOf = (steps: number) => linearSchedule(steps);")
    program = """
const schedules = [10, 20].map(scheduleOf);
function zeros() { return [tf.zeros([2])]; }
await (await Promise.resolve(tf.scalar(7))).data();
"""
    contains(kernel.must(program).text, "7")
    equal(kernel.must("schedules[1].beta.length + zeros().length").text, "22", "the values, later")
    contains(kernel.run("schedules[0].alphabet").report, "TS2339", "Schedule")
    contains(kernel.run("zeros()[0].alphabet").report, "TS2339", "Tensor")


@check("a bad argument is reported with the library's TypeScript line and the cell's")
def bad_argument(kernel: Kernel) -> None:
    kernel.must(IMPORT, timeout=60)
    cell = kernel.run("// A schedule without steps:\n\nlinearSchedule(0);")
    contains(cell.error["evalue"], "steps", "0")
    matches(cell.traceback, r"src/schedule/linear\.ts:\d+", "the library's TypeScript line")
    points_at(cell.traceback, cell.count, 3)
    lacks(cell.traceback, INTERNALS + r"|dist/lib|\.js:", "compiled code")


@check("completion and inspection show its members, types and documentation")
def editor(kernel: Kernel) -> None:
    kernel.must(IMPORT, timeout=60)
    kernel.must("const schedule = linearSchedule(10);")
    offers(kernel, "schedule.al|", "alpha")
    offers(kernel, "tf.mat|", "matMul")
    offers(kernel, 'import { linearS| } from "diffusion";', "linearSchedule")
    contains(inspect(kernel, "linear|Schedule(10)"), "steps: number", "Schedule", "β_t")


@check("a tensor is shown with shape, dtype and values")
def tensor(kernel: Kernel) -> None:
    kernel.must(IMPORT, timeout=60)
    text = kernel.must("tf.tensor2d([[1, 2], [3, 4.5]])").text
    contains(text, "float32", "2, 2", "4.5")


@check("display shows values among the cell's other outputs, in order")
def displayed(kernel: Kernel) -> None:
    kernel.must(IMPORT, timeout=60)
    cell = kernel.must('console.log("a");\nawait display(tf.scalar(7));\nconsole.log("b");')
    kinds = [message["msg_type"] for message in cell.messages]
    equal(kinds, ["execute_input", "stream", "display_data", "stream"], "the messages")
    contains(cell.displays[0]["text/plain"], "7")


@check("an interrupt stops its progress loops at the next step, and nothing goes on")
def stopped(kernel: Kernel) -> None:
    kernel.must(IMPORT, timeout=60)
    cell = interrupted(
        kernel,
        start(
            kernel,
            """
let steps = 0;
console.log("running");
for await (const i of progress(1e9)) {
  steps = i;
  tf.tidy(() => tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync());
}
""",
        ),
    )
    steps = kernel.must("steps").text
    kernel.listen(0.3)
    equal(kernel.must("steps").text, steps, "the steps, later")
    equal(len(kernel.published(cell.id)), len(cell.messages), "messages, later")


TRAINING = """
import { adam, compile, denoisingLoss, linearSchedule, mlp, randomNormal, tf, train, valueAndGradients } from "diffusion";
const noise = linearSchedule(20);
const network = mlp({ size: 1, steps: 20, width: 16, seed: 1 });
const optimizer = adam(network.parameters);
const step = compile(() => {
  const loss = () => denoisingLoss(network.predict, tf.mul(0.1, randomNormal([256, 1])), noise);
  const { value, gradients } = valueAndGradients(loss, network.parameters);
  optimizer.apply(gradients);
  return value;
});
const done = () => optimizer.steps.dataSync()[0];
const loss = () => tf.tidy(() => step().dataSync()[0]);
"""


@check("an interrupt of training keeps what the network has learned, and the cell can go on")
def trained(kernel: Kernel) -> None:
    kernel.must(TRAINING, timeout=60)
    first = float(kernel.must("loss()").text)
    id = start(kernel, 'console.log("running");\nawait train(step, { steps: 1e7 });')

    def steps_told() -> int:
        texts = [update["data"].get("text/plain", "") for update in kernel.so_far(id).all("update_display_data")]
        return max((int(step) for text in texts for step in re.findall(r"step (\d+)", text)), default=0)

    kernel.wait(lambda: steps_told() > 1000, 60, "a thousand steps", id)
    cell = interrupted(kernel, id)

    # A picture that is being drawn is finished first, which may be after the cell's end.
    def told() -> bool:
        return "stopped at" in str(kernel.so_far(cell.id).all("update_display_data")[-1])

    kernel.wait(told, 15, "a display that says where training stopped", cell.id)
    steps = float(kernel.must("done()").text)
    assert steps > 1000, f"only {steps} steps were made"
    kernel.listen(0.3)
    equal(float(kernel.must("done()").text), steps, "the steps, later")
    assert float(kernel.must("loss()").text) < first / 2, "the network has forgotten what it had learned"
    kernel.must("await train(step, { steps: 20 });", timeout=60)
    equal(float(kernel.must("done()").text), steps + 21, "the steps of both runs together")


@contextmanager
def project_copy() -> Iterator[Path]:
    """The project in a folder of its own, so that its sources may be changed; the packages are shared."""
    with tempfile.TemporaryDirectory(prefix="course copy ") as folder:
        root = Path(folder)
        for part in ("kernel-setup", "src", "dist"):
            shutil.copytree(ROOT / part, root / part)
        for part in ("package.json", "tsconfig.json"):
            shutil.copy2(ROOT / part, root / part)
        (root / ".cache").mkdir()
        for part in ("node_modules", ".cache/setup", ".cache/tensorflow"):
            (root / part).symlink_to(ROOT / part)
        yield root


@check("a change in src is seen after a restart, with no build by hand", limit=120)
def changed() -> None:
    with project_copy() as root:
        with Kernel(root=root) as kernel:
            contains(kernel.run('import { answer } from "diffusion";\nanswer', timeout=60).report, "answer")
            with (root / "src" / "index.ts").open("a") as index:
                index.write("\n/** Added by a test. */\nexport const answer: number = 42;\n")
            kernel.client.stop_channels()
            kernel.manager.restart_kernel(now=False)
            kernel.connect()
            program = 'import { answer } from "diffusion";\nanswer'
            equal(kernel.must(program, timeout=60).text, "42", "the new export")
            contains(inspect(kernel, "answer|"), "number", "Added by a test.")


@check("an error in src is reported in the first cell, with file and line", limit=120)
def broken() -> None:
    with project_copy() as root:
        (root / "src" / "broken.ts").write_text('// A comment.\nexport const n: number = "no";\n')
        with Kernel(root=root, warm=False) as kernel:
            cell = kernel.run("1 + 1", timeout=60)
            matches(cell.report, r"src/broken\.ts\D2\D", "file and line")
            contains(cell.report, "TS2322")


if __name__ == "__main__":
    main()
