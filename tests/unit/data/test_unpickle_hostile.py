"""Pickles that were made to do harm: refused without running, importing or allocating what they ask for."""

import builtins
import os
import pickle
import resource
import subprocess

import numpy as np
import pytest

from mimicgait.data import read_pickle
from mimicgait.data.unpickle import loads_array
from mimicgait.errors import DataError


class Runs:
    """Becomes a call when it is pickled."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", range(6))
def test_a_command_is_not_run(tmp_path, protocol):
    proof, path = tmp_path / "proof", tmp_path / "000.pkl"
    path.write_bytes(pickle.dumps(Runs(os.system, f"touch {proof}"), protocol=protocol))
    with pytest.raises(DataError, match=r"asks for 'posix.system', which was not run") as caught:
        read_pickle(path)
    assert str(path) in str(caught.value)
    assert not proof.exists()
    assert os.listdir(tmp_path) == ["000.pkl"]
    pickle.loads(path.read_bytes())
    assert proof.exists()  # the file does harm where it may


@pytest.mark.parametrize(
    "function", [eval, exec, builtins.__import__, open, getattr, subprocess.run, np.load]
)
def test_no_other_function_is_called(tmp_path, function):
    proof = tmp_path / "proof"
    with pytest.raises(DataError, match="which was not run"):
        loads_array(pickle.dumps(Runs(function, f"open({str(proof)!r}, 'w')")))
    assert not proof.exists()


def test_a_command_within_an_array_is_not_run(tmp_path):
    proof = tmp_path / "proof"
    array = np.array([Runs(os.system, f"touch {proof}")], dtype=object)
    with pytest.raises(DataError, match="which was not run"):
        loads_array(pickle.dumps(array))
    assert not proof.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"(S'touch proof'\nios\nsystem\n.",  # INST
        b"(cos\nsystem\nS'touch proof'\no.",  # OBJ
        b"cos\nsystem\n.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93.",  # STACK_GLOBAL
        b"\x80\x04\x8c\x0anumpy.core\x8c\x18multiarray.os.system.pop\x93.",
    ],
)
def test_names_are_refused_in_every_spelling(data):
    with pytest.raises(DataError, match="which was not run"):
        loads_array(data)


def test_nothing_is_imported(tmp_path, monkeypatch):
    proof = tmp_path / "proof"
    (tmp_path / "harmful_module.py").write_text(f"open({str(proof)!r}, 'w')\n\ndef f(): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    data = b"charmful_module\nf\n."
    with pytest.raises(DataError, match=r"asks for 'harmful_module\.f'"):
        loads_array(data)
    assert not proof.exists()
    pickle.loads(data)
    assert proof.exists()


RECONSTRUCT = b"cnumpy.core.multiarray\n_reconstruct\n"


@pytest.mark.parametrize(
    "data",
    [
        RECONSTRUCT + b"N}S'__code__'\nI1\ns\x86b.",  # attributes of what is named
        RECONSTRUCT + b"}S'x'\nI1\nsb.",
        b"cnumpy\nndarray\n)\x81.",  # NEWOBJ of something that is no class
        b"Pid\n.",  # a reference to outside
        b"\x82\x01.",  # the registry of extensions
        b"cnumpy\nndarray\n(I1000000000\ntR.",  # an array of a gigabyte
        b"cnumpy\ndtype\n(S'u1'\ntR.",
        b"c_codecs\nencode\n(S'x'\nS'zlib'\ntR.",
    ],
)
def test_tricks_with_the_stand_ins(data):
    with pytest.raises(DataError):
        loads_array(data)
    np.testing.assert_equal(loads_array(pickle.dumps(np.arange(3))), np.arange(3))


@pytest.mark.parametrize(
    "data",
    [
        b"N\x72\xff\xff\xff\x7f.",  # LONG_BINPUT: a memo of two thousand million places
        b"Np2000000000\n.",
        b"\x80\x05\x96\x00\x00\x00\x00\x10\x00\x00\x00.",  # BYTEARRAY8: 64 GiB
        b"\x80\x04\x8e\x00\x00\x00\x00\x10\x00\x00\x00.",  # BINBYTES8
        b"\x80\x04\x95\x00\x00\x00\x00\x10\x00\x00\x00.",  # FRAME
        b"(" * 100_000 + b".",
        b"]" * 900 + b"a" * 899 + b".",
    ],
)
def test_memory_is_not_filled(data):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DataError):
        loads_array(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # KiB


def state(shape, content, kind="u1"):
    """Pickle an array whose shape, type and content need not agree."""
    data = pickle.dumps(np.zeros((3, 5), np.uint8), protocol=4)
    data = data.replace(b"K\x03K\x05", b"K" + bytes([shape[0]]) + b"K" + bytes([shape[1]]))
    data = data.replace(b"\x8c\x02u1", b"\x8c" + bytes([len(kind)]) + kind.encode())
    return data.replace(b"C\x0f" + bytes(15), b"C" + bytes([len(content)]) + content)


def test_shape_type_and_content_must_agree():
    assert loads_array(state((3, 5), bytes(15))).shape == (3, 5)
    assert loads_array(state((5, 3), bytes(15))).shape == (5, 3)
    for shape, content, kind in [
        ((200, 200), bytes(15), "u1"),
        ((3, 5), bytes(14), "u1"),
        ((3, 5), bytes(16), "u1"),
        ((3, 5), bytes(15), "f8"),
        ((3, 5), bytes(15), "u3"),
        ((3, 5), bytes(15), "O8"),
        ((3, 5), bytes(15), "u1,u1"),
    ]:
        with pytest.raises(DataError):
            loads_array(state(shape, content, kind))


def test_a_message_shows_no_control_characters():
    with pytest.raises(DataError) as caught:
        loads_array(b"c\x1b[2Jos\n" + b"x" * 5000 + b"\n.")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400
