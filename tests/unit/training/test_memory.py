import platform

import torch

from mimicgait.training.memory import keep_freed_memory


def test_memory_is_kept_where_glibc_is_and_tensors_still_work():
    assert keep_freed_memory() == (platform.libc_ver()[0] == "glibc")
    x = torch.ones(64, 1024, 1024)
    assert float((x + x).sum()) == 2 * 64 * 1024 * 1024
