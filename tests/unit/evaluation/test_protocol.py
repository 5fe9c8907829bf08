"""Which sequences become gallery and probes, and what is refused."""

import pytest

from mimicgait.errors import ProtocolError
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.types import SequenceKey

KEYS = [SequenceKey(s, t, "000") for s in ("ann", "bob") for t in ("nm-01", "nm-03", "bg-01", "cl-02")]


def test_walkers_are_split_by_their_types():
    split = WALKERS.split(KEYS)
    assert [KEYS[i].type for i in split.gallery] == ["nm-01", "bg-01"] * 2
    assert [KEYS[i].type for i in split.probe] == ["nm-03", "cl-02"] * 2


def test_patterns_match_as_in_a_shell_and_case_counts():
    protocol = Protocol(name="p", gallery=("nm-*",), probe=("[bc]?-*",))
    gallery, probe = protocol.split(KEYS)
    assert {KEYS[i].type for i in gallery} == {"nm-01", "nm-03"}
    assert {KEYS[i].type for i in probe} == {"bg-01", "cl-02"}
    with pytest.raises(ProtocolError, match="gallery would be empty"):
        Protocol(name="p", gallery=("NM-*",), probe=("bg-*",)).split(KEYS)


def test_probes_listed_by_key_leave_the_rest_to_the_gallery():
    listed = Protocol(name="Gait3D", probe_keys=["ann-nm-03-000", "bob-nm-03-000"])
    gallery, probe = listed.split(KEYS)
    assert probe.tolist() == [1, 5]
    assert gallery.tolist() == [0, 2, 3, 4, 6, 7]


def test_gallery_listed_by_key_leaves_the_rest_to_the_probes():
    gallery, probe = Protocol(name="CCGR-MINI", gallery_keys={"bob-nm-01-000"}).split(KEYS)
    assert gallery.tolist() == [4]
    assert probe.tolist() == [0, 1, 2, 3, 5, 6, 7]


@pytest.mark.parametrize(
    ("protocol", "words"),
    [
        (Protocol(name="p", gallery=("nn-*",), probe=("nm-*",)), "gallery would be empty.*nn-.*bg-01, cl-02"),
        (Protocol(name="p", gallery=("nm-*",), probe=("zz",)), "probe side would be empty.*zz"),
        (
            Protocol(name="p", gallery=("nm-*",), probe=("nm-03",)),
            "2 sequences are gallery and probe at once",
        ),
        (Protocol(name="p", probe_keys=["carl-nm-01-000"]), "1 of 1 listed probe.*carl-nm-01-000"),
        (
            Protocol(name="p", gallery_keys=["ann-nm-01-000"], probe_keys=["bob-nm-01-000"]),
            "none of the 1 people",
        ),
    ],
)
def test_split_that_cannot_be_judged_is_refused_with_rule_and_types(protocol, words):
    with pytest.raises(ProtocolError, match=words):
        protocol.split(KEYS)


def test_rule_that_says_nothing_or_too_much_is_refused():
    with pytest.raises(ProtocolError, match="neither side"):
        Protocol(name="p")
    with pytest.raises(ProtocolError, match="patterns or keys, not both"):
        Protocol(name="p", probe=("nm-*",), probe_keys=["a"])


def test_rule_in_json_says_what_it_does():
    rule = Protocol(name="Gait3D", probe_keys=["a", "b"], absent="skip").as_json()
    expected = {
        "name": "Gait3D",
        "gallery": "everything else",
        "probe": "2 listed sequences",
        "absent": "skip",
    }
    assert rule == expected
