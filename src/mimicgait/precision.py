"""Which number format to compute in: bfloat16 where the hardware has it, float32 elsewhere."""

from typing import Literal

import torch

Precision = Literal["float32", "bfloat16"]


def resolve_precision(wish: Literal["auto", "float32", "bfloat16"], device: torch.device) -> Precision:
    """Answer `auto` by asking the hardware; a stated wish is kept.

    Without AVX512-BF16 or AMX a CPU only imitates bfloat16, which is slower than float32.
    """
    if wish != "auto":
        return wish
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    if device.type == "cpu":
        capabilities = torch.backends.cpu.get_cpu_capability()
        native = capabilities == "AVX512" and torch.cpu._is_avx512_bf16_supported()
        return "bfloat16" if native else "float32"
    return "float32"


def autocast(precision: Precision, device: torch.device) -> torch.autocast:
    """Return the autocast context of that format; for float32 it does nothing."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bfloat16")
