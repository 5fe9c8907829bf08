"""Uploads that are broken, or mean harm, are answered with 4xx and a reason, and nothing of them stays."""

import io
import pickle
import re
import struct
import time
import zipfile

import cv2
import numpy as np
import pytest
from made_uploads import archive, npy, npz, png, png_that_claims

from mimicgait.serve import Limits

MASK = np.pad(np.ones((60, 20), np.uint8) * 255, 20)


CALLED = []


def called():
    CALLED.append(True)


class Evil:
    """Calls a function when it is unpickled."""

    def __reduce__(self):
        return (called, ())


START = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'


def npy_that_claims(shape, dtype="|u1"):
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (64 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"\0" * 100


def zip_with_a_lie(data=b"\0" * 5000):
    """An archive whose list says that its only entry has 10 bytes."""
    made = bytearray(archive({"1.png": data}, zipfile.ZIP_STORED))
    made[made.index(b"PK\x01\x02") + 24 :][:4] = b""
    at = made.index(b"PK\x01\x02") + 24
    made[at : at + 4] = struct.pack("<I", 10)
    return bytes(made)


def encrypted():
    made = bytearray(archive({"1.png": png(MASK)}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(signature) + offset] |= 1
    return bytes(made)


BOMB = archive({f"{i}.png": b"\0" * (40 << 20) for i in range(2)})
NAN = np.full((3, 64, 64), np.nan, np.float32)
PEOPLE_PARTS = np.full((3, 64, 64), 7, np.uint8)

CASES = {
    "empty": (b"", 422, "empty"),
    "text named mp4": (b"this is no video, just some text\n" * 50, 415, "neither a video"),
    "html": (b"<script>alert(1)</script>", 415, "neither"),
    "elf": (b"\x7fELF" + b"\0" * 100, 415, "neither"),
    "zip bomb": (BOMB, 413, "unpacks to"),
    "zip in zip": (archive({"a.png": archive({"b.png": b"x"})}), 422, "something else than PNG"),
    "zip that leads elsewhere": (archive({"../../etc/x.png": png(MASK)}), 422, "leads out"),
    "zip with an absolute name": (archive({"/etc/x.png": png(MASK)}), 422, "leads out"),
    "zip with a windows name": (archive({"C:\\x.png": png(MASK)}), 422, "leads out"),
    "zip without files": (archive({"folder/": b""}), 422, "no file"),
    "zip of text": (archive({"readme.txt": b"hello"}), 422, "something else than PNG"),
    "zip cut short": (archive({"1.png": png(MASK)})[:-30], 422, "damaged"),
    "zip that lies": (zip_with_a_lie(), 422, "damaged|longer"),
    "zip under a password": (encrypted(), 422, "encrypted"),
    "zip of lzma": (archive({"1.png": png(MASK)}, zipfile.ZIP_LZMA), 422, "deflate"),
    "zip of many": (archive({f"{i}.png": b"" for i in range(700)}, zipfile.ZIP_STORED), 413, "entries"),
    "huge png": (archive({"1.png": png_that_claims(100_000, 100_000)}), 413, "100000 x 100000"),
    "png without pixels": (archive({"1.png": png_that_claims(0, 7)}), 413, "0 x 7"),
    "png cut short": (archive({"1.png": png(MASK)[:-20]}), 422, "damaged"),
    "png that is none": (archive({"1.png": png_that_claims(64, 64)}), 422, "damaged|no mask"),
    "nobody in the masks": (archive({"1.png": png(np.zeros_like(MASK))}), 422, "no mask shows a person"),
    "pickled npy": (npy(np.array([Evil()], dtype=object), allow_pickle=True), 422, "pickled"),
    "pickle named npy": (pickle.dumps(Evil()), 415, "neither"),
    "npz with a pickle": (npz(frames=np.array([{"a": 1}], dtype=object)), 422, "pickled"),
    "npy of text": (npy(np.array(["a", "b"])), 422, "numbers"),
    "npy of complex": (npy(np.ones((2, 64, 64), complex)), 422, "numbers"),
    "npy that claims a lot": (npy_that_claims("(1000000, 64, 64)"), 413, "too large"),
    "npy that claims too much": (npy_that_claims("(10, 64, 64)"), 422, "cut short"),
    "npy of a negative shape": (npy_that_claims("(-1, 64, 64)"), 413, "too large"),
    "npy with code in its header": (npy_that_claims("__import__('os').system('id')"), 422, "header"),
    "npy of a long header": (b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535, 422, "header"),
    "npy cut short": (npy(np.ones((5, 64, 64), np.uint8))[:-1], 422, "cut short"),
    "no frames": (npy(np.zeros((0, 64, 64), np.uint8)), 422, "no frame"),
    "one frame": (npy(np.zeros((64, 64), np.uint8)), 422, r"\[64, 64\]"),
    "empty frames": (npy(np.zeros((4, 64, 64), np.uint8)), 422, "no frame shows a person"),
    "nan": (npy(NAN), 422, "not finite"),
    "infinity": (npy(np.where(np.isnan(NAN), np.inf, 0)), 422, "not finite"),
    "large floats": (npy(np.full((3, 64, 64), 1e30)), 422, "from 0 to 1"),
    "negative": (npy(np.full((3, 64, 64), -1)), 422, "0 and 1"),
    "parts of the body": (npy(PEOPLE_PARTS), 422, "parts"),
    "too many frames": (npy(np.ones((400, 64, 64), np.uint8)), 413, "400 frames"),
    "two arrays": (npz(a=PEOPLE_PARTS, b=PEOPLE_PARTS), 422, "several arrays"),
}


@pytest.fixture(scope="module")
def small(make_lasting_client):
    return make_lasting_client(
        Limits(silhouettes=300, unpacked_bytes=20 << 20, upload_bytes=4 << 20, queue=4)
    )


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_upload_is_refused_with_a_reason(small, case):
    data, status, reason = CASES[case]
    done = small.post("/v1/identify", files={"file": ("walk.mp4", data, "video/mp4")})
    assert done.status_code == status, done.text
    assert re.search(reason, done.json()["detail"]), done.text
    service = small.app.state.service
    assert (service.scratch.used, list(service.scratch.folder.iterdir())) == (0, [])
    assert str(service.scratch.folder) not in done.text
    assert not CALLED


def test_the_pickles_would_do_harm():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "CALLED", [])
        pickle.loads(pickle.dumps(Evil()))
        assert CALLED


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(small):
    done = small.post("/v1/identify", files={"file": b"\0" * (5 << 20)})
    assert done.status_code == 413
    assert "4 MiB" in done.json()["detail"]

    def endless():
        for _ in range(100):
            yield START if _ == 0 else b"a" * (1 << 20)

    headers = {"content-type": "multipart/form-data; boundary=x"}
    done = small.post("/v1/identify", content=endless(), headers=headers)
    assert done.status_code == 413
    assert "4 MiB" in done.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [b"", b"--x", b"not a form", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--x--'],
)
def test_a_body_that_is_no_form_is_refused(small, body):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert small.post("/v1/identify", content=body, headers=headers).status_code in (400, 422)


def written(path, size, frames=12, codec="mp4v"):
    """A small video file of noise."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 20.0, size)
    rng = np.random.default_rng(0)
    for _ in range(frames):
        writer.write(rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))
    writer.release()
    return path.read_bytes()


def outcome(client, data):
    """Upload a video and wait for the end of its job."""
    done = client.post("/v1/identify", files={"file": data})
    assert done.status_code == 202, done.text
    where = done.headers["location"]
    for _ in range(600):
        job = client.get(where).json()
        if job["state"] not in ("queued", "running"):
            return job
        time.sleep(0.1)
    raise AssertionError(job)


def test_videos_that_are_damaged_or_too_large_end_with_a_reason(make_client, tmp_path):
    client = make_client(Limits(video_pixels=100_000, video_seconds=5))
    good = written(tmp_path / "good.mp4", (160, 120))
    cases = {
        good[: len(good) // 2]: "not a video that can be read",
        b"\0\0\0\x18ftypmp42" + b"junk" * 500: "not a video that can be read",
        written(tmp_path / "large.mp4", (640, 480), 3): "640 x 480",
        written(tmp_path / "long.mp4", (64, 48), 150): "150 frames",
    }
    for data, reason in cases.items():
        job = outcome(client, data)
        assert job["state"] == "failed"
        assert reason in job["reason"]
        assert str(client.app.state.service.scratch.folder) not in job["reason"]
    nobody = outcome(client, written(tmp_path / "nobody.mp4", (160, 120), 30))
    assert (nobody["state"], nobody["result"]["people"]) == ("done", [])
    assert nobody["result"]["note"].startswith("no walking person was found")
    assert list(client.app.state.service.scratch.folder.iterdir()) == []


def test_a_frame_that_claims_a_huge_resolution_is_refused(make_client, tmp_path):
    """Frames of 64 x 48 whose JPEG headers say 16,000 x 16,000."""
    made = bytearray(written(tmp_path / "small.avi", (64, 48), codec="MJPG"))
    at = made.find(b"\xff\xc0\x00\x11\x08")
    assert at > 0
    while at > 0:
        made[at + 5 : at + 9] = struct.pack(">HH", 16_000, 16_000)
        at = made.find(b"\xff\xc0\x00\x11\x08", at + 9)
    job = outcome(make_client(), bytes(made))
    assert job["state"] == "failed"
    assert re.search("16000 x 16000|no frame that can be decoded", job["reason"])


def test_a_form_with_too_many_fields_is_refused(small):
    fields = {f"field{i}": "x" for i in range(50)}
    done = small.post("/v1/enrol", data=fields, files={"file": io.BytesIO(b"x")})
    assert done.status_code == 400
