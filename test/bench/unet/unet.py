"""The benchmark's U-Net in PyTorch: the twin of model.mjs, with its parameters and the same deviations at the start.

Images are channels first, as everywhere in PyTorch; worker.py chooses how they lie in memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

GROUPS = 8
PARAMETERS_AT_BASE_64 = 6_472_195


class Norm(nn.GroupNorm):
    def __init__(self, channels: int, silu: bool = False) -> None:
        super().__init__(GROUPS, channels)
        self.silu = silu

    def forward(self, x: Tensor) -> Tensor:
        normal = super().forward(x)
        return F.silu(normal) if self.silu else normal


def conv(channels_in: int, channels_out: int, kernel: int = 3, stride: int = 1) -> nn.Conv2d:
    """With stride 2 the padding lies left and above, in TensorFlow right and below: as many products."""
    return nn.Conv2d(channels_in, channels_out, kernel, stride, padding=kernel // 2)


class Residual(nn.Module):
    def __init__(self, channels_in: int, channels_out: int, time_width: int) -> None:
        super().__init__()
        self.first = nn.Sequential(Norm(channels_in, silu=True), conv(channels_in, channels_out))
        self.time = nn.Linear(time_width, channels_out)
        self.second = nn.Sequential(Norm(channels_out, silu=True), conv(channels_out, channels_out))
        same = channels_in == channels_out
        self.skip = nn.Identity() if same else conv(channels_in, channels_out, kernel=1)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        h = self.first(x) + self.time(time)[:, :, None, None]
        return self.second(h) + self.skip(x)


class Attention(nn.Module):
    """All pixels with all pixels, one head."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = Norm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        tokens = self.norm(x).flatten(2).transpose(1, 2)
        q, k, v = self.qkv(tokens).unsqueeze(1).chunk(3, dim=-1)
        mixed = self.out(F.scaled_dot_product_attention(q, k, v).squeeze(1))
        return x + mixed.transpose(1, 2).unflatten(2, x.shape[2:])


class Block(nn.Module):
    def __init__(self, residual: Residual, attention: Attention | None) -> None:
        super().__init__()
        self.residual = residual
        self.attention = attention

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        h = self.residual(x, time)
        return h if self.attention is None else self.attention(h, time)


class Resample(nn.Module):
    """Half the resolution, or twice."""

    def __init__(self, channels: int, up: bool) -> None:
        super().__init__()
        self.up = up
        self.conv = conv(channels, channels, stride=1 if up else 2)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, scale_factor=2.0) if self.up else x)


class UNet(nn.Module):
    def __init__(
        self,
        base: int = 64,
        multipliers: Sequence[int] = (1, 2, 2),
        blocks: int = 2,
        attention_at: int = 8,
        size: int = 32,
    ) -> None:
        super().__init__()
        width = 4 * base

        def block(channels_in: int, channels_out: int) -> Block:
            mix = Attention(channels_out) if resolution == attention_at else None
            return Block(Residual(channels_in, channels_out, width), mix)

        self.time = nn.Sequential(nn.Linear(base, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.first = conv(3, base)
        channels, resolution, skips = base, size, [base]

        self.down = nn.ModuleList()
        for level, multiplier in enumerate(multipliers):
            if level > 0:
                self.down.append(Resample(channels, up=False))
                skips.append(channels)
                resolution //= 2
            for _ in range(blocks):
                self.down.append(block(channels, base * multiplier))
                channels = base * multiplier
                skips.append(channels)

        self.middle = nn.ModuleList(
            [Residual(channels, channels, width), Attention(channels), Residual(channels, channels, width)]
        )

        self.up = nn.ModuleList()
        for level, multiplier in enumerate(reversed(multipliers)):
            if level > 0:
                self.up.append(Resample(channels, up=True))
                resolution *= 2
            for _ in range(blocks + 1):
                self.up.append(block(channels + skips.pop(), base * multiplier))
                channels = base * multiplier

        self.last = nn.Sequential(Norm(channels, silu=True), conv(channels, 3))
        half = base // 2
        self.register_buffer("frequencies", torch.exp(-math.log(10000) * torch.arange(half) / half))
        start_like_model_mjs(self)
        assert base != 64 or size_of(self) == PARAMETERS_AT_BASE_64, size_of(self)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        angles = t[:, None] * self.frequencies
        time = self.time(torch.cat([angles.sin(), angles.cos()], dim=1))
        h = self.first(x)
        stack = [h]
        for layer in self.down:
            h = layer(h, time)
            stack.append(h)
        for layer in self.middle:
            h = layer(h, time)
        for layer in self.up:
            h = layer(torch.cat([h, stack.pop()], dim=1) if isinstance(layer, Block) else h, time)
        return self.last(h)


def start_like_model_mjs(model: nn.Module) -> None:
    """Normal weights with the deviation 1/√(inputs), biases of zero; PyTorch's own start is another."""
    for layer in weighted(model):
        nn.init.normal_(layer.weight, std=1 / math.sqrt(layer.weight[0].numel()))
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def weighted(model: nn.Module) -> Iterator[nn.Linear | nn.Conv2d]:
    return (layer for layer in model.modules() if isinstance(layer, (nn.Linear, nn.Conv2d)))


def size_of(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
