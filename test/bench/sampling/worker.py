"""Digits by DPM-Solver++ (2M), on command; job and answers are said in worker.mjs and sampling.bench.mjs."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from unet import UNet, size_of


class Sampler:
    def __init__(self, options: argparse.Namespace) -> None:
        job = json.loads(options.job.read_text())
        self.options = options
        self.times: list[int] = job["times"]
        self.signal = [math.sqrt(value) for value in job["alpha"]]
        self.noise = [math.sqrt(value) for value in job["variance"]]
        model = UNet(Path(job["weights"]), job["steps"]).eval().to(options.device)
        self.parameters = size_of(model)
        z = torch.frombuffer(bytearray(Path(job["z"]).read_bytes()), dtype=torch.float32)
        self.z = z.reshape(len(job["labels"]), 1, 28, 28).to(options.device)
        self.labels = torch.tensor(job["labels"], device=options.device)
        if not options.contiguous:
            model = model.to(memory_format=torch.channels_last)
            self.z = self.z.contiguous(memory_format=torch.channels_last)
        self.model: Callable[..., Tensor] = torch.compile(model) if options.compile else model

    def precision(self) -> AbstractContextManager[Any]:
        if not self.options.bfloat16:
            return nullcontext()
        return torch.autocast(self.options.device, torch.bfloat16)

    def guess(self, z: Tensor, i: int) -> Tensor:
        t = torch.full((len(z),), float(self.times[i]), device=z.device)
        with self.precision():
            v = self.model(z, t, self.labels)
        return (self.signal[i] * z - self.noise[i] * v.float()).clamp(-1, 1)

    @torch.inference_mode()
    def draw(self) -> Tensor:
        """Lu et al. 2022, "DPM-Solver++", algorithm 2, in the form of src/sampling/dpm-solver.ts."""
        z, before, length_before = self.z, None, math.nan
        for i, s in enumerate(self.times[1:]):
            guess = self.guess(z, i)
            if s == 0:
                return guess.cpu()
            ratio = (self.signal[i] * self.noise[i + 1]) / (self.noise[i] * self.signal[i + 1])  # e^-h
            length = -math.log(ratio)
            ahead = guess if before is None else guess + length / (2 * length_before) * (guess - before)
            z = self.noise[i + 1] / self.noise[i] * z + self.signal[i + 1] * (1 - ratio) * ahead
            before, length_before = guess, length
        return z.cpu()


def answer(**values: object) -> None:
    print(json.dumps(values), flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("job", type=Path)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--contiguous", action="store_true", help="channels first in memory too")
    parser.add_argument("--bfloat16", action="store_true", help="autocast")
    parser.add_argument("--compile", action="store_true", help="torch.compile")
    return parser.parse_args()


def device_name(device: str) -> str:
    return torch.cuda.get_device_name() if device == "cuda" else f"{torch.get_num_threads()} threads"


def main() -> None:
    options = parse()
    torch.set_float32_matmul_precision("high")  # TF32 on graphics cards, as TensorFlow has it
    torch.backends.cudnn.allow_tf32 = True
    start = time.perf_counter()
    sampler = Sampler(options)
    sampler.draw()
    answer(
        library=f"PyTorch {torch.__version__}, {device_name(options.device)}",
        parameters=sampler.parameters,
        first=time.perf_counter() - start,
    )
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "quit":
            break
        start = time.perf_counter()
        images = sampler.draw()
        milliseconds = 1000 * (time.perf_counter() - start)
        Path(command["file"]).write_bytes(images.contiguous().numpy().tobytes())
        answer(milliseconds=milliseconds)


main()
