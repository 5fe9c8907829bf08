import pickle
import pickletools
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimicgait.data.operations import MOST, check_operations, is_plain
from mimicgait.errors import DataError

ARRAY = np.arange(3 * 64 * 64, dtype=np.uint8).reshape(3, 64, 64)


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_pickled_frames_need_no_slow_look(protocol):
    for array in (ARRAY, ARRAY.astype(bool), ARRAY.transpose(0, 2, 1)):
        assert is_plain(pickle.dumps(array, protocol=protocol))


@given(st.data(), st.integers(2, 5), st.integers(1, 4))
def test_what_is_plain_is_whole_and_short(data, protocol, changes):
    scrambled = bytearray(pickle.dumps(ARRAY[:, :2, :2], protocol=protocol))
    for _ in range(changes):
        place = data.draw(st.integers(0, len(scrambled) - 1))
        scrambled[place] = data.draw(st.integers(0, 255))
    if is_plain(bytes(scrambled)):
        seen = []
        with suppress(UnicodeDecodeError):  # text that is none: the unpickler refuses it
            seen.extend(operation.name for operation, _, _ in pickletools.genops(bytes(scrambled)))
            assert seen[-1] == "STOP"
        assert len(seen) < MOST


@pytest.mark.parametrize(
    "data",
    [b"", b"\x80\x04", b"\x80\x04B\xff\xff\xff\xff.", b"\x80\x04B\x01\x00", b"\x80\x04" + b"N" * MOST + b"."],
)
def test_what_is_cut_short_or_endless_is_not_plain(data):
    assert not is_plain(data)


def test_an_endless_pickle_is_refused():
    with pytest.raises(DataError, match="too many parts"):
        check_operations(b"\x80\x04" + b"N0" * MOST + b"N.")
