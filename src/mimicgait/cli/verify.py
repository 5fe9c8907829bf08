"""`mimicgait verify`: is this the person they are said to be?"""

from pathlib import Path

from mimicgait.cli.console import say
from mimicgait.cli.networks import choose_network
from mimicgait.cli.walks import Looker, one_person, seen


def verify(
    name: str,
    probe: Path,
    *,
    gallery: Path,
    model: Path | None = None,
    calibration: Path,
    person: int | None = None,
    visibility: Path | None = None,
    device: str = "cpu",
    trust: tuple[str, ...] = (),
) -> None:
    """Compare the walks of one person with somebody who is enrolled: yes, no, or too little seen to say.

    The rate that the calibration was made for is the false match rate here.

    Examples:
        mimicgait verify ann door.mp4 --gallery people.db --calibration calibration.json

    Args:
        name: who it is said to be.
        probe: a store, a folder of id/type/view/*.pkl, a folder of masks, or a video file.
        gallery: the gallery's file.
        model: run folder, model folder or exported .onnx file, or pretrained:NAME of a network that ships; by
            default the shipped one that the gallery was made with.
        calibration: file of `mimicgait calibrate`.
        person: which of several people, from 1, in the order in which they appear.
        visibility: run folder of a visibility network, if there is none in the model.
        device: where to run: cpu, cuda, mps.
        trust: packages of yours whose networks may be built from a checkpoint.
    """
    from mimicgait.gallery import Answer, Calibration, Gallery, decide_verification

    rules = Calibration.load(calibration)
    words = {Answer.NAMED: "yes", Answer.UNKNOWN: "no"}
    with Gallery(gallery, create=False) as opened:
        looker = Looker(choose_network(model, gallery, calibration), visibility, device, trust)
        for walk in looker.look(probe, one_person(probe, person)):
            found = opened.verify(name, walk.signature)
            distance = opened.distance_for(walk.signature).name
            decision = decide_verification(found, walk.signature, rules, distance=distance)
            answer = words.get(decision.answer, str(decision.answer))
            same = decision.ranking[0].same
            say(f"{walk.subject} ({seen(walk.signature)}): {answer}, {same:.0%} alike\n  {decision.reason}")
