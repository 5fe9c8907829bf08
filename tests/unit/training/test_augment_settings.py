import pytest
import torch

from mimicgait.cli.parser import CommandParser
from mimicgait.cli.train import teacher
from mimicgait.errors import ConfigError
from mimicgait.training.teacher import build_augment


def names(augment):
    return [(type(each).__name__, each.p) for each in augment.augmentations]


def test_one_number_means_what_most_recipes_have():
    assert names(build_augment(0.2)) == [("Perspective", 0.2), ("Flip", 0.2), ("Rotate", 0.2)]
    assert names(build_augment(0)) == []


def test_augmentations_by_name():
    assert names(build_augment({"rotate": 0.3, "erase": 0.3})) == [("Rotate", 0.3), ("Erase", 0.3)]
    frames = torch.ones(4, 2, 64, 64)
    assert build_augment({"erase": 1.0})(frames, torch.Generator().manual_seed(0)).mean() < 1


@pytest.mark.parametrize(("chosen", "message"), [({"erse": 0.3}, "erase"), ({"flip": 1.5}, "1.5")])
def test_mistakes(chosen, message):
    with pytest.raises(ConfigError, match=message):
        build_augment(chosen)


def test_the_command_line_takes_both(tmp_path):
    def read(words):
        given = ["--train", "a", "--out", "b", "--augment", words]
        return CommandParser("train teacher", teacher).settings(given)["config"].augment

    assert read("0.3") == 0.3
    assert read("{rotate: 0.3, erase: 0.2}") == {"rotate": 0.3, "erase": 0.2}
