"""Named checks of a kernel, reported one JSON line each: {"name", "ok", "detail", "seconds"}.

Run a suite by itself with `python test/kernel/<suite>.py [part of a name]`; `--list` prints the names.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FrameType

from client import KERNEL, Kernel, NoAnswer
from samples import code

Body = Callable[..., None]


@dataclass
class Check:
    name: str
    body: Body
    limit: int


_checks: list[Check] = []
_languages = {"typescript": "typescript", "tslab-stock": "typescript", "python": "python"}


def check(name: str, only: str | None = None, limit: int = 60) -> Callable[[Body], Body]:
    """Registers a check of the suite that was started, not of one that it imports.

    With a parameter the check gets the suite's kernel, without one it starts its own.

    `only` names the one language in which the check makes sense; `limit` is in seconds.
    """

    def register(body: Body) -> Body:
        if body.__module__ == "__main__" and only in (None, _languages[KERNEL]):
            _checks.append(Check(name, body, limit))
        return body

    return register


def main() -> None:
    """Runs the checks of the suite whose file was started."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--list", action="store_true", help="print the names only")
    parser.add_argument("part", nargs="?", default="", help="run the checks whose name contains this")
    options = parser.parse_args()
    chosen = [check for check in _checks if options.part in check.name]
    if options.list:
        print("\n".join(check.name for check in chosen))
    else:
        _run(chosen)


def _run(chosen: Iterable[Check]) -> None:
    signal.signal(signal.SIGALRM, _too_long)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that the kernels are still ended.
    kernel: Kernel | None = None
    try:
        for check in chosen:
            start = time.monotonic()
            shared = bool(inspect.signature(check.body).parameters)
            detail = ""
            signal.alarm(check.limit)
            try:
                if shared:
                    kernel = kernel or Kernel()
                    check.body(kernel)
                    _works(kernel)
                else:
                    check.body()
            except Exception as error:
                detail = _describe(error)
                if shared and kernel:
                    kernel.close()
                    kernel = None
            signal.alarm(0)
            seconds = round(time.monotonic() - start, 2)
            report = {"name": check.name, "ok": not detail, "detail": detail, "seconds": seconds}
            print(json.dumps(report), flush=True)
    finally:
        if kernel:
            kernel.close()


def _too_long(signum: int, frame: FrameType | None) -> None:
    raise NoAnswer("the check did not come to an end")


def _works(kernel: Kernel) -> None:
    """Every check leaves a kernel that runs the next cell."""
    try:
        kernel.must(code.trivial, timeout=15)
    except Exception as error:
        raise AssertionError(f"the check itself passed, but the next cell did not run: {error}") from error


def _describe(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/test/kernel/" in frame.filename] or frames
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in own if frame.name != "_run"]
    return f"{type(error).__name__}: {str(error)[:3000] or own[-1].line}  ({' > '.join(places)})"


# Statements about what came back


def equal(actual: object, expected: object, what: str) -> None:
    assert actual == expected, f"{what}: {shorten(actual)} instead of {shorten(expected)}"


def same_text(actual: str, expected: str, what: str) -> None:
    """Equality of long texts; the message names the first difference."""
    if actual == expected:
        return
    got, wanted = actual.splitlines(), expected.splitlines()
    at = next(
        (i for i, (a, b) in enumerate(zip(got, wanted, strict=False)) if a != b), min(len(got), len(wanted))
    )
    raise AssertionError(
        f"{what}: {len(got)} lines of {len(wanted)}; the first difference is in line {at + 1}: "
        f"{shorten(got[at : at + 2])} instead of {shorten(wanted[at : at + 2])}"
    )


def contains(text: str, *parts: str) -> None:
    for part in parts:
        assert part in text, f"{part!r} is missing from {shorten(text, 1500)}"


def matches(text: str, pattern: str, what: str) -> None:
    assert re.search(pattern, text, re.MULTILINE), f"{what} ({pattern}) is missing from:\n{text[:1500]}"


def lacks(text: str, pattern: str, what: str) -> None:
    found = re.search(pattern, text, re.MULTILINE)
    assert not found, f"{what} ({found[0] if found else ''}) appears in:\n{text[:1500]}"


def shorten(value: object, limit: int = 300) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 20]}… ({len(text)} characters)"
