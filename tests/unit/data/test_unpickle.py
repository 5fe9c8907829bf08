import contextlib
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mimicgait.data import read_pickle
from mimicgait.data.unpickle import loads_array
from mimicgait.errors import DataError

FRAMES = np.array([[[0, 255], [255, 0], [7, 0]]], np.uint8)

# Written by NumPy 1.26.4 in the protocols 2 and 4.
NUMPY_1 = [
    b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85q\x02c_codecs\n"
    b"encode\nq\x03X\x01\x00\x00\x00bq\x04X\x06\x00\x00\x00latin1q\x05\x86q\x06Rq\x07\x87q\x08Rq\t(K\x01K\x01"
    b"K\x03K\x02\x87q\ncnumpy\ndtype\nq\x0bX\x02\x00\x00\x00u1q\x0c\x89\x88\x87q\rRq\x0e(K\x03X\x01\x00\x00\x00"
    b"|q\x0fNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x10b\x89h\x03X\x08\x00\x00\x00\x00\xc3\xbf\xc3\xbf"
    b"\x00\x07\x00q\x11h\x05\x86q\x12Rq\x13tq\x14b.",
    b"\x80\x04\x95\x8c\x00\x00\x00\x00\x00\x00\x00\x8c\x15numpy.core.multiarray\x94\x8c\x0c_reconstruct\x94"
    b"\x93\x94\x8c\x05numpy\x94\x8c\x07ndarray\x94\x93\x94K\x00\x85\x94C\x01b\x94\x87\x94R\x94(K\x01K\x01K\x03"
    b"K\x02\x87\x94h\x03\x8c\x05dtype\x94\x93\x94\x8c\x02u1\x94\x89\x88\x87\x94R\x94(K\x03\x8c\x01|\x94NNNJ"
    b"\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t\x94b\x89C\x06\x00\xff\xff\x00\x07\x00\x94t\x94b.",
]
PYTHON_2 = (  # text and bytes are the same there
    b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85U\x01b\x87R(K\x01K\x01K\x03"
    b"K\x02\x87cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
    b"U\x06\x00\xff\xff\x00\x07\x00tb."
)


@pytest.mark.parametrize("data", [*NUMPY_1, PYTHON_2])
def test_files_of_old_versions(data):
    array = loads_array(data)
    assert array.dtype == np.uint8
    assert np.array_equal(array, FRAMES)


numbers = st.sampled_from(["?", "u1", "i1", "<u2", ">i4", "<i8", "<f2", ">f4", "f8"])


@given(
    array=numbers.flatmap(
        lambda kind: arrays(kind, array_shapes(min_dims=0, min_side=0, max_dims=4, max_side=4))
    ),
    protocol=st.integers(0, pickle.HIGHEST_PROTOCOL),
    axes=st.randoms(),
    old=st.booleans(),
)
def test_any_array_of_numbers_is_read_as_it_was(array, protocol, axes, old):
    order = list(range(array.ndim))
    axes.shuffle(order)
    array = array.transpose(order)
    data = pickle.dumps(array, protocol=protocol)
    if old and protocol < 4:
        data = data.replace(b"cnumpy._core.", b"cnumpy.core.")
    read = loads_array(data)
    assert read.dtype == array.dtype.newbyteorder("=")
    assert read.shape == array.shape
    assert read.tobytes() == array.astype(read.dtype).tobytes()
    assert read.flags.writeable


@given(data=st.data(), protocol=st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_scrambled_pickles_give_an_array_or_our_error(data, protocol):
    scrambled = bytearray(pickle.dumps(FRAMES, protocol=protocol))
    for _ in range(data.draw(st.integers(1, 4))):
        scrambled[data.draw(st.integers(0, len(scrambled) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DataError):
        assert isinstance(loads_array(bytes(scrambled)), np.ndarray)


@given(st.binary(max_size=200))
def test_noise_gives_our_error(noise):
    with pytest.raises(DataError):
        loads_array(noise)


@pytest.mark.parametrize("protocol", range(6))
def test_pickles_cut_at_any_place(protocol):
    data = pickle.dumps(FRAMES, protocol=protocol)
    for end in range(len(data)):
        with pytest.raises(DataError, match=r"cut short or damaged|not one array"):
            loads_array(data[:end])


def test_a_truncated_file_names_itself_and_what_to_do(tmp_path):
    path = tmp_path / "000.pkl"
    data = pickle.dumps(np.zeros((40, 64, 64), np.uint8))
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match=r"is cut short or damaged .*copy it again") as caught:
        read_pickle(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_files_that_are_none(tmp_path):
    (tmp_path / "empty.pkl").touch()
    for name, message in {"empty.pkl": "is empty", "absent.pkl": "is no file", ".": "is no file"}.items():
        with pytest.raises(DataError, match=message):
            read_pickle(tmp_path / name)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "000.pkl"
    path.write_bytes(pickle.dumps(FRAMES))
    size = path.stat().st_size
    assert np.array_equal(read_pickle(path, max_bytes=size), FRAMES)
    with pytest.raises(DataError, match=f"larger than {size - 1} bytes"):
        read_pickle(path, max_bytes=size - 1)


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        ([FRAMES], "holds a list, not one array"),
        ({"frames": FRAMES}, "holds a dict, not one array"),
        (b"text", "holds a bytes, not one array"),
        (None, "not one array"),
        (np.dtype("u1"), "something else, not one array"),
        (np.array(["a"]), "something else than numbers"),
        (np.array([{}], dtype=object), "not of numbers|something else than numbers"),
        (np.zeros(2, [("a", "u1")]), "something else than numbers"),
        (np.zeros(2, "c8"), "something else than numbers"),
        (np.zeros(2, "M8[s]"), "something else than numbers"),
        (np.uint8(3), "asks for 'numpy.*scalar'"),
        (np.ma.masked_array(FRAMES), "asks for 'numpy.ma"),
        (np.recarray((2,), [("a", "u1")]), "asks for 'numpy"),
        ([FRAMES] * 2000, "too many parts"),
    ],
)
def test_what_is_not_one_array_of_numbers_is_refused(thing, message):
    with pytest.raises(DataError, match=message):
        loads_array(pickle.dumps(thing))
