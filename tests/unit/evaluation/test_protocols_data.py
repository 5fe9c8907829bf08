"""Protocols as data: what the published ones choose, and what is refused in a file."""

import pytest
import yaml

from mimicgait.data import Partition
from mimicgait.errors import ProtocolError
from mimicgait.evaluation import Protocol, Side, list_protocols, load_protocol
from mimicgait.evaluation.protocols.reading import known_types, show_protocol
from mimicgait.types import SequenceKey

LISTS = Partition((), ("1",), probe=("1-a-000",), gallery=("1-b-000",))


def keys(types, people=("001", "002"), views=("000", "090")):
    return [SequenceKey(p, t, v) for p in people for t in types for v in views]


def chosen(name, condition, types):
    """The types of gallery and probes."""
    every = keys(types)
    split = load_protocol(name, LISTS).condition(condition).split(every)
    return [sorted({every[i].type for i in side}) for side in split]


@pytest.mark.parametrize("name", list_protocols())
def test_published_protocols_are_whole(name):
    protocol = load_protocol(name, LISTS)
    assert protocol.name == name
    assert protocol.title
    assert all(rule.name == f"{name}/{title}" for title, rule in protocol.conditions.items())
    assert protocol.as_json()["conditions"].keys() == protocol.conditions.keys()


@pytest.mark.parametrize(
    ("name", "condition", "types", "gallery", "probe"),
    [
        ("casia-b", "BG", ["nm-04", "nm-05", "bg-01", "bg-02", "cl-01"], ["nm-04"], ["bg-01", "bg-02"]),
        (
            "casia-b-cross-view",
            "",
            ["nm-01", "nm-02", "cl-01", "cl-02"],
            ["cl-02", "nm-02"],
            ["nm-01"],
        ),
        ("oumvlp", "NM", ["00", "01"], ["01"], ["00"]),
        ("grew", "", ["00", "01", "02", "03"], ["01", "02"], ["03"]),
        (
            "ccpg",
            "CL",
            ["U0_D0_BG", "U0_D0", "U1_D1", "U3_D3", "U0_D3"],
            ["U1_D1", "U3_D3"],
            ["U0_D0", "U0_D0_BG"],
        ),
        ("ccpg-gait", "BG", ["U0_D0_BG", "U0_D0", "U1_D1"], ["U0_D0"], ["U0_D0_BG"]),
        ("sustech1k", "Overall", ["00-nm", "01-nm", "02-bg-cl"], ["00-nm"], ["01-nm", "02-bg-cl"]),
        ("sustech1k", "Clothing", ["00-nm", "01-nm", "02-bg-cl"], ["00-nm"], ["02-bg-cl"]),
        (
            "casia-e",
            "CL",
            ["H-scene1-nm-1", "L-scene3_s-cl-2", "L-scene1-cl-1"],
            ["H-scene1-nm-1"],
            ["L-scene3_s-cl-2"],
        ),
    ],
)
def test_types_of_gallery_and_probes(name, condition, types, gallery, probe):
    assert chosen(name, condition, types) == [gallery, probe]


def test_view_that_casia_e_leaves_out():
    every = keys(["H-scene1-nm-1", "H-scene2-nm-1"], views=("000", "090", "270"))
    split = load_protocol("casia-e").condition("NM").split(every)
    assert {every[i].view for side in split for i in side} == {"000", "090"}


def test_camera_of_ccpg_is_the_text_before_the_first_underscore():
    assert load_protocol("ccpg").condition().view(SequenceKey("1", "U0_D0", "cam1_x_y")) == "cam1"


def test_hid_takes_probes_by_their_id_whatever_else_there_is():
    every = [SequenceKey("probe", "v1", "default"), SequenceKey("0001", "w", "default")]
    gallery, probe = load_protocol("hid").condition().split(every)
    assert (gallery.tolist(), probe.tolist()) == ([1], [0])


def test_sorted_split_deals_by_turns_and_leaves_other_types_alone():
    every = [SequenceKey("1", "00", "aaa"), SequenceKey("1", "01", "zzz"), SequenceKey("1", "02", "bbb")]
    split = load_protocol("grew-local").condition().split(every)
    assert (split.gallery.tolist(), split.probe.tolist()) == ([2], [1])


def test_split_hash_tells_splits_apart_and_knows_no_order():
    rule, every = Protocol(name="p", gallery=("a",), probe=("b",)), keys(["a", "b"])
    assert rule.split_hash(every) == rule.split_hash(every[::-1])
    assert rule.split_hash(every) != rule.split_hash(every[:-1])
    assert rule.split_hash(every) != Protocol(name="p", gallery=("b",), probe=("a",)).split_hash(every)


def test_types_that_no_protocol_knows():
    with pytest.raises(
        ProtocolError, match=r"'casia-b' does not know 1 .*nm_01.*a protocol file of your own"
    ):
        load_protocol("casia-b").check_types(keys(["nm-02", "nm_01"]), known_types())


def test_types_that_another_protocol_knows():
    with pytest.raises(ProtocolError, match="Did you mean the protocol grew or"):
        load_protocol("casia-b").check_types(keys(["00", "01"]), known_types())
    load_protocol("freegait", LISTS).check_types(keys(["anything"]))


def test_lists_must_be_there():
    with pytest.raises(ProtocolError, match="probe is what the partition file lists as PROBE_SET: give that"):
        load_protocol("gait3d")
    with pytest.raises(ProtocolError, match="GALLERY_SET: this file has no such list"):
        load_protocol("ccgr-mini", Partition((), ("1",), probe=("1-a-000",)))


def test_names_that_do_not_exist():
    with pytest.raises(ProtocolError, match="no protocol 'casiab': did you mean 'casia-b'"):
        load_protocol("casiab")
    with pytest.raises(ProtocolError, match="no condition 'NN': Allowed: BG, CL, NM"):
        load_protocol("casia-b").condition("NN")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mine: {gallery: {types: [a]}, prob: {types: [b]}}", "no rule 'prob': did you mean 'probe'"),
        (
            "mine: {gallery: {type: [a]}, probe: {types: [b]}}",
            "gallery: no rule 'type': did you mean 'types'",
        ),
        (
            "mine: {gallery: {types: [01]}, probe: {types: [b]}}",
            r"list of texts, got \[1\]; write numbers in",
        ),
        ("mine: {gallery: {types: [a]}, views: same}", "views to be one of any, not same, pairs, all pairs"),
        ("mine: {gallery: {types: [a]}, absent: drop}", "absent to be one of error, miss, skip"),
        ("mine: {title: nothing}", "describes neither side"),
        ("mine: {gallery: {types: [a]}, figures: [rank1, rnak5]}", "no figure 'rnak5': did you mean 'rank5'"),
        ("mine: {gallery: {types: [a]}, figures: [rank51]}", "no figure 'rank51'"),
        ("mine: {gallery: {types: [a]}, rerank: {k: 6}}", "rerank: no rule 'k'"),
        ("mine: {gallery: {types: [a]}, rerank: {k1: 6}, views: pairs}", "re-ranking takes all views"),
        ("mine: {gallery: {types: [a]}, sort_sequences: 7}", "expected true or false for sort_sequences"),
        (
            "mine: {gallery: {types: [a]}, conditions: {x: {figures: [rank1]}}}",
            "condition x: no rule 'figures'",
        ),
        ("mine: {gallery: {types: [a]}, submission: grw}", "no submission 'grw': did you mean 'grew'"),
        (
            "a: {gallery: {types: [a]}}\nb: {gallery: {types: [a]}}",
            "expected one protocol in the file, got a, b",
        ),
        ("mine: [1]", "expected a protocol's name and below it its rules"),
        ("a: {b", "cannot be read as YAML"),
    ],
)
def test_mistake_in_a_file(tmp_path, text, words):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(ProtocolError, match=words) as caught:
        load_protocol(path)
    assert "mine" in str(caught.value)


def test_protocol_that_is_shown_can_be_read_again(tmp_path):
    path = tmp_path / "mine.yaml"
    for name in list_protocols():
        path.write_text(show_protocol(name))
        assert load_protocol(path, LISTS) == load_protocol(name, LISTS)
    assert "&" not in show_protocol("ccpg-gait")
    assert yaml.safe_load(show_protocol("hid-reranked"))["hid-reranked"]["rerank"]["lambda"] == 0.3


def test_side_takes_types_subjects_and_views_together():
    side = Side(types=("nm-*",), subjects=("a*",), views=("090",))
    every = [
        SequenceKey("ann", "nm-01", "090"),
        SequenceKey("ann", "nm-01", "000"),
        SequenceKey("bob", "nm-01", "090"),
    ]
    assert side.choose(every, "p", "gallery").tolist() == [True, False, False]
    assert side.rule == "nm-*; subjects a*; views 090"
