"""Executes one notebook through Jupyter's own client and saves it, however far it came.

    run.py SOURCE TARGET SECONDS      SECONDS is the time allowed for each cell

Prints a JSON line {"cell": index} when a cell starts, and {"failure": text} if the client gave up. An error raised by a
cell is no failure of the client: it is in the saved notebook, and the cells after it have not run.
"""

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def say(**message):
    print(json.dumps(message), flush=True)


def execute(source: Path, target: Path, seconds: int) -> None:
    notebook = nbformat.read(source, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="typescript",
        resources={"metadata": {"path": str(source.parent)}},
        timeout=seconds,
        startup_timeout=60,
        # A cell whose `idle` is lost has lost output: an error, not a warning.
        iopub_timeout=10,
        raise_on_iopub_timeout=True,
        coalesce_streams=True,
        on_cell_start=lambda cell, cell_index: say(cell=cell_index),
    )
    try:
        client.execute()
    except CellExecutionError:
        pass
    except Exception as error:  # dead kernel, time-out, lost messages: all end the run, all are reported
        first = next(iter(str(error).strip().splitlines()), "no message")
        say(failure=f"{type(error).__name__}: {first}")
    finally:
        nbformat.write(notebook, target)


if __name__ == "__main__":
    execute(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
