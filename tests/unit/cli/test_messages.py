"""What the argument parser complains about, said so that a user can act on it."""

import pytest

from mimicgait.cli.messages import explain, nearest, plain_types

NAMES = ["out", "size", "batch.people", "optimizer.lr", "optimizer.schedule", "loop.steps", "loop.seed"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sise", "size"),
        ("optimizer.lrr", "optimizer.lr"),
        ("optimiser.lr", "optimizer.lr"),
        ("lr", "optimizer.lr"),
        ("stpes", "loop.steps"),
        ("loop.sede", "loop.seed"),
        ("loopsteps", "loop.steps"),
        ("wavelength", None),
        ("optimizer.name", None),
    ],
)
def test_the_nearest_setting(written, meant):
    assert nearest(written, NAMES) == meant


@pytest.mark.parametrize(
    ("complaint", "answer"),
    [
        ("unrecognized arguments: --sise small", "no setting --sise: did you mean --size?"),
        ("unrecognized arguments: --loop-steps=3", "no setting --loop-steps: did you mean --loop.steps?"),
        ("unrecognized arguments: --wavelength 3", "no setting --wavelength"),
        ("unrecognized arguments: a b", "too many words: a b"),
        ("Option 'sise' is not accepted", "no setting 'sise': did you mean size?"),
        ("Group 'loop' does not accept option 'stpes'", "no setting 'loop.stpes': did you mean loop.steps?"),
        (
            "the following arguments are required: out, size",
            "missing: out, size; give it on the command line or in a file with --config",
        ),
        (
            "Parser key \"size\":\n  Expected a typing.Literal['a', 'b']. Got value: c",
            "size: expected one of 'a', 'b', got c",
        ),
        (
            'Parser key "people":\n  Does not validate against any of the Union subtypes\n'
            "  Subtypes: [<class 'int'>, <class 'NoneType'>]\n  Errors:\n    - x\n  Given value: two",
            "people: expected int, got two",
        ),
        (
            "Parser key \"amount\":\n  Expected a <class 'tuple'>. Got value: 1,2",
            "amount: expected a list such as [a, b], got 1,2",
        ),
        ("something\n  new", "something new"),
    ],
)
def test_complaints_are_explained(complaint, answer):
    assert explain(complaint, NAMES) == answer


def test_types_are_written_as_people_do():
    assert plain_types("Union[Literal['a'], float]") == "one of 'a', float"
    assert plain_types("(type: int | null, default: null)") == "(type: int, default: none)"
