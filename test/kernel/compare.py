"""How many checks of each suite a kernel passes, beside ipykernel and stock tslab.

`python test/kernel/compare.py [kernel ...] [--failures]`. Checks of TypeScript are not for ipykernel.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

KERNELS = ("typescript", "python", "tslab-stock")
SUITES = ("protocol", "messages", "errors", "results", "interrupts", "introspection", "lifecycle")


def reports(kernel: str, suite: str) -> list[dict[str, object]]:
    program = Path(__file__).with_name(f"{suite}.py")
    run = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "KERNEL": kernel},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kernels", nargs="*", default=KERNELS)
    parser.add_argument("--failures", action="store_true", help="say what failed and why")
    options = parser.parse_args()
    print("suite".ljust(16), *(kernel.rjust(14) for kernel in options.kernels), flush=True)
    failures: list[str] = []
    for suite in SUITES:
        print(suite.ljust(16), end="", flush=True)
        for kernel in options.kernels:
            found = reports(kernel, suite)
            failed = [report for report in found if not report["ok"]]
            print(f"{len(found) - len(failed)} of {len(found)}".rjust(15), end="", flush=True)
            failures += [f"{kernel}: {report['name']}: {report['detail']}" for report in failed]
        print(flush=True)
    if options.failures:
        print("", *failures, sep="\n")


if __name__ == "__main__":
    main()
