"""Keep memory that training frees and needs again at once."""

import ctypes
import platform

M_MMAP_MAX, M_TRIM_THRESHOLD = -4, -1  # names and numbers of glibc's malloc.h


def keep_freed_memory() -> bool:
    """Ask glibc to keep freed memory for the next step instead of giving it back to the system.

    A step on the CPU frees and takes the same tensors of more than 32 MB again and again; glibc maps each
    anew, and the system clears it page by page: about a sixth of a step of GaitBase. Changes the whole
    process, so it is called where a training begins, not on import. Elsewhere nothing happens.

    Returns:
        Whether it was done.
    """
    if platform.system() != "Linux" or platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    return bool(libc.mallopt(M_MMAP_MAX, 0)) and bool(libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1))
