"""Training steps and forward passes of unet.py, on command; what a worker answers is said in workers.mjs."""

from __future__ import annotations

import argparse
import json
import platform
import resource
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from unet import UNet, size_of


class Worker:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        model = UNet(base=options.base, size=options.size).to(options.device)
        x = torch.randn(options.batch, 3, options.size, options.size, device=options.device)
        if not options.contiguous:
            model = model.to(memory_format=torch.channels_last)
            x = x.to(memory_format=torch.channels_last)
        self.parameters = size_of(model)
        self.x = x
        self.t = torch.full((options.batch,), 10.0, device=options.device)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=2e-4, fused=True)
        self.model: Callable[[Tensor, Tensor], Tensor] = torch.compile(model) if options.compile else model

    def precision(self) -> AbstractContextManager[Any]:
        if not self.options.bfloat16:
            return nullcontext()
        return torch.autocast(self.options.device, torch.bfloat16)

    def train(self) -> float:
        self.optimizer.zero_grad()
        t = 1000 * torch.rand_like(self.t)
        noise = torch.randn_like(self.x)
        with self.precision():
            predicted = self.model(0.7 * self.x + 0.7 * noise, t)
        loss = (predicted.float() - noise).square().mean()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def forward(self) -> Tensor:
        with self.precision():
            return self.model(self.x, self.t).cpu()


class Count(TorchDispatchMode):
    """Counts the operations that PyTorch dispatches, those of the gradients too; views are operations."""

    count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += 1
        return func(*args, **(kwargs or {}))


def operations(step: Callable[[], object]) -> int:
    with Count() as counter:
        step()
    return counter.count


def timed(step: Callable[[], object], steps: int) -> list[float]:
    milliseconds = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        milliseconds.append(1000 * (time.perf_counter() - start))
    return milliseconds


def peak_memory() -> float:
    """Of the process, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 2**20 if platform.system() == "Darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def answer(**values: object) -> None:
    print(json.dumps(values), flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--base", type=int, default=64)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--contiguous", action="store_true", help="channels first in memory too")
    parser.add_argument("--bfloat16", action="store_true", help="autocast")
    parser.add_argument("--compile", action="store_true", help="torch.compile")
    return parser.parse_args()


def device_name(device: str) -> str:
    return torch.cuda.get_device_name() if device == "cuda" else f"{torch.get_num_threads()} threads"


def main() -> None:
    options = parse()
    torch.manual_seed(1)
    torch.set_float32_matmul_precision("high")  # TF32 on graphics cards, as TensorFlow has it
    torch.backends.cudnn.allow_tf32 = True
    start = time.perf_counter()
    worker = Worker(options)
    loss = worker.train()
    first = time.perf_counter() - start
    count = operations(worker.train)
    answer(
        library=f"PyTorch {torch.__version__}, {device_name(options.device)}",
        parameters=worker.parameters,
        first=first,
        operations=None if options.compile else count,
        loss=loss,
    )
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "quit":
            break
        if command["do"] == "train":

            def step() -> None:
                nonlocal loss
                loss = worker.train()

            milliseconds = timed(step, command["steps"])
        else:
            milliseconds = timed(worker.forward, command["steps"])
        answer(milliseconds=milliseconds, loss=loss, peak=peak_memory())


main()
