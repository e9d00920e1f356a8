"""The network of the digits (src/network/unet.ts) in PyTorch, with the weights that the course ships.

Images are channels first, as everywhere in PyTorch; worker.py chooses how they lie in memory.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

GROUPS = 8
DTYPES = {"F16": torch.float16, "F32": torch.float32}

Weights = dict[str, Tensor]


def read_weights(path: Path) -> tuple[Weights, dict[str, Any]]:
    """Tensors of a safetensors file, by name and as float32, and the settings of the recipe."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    details = json.loads(header.pop("__metadata__")["diffusion.details"])

    def tensor(entry: dict[str, Any]) -> Tensor:
        first, end = entry["data_offsets"]
        flat = torch.frombuffer(bytearray(data[8 + size + first : 8 + size + end]), dtype=DTYPES[entry["dtype"]])
        return flat.float().reshape(entry["shape"])

    return {name: tensor(entry) for name, entry in header.items()}, details


def linear(weights: Weights, name: str) -> nn.Linear:
    matrix = weights[f"{name}/weights"]
    layer = nn.Linear(*matrix.shape)
    layer.load_state_dict({"weight": matrix.T, "bias": weights[f"{name}/bias"]})
    return layer


def convolution(weights: Weights, name: str, stride: int = 1) -> nn.Conv2d:
    """With stride 2 the padding is TensorFlow's, right and below: see Halve."""
    kernel = weights[f"{name}/filter"].permute(3, 2, 0, 1)
    outputs, inputs, size, _ = kernel.shape
    layer = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2 if stride == 1 else 0)
    layer.load_state_dict({"weight": kernel, "bias": weights[f"{name}/bias"]})
    return layer


class Norm(nn.GroupNorm):
    def __init__(self, weights: Weights, name: str, silu: bool = False) -> None:
        scale = weights[f"{name}/scale"]
        super().__init__(GROUPS, len(scale))
        self.load_state_dict({"weight": scale, "bias": weights[f"{name}/offset"]})
        self.silu = silu

    def forward(self, x: Tensor) -> Tensor:
        normal = super().forward(x)
        return F.silu(normal) if self.silu else normal


class Residual(nn.Module):
    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        self.first = nn.Sequential(
            Norm(weights, f"{name}/norm1", silu=True), convolution(weights, f"{name}/conv1")
        )
        self.time = linear(weights, f"{name}/time")
        self.adaptive = self.time.out_features == 2 * self.first[1].out_channels
        self.norm = Norm(weights, f"{name}/norm2", silu=not self.adaptive)
        self.conv = convolution(weights, f"{name}/conv2")
        skips = f"{name}/skip/filter" in weights
        self.skip = convolution(weights, f"{name}/skip") if skips else nn.Identity()

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        told = self.time(time)[:, :, None, None]
        if self.adaptive:
            scale, shift = told.chunk(2, dim=1)
            h = F.silu(self.norm(self.first(x)) * (1 + scale) + shift)
        else:
            h = self.norm(self.first(x) + told)
        return self.conv(h) + self.skip(x)


class Attention(nn.Module):
    def __init__(self, weights: Weights, name: str, heads: int) -> None:
        super().__init__()
        self.norm = Norm(weights, f"{name}/norm")
        self.qkv = linear(weights, f"{name}/qkv")
        self.out = linear(weights, f"{name}/out")
        self.heads = heads

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.norm(x).flatten(2).transpose(1, 2)
        q, k, v = (
            part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in self.qkv(tokens).chunk(3, dim=-1)
        )
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        return x + self.out(mixed).transpose(1, 2).unflatten(2, x.shape[2:])


class Block(nn.Module):
    """A residual block, and attention where the weights have some."""

    def __init__(self, weights: Weights, name: str, heads: int) -> None:
        super().__init__()
        self.residual = Residual(weights, name)
        attends = f"{name}/attention/qkv/weights" in weights
        self.attention = Attention(weights, f"{name}/attention", heads) if attends else nn.Identity()

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        return self.attention(self.residual(x, time))


class Halve(nn.Module):
    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        self.conv = convolution(weights, name, stride=2)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Double(nn.Module):
    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        self.conv = convolution(weights, name)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, scale_factor=2.0))


class UNet(nn.Module):
    """For settings as in the recipe of the digits: one block in a level, times added."""

    def __init__(self, path: Path, steps: int) -> None:
        super().__init__()
        weights, details = read_weights(path)
        settings = details["network"]
        width, heads, levels = settings["width"], settings["heads"], len(settings["multipliers"])

        def block(name: str) -> Block:
            return Block(weights, name, heads)

        self.inner = linear(weights, "time/inner")
        self.outer = linear(weights, "time/outer")
        self.classes = nn.Embedding.from_pretrained(weights["classes/table"])
        self.first = convolution(weights, "first")
        self.down = nn.ModuleList()
        for level in range(1, levels + 1):
            self.down.append(block(f"down{level}/block1"))
            if level < levels:
                self.down.append(Halve(weights, f"down{level}/halve"))
        self.middle = nn.ModuleList([block("middle/block1"), block("middle/block2")])
        self.up = nn.ModuleList()
        for level in range(levels, 0, -1):
            self.up.extend([block(f"up{level}/block1"), block(f"up{level}/block2")])
            if level > 1:
                self.up.append(Double(weights, f"up{level}/double"))
        self.last = nn.Sequential(Norm(weights, "last/norm", silu=True), convolution(weights, "last"))

        half = width // 2
        slow = torch.arange(half, dtype=torch.float64) / (half - 1)
        self.register_buffer("frequencies", (1e-4**slow).float())
        waves = [2.0**n * math.pi for n in settings["fourier"]]
        self.register_buffer("waves", torch.tensor(waves)[:, None, None])
        self.per_step = 1000 / steps

    def forward(self, z: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        angle = (t * self.per_step)[:, None] * self.frequencies
        waves = torch.cat([angle.sin(), angle.cos()], dim=1)
        time = F.silu(self.outer(F.silu(self.inner(waves))) + self.classes(labels))
        h = self.first(self.features(z))
        stack = [h]
        for layer in self.down:
            h = layer(h, time)
            stack.append(h)
        for layer in self.middle:
            h = layer(h, time)
        for layer in self.up:
            h = layer(torch.cat([h, stack.pop()], dim=1) if isinstance(layer, Block) else h, time)
        return self.last(h)

    def features(self, z: Tensor) -> Tensor:
        """z, and sin and cos of each wave in turn."""
        angle = z * self.waves
        waves = torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1, 2)
        return torch.cat([z, waves], dim=1)


def size_of(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
