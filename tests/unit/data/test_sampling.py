import time

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mimicgait.data import FrameSampling, PKSampler, SequenceStore, StoreWriter, sample_frames
from mimicgait.errors import ConfigError
from mimicgait.types import SequenceKey, Silhouettes

counts = st.integers(1, 40) | st.tuples(st.integers(1, 20), st.integers(0, 20)).map(lambda c: (c[0], sum(c)))


@given(st.integers(1, 60), counts, st.integers(0, 99))
def test_unordered_frames(length, count, seed):
    sampling = FrameSampling(count)
    positions = sample_frames(length, sampling, np.random.default_rng(seed))
    assert sampling.least <= len(positions) <= sampling.most
    assert 0 <= positions.min() <= positions.max() < length
    if len(positions) <= length:
        assert len(set(positions.tolist())) == len(positions)


@given(st.integers(1, 60), counts, st.integers(0, 10), st.integers(0, 99))
def test_ordered_frames(length, count, skip, seed):
    sampling = FrameSampling(count, ordered=True, skip=skip)
    positions = sample_frames(length, sampling, np.random.default_rng(seed))
    assert sampling.least <= len(positions) <= sampling.most
    assert 0 <= positions.min() <= positions.max() < length
    window = len(positions) + skip
    if window <= length:
        assert (np.diff(positions) > 0).all()
        assert positions[-1] - positions[0] < window
    elif not skip:
        assert positions.tolist() == [i % length for i in range(len(positions))]


def test_all_frames():
    rng = np.random.default_rng(0)
    assert sample_frames(7, FrameSampling(None), rng).tolist() == list(range(7))


def test_every_frame_window_and_length_is_drawn():
    rng = np.random.default_rng(0)
    unordered = [sample_frames(5, FrameSampling((2, 4)), rng) for _ in range(400)]
    assert {len(positions) for positions in unordered} == {2, 3, 4}
    assert set(np.concatenate(unordered).tolist()) == set(range(5))
    assert any((np.diff(positions) < 0).any() for positions in unordered)
    windows = [sample_frames(6, FrameSampling(4, ordered=True), rng) for _ in range(100)]
    assert {tuple(positions.tolist()) for positions in windows} == {(0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5)}
    skipping = [sample_frames(6, FrameSampling(4, ordered=True, skip=2), rng) for _ in range(400)]
    assert len({tuple(positions.tolist()) for positions in skipping}) == 15  # 4 of 6


@pytest.mark.parametrize("settings", [{"count": 0}, {"count": (3, 2)}, {"count": (0, 2)}, {"skip": 1}])
def test_impossible_frame_samplings_are_refused(settings):
    with pytest.raises(ConfigError, match="frames: "):
        FrameSampling(**settings)
    with pytest.raises(ConfigError, match="skip"):
        FrameSampling(4, ordered=True, skip=-1)


def frame_numbers(frames):
    """Read person, sequence and frame number from the first row of frames `[..., 64, 64]`."""
    bits = frames[..., 0, :24].long().view(*frames.shape[:-2], 3, 8)
    return (bits << torch.arange(8)).sum(-1)


@pytest.fixture(scope="module")
def numbered(tmp_path_factory) -> SequenceStore:
    """Make a store whose frames say which they are: 9 people with 1 to 9 sequences of 3 to 11 frames."""
    path = tmp_path_factory.mktemp("numbered") / "s"
    with StoreWriter(path, name="n", licence="l") as writer:
        for person in (4, 8, 0, 1, 7, 2, 3, 6, 5):
            for number in range(person + 1):
                frames = np.zeros((3 + number, 64, 64), np.uint8)
                for t, frame in enumerate(frames):
                    code = np.array([[person], [number], [t + 1]], np.uint8)
                    frame[0, :24] = np.unpackbits(code, axis=1, bitorder="little").ravel()
                writer.add(Silhouettes(SequenceKey(f"p{person}", f"nm-{number}", "0"), frames))
    return SequenceStore(path)


def test_a_batch_is_p_people_with_k_sequences(numbered):
    sampler = PKSampler(numbered, people=4, sequences=3, frames=FrameSampling((2, 5)))
    assert sampler.classes == tuple(f"p{i}" for i in range(9))
    for step in range(20):
        batch = sampler.batch(step)
        assert batch.frames.dtype == torch.uint8
        assert batch.frames.shape == (12, int(batch.lengths.max()), 64, 64)
        people = batch.labels.view(4, 3)
        assert (people == people[:, :1]).all()
        assert len(set(people[:, 0].tolist())) == 4
        numbers = frame_numbers(batch.frames)
        for row, length, label in zip(numbers, batch.lengths.tolist(), batch.labels.tolist(), strict=True):
            assert 2 <= length <= 5
            assert (row[:length, 0] == label).all()  # the frames are those of the person
            assert len(set(row[:length, 1].tolist())) == 1  # and of one sequence
            assert (row[:length, 2] > 0).all()
        for row, length in zip(batch.frames, batch.lengths.tolist(), strict=True):
            assert not row[length:].any()
        for label, own in zip(people[:, 0].tolist(), numbers[:, 0, 1].view(4, 3), strict=True):
            distinct = len(set(own.tolist()))
            assert distinct == 3 if label >= 2 else distinct <= label + 1


def test_frames_are_those_of_the_store(numbered):
    sampler = PKSampler(numbered, people=9, sequences=1, frames=FrameSampling(None))
    batch = sampler.batch(0)
    read = {item.key: torch.from_numpy(item.frames) for item in numbered}
    for frames, length in zip(batch.frames, batch.lengths.tolist(), strict=True):
        person, number, _ = frame_numbers(frames[0]).tolist()
        assert torch.equal(frames[:length], read[SequenceKey(f"p{person}", f"nm-{number}", "0")])


def test_a_batch_depends_on_seed_and_step_alone(numbered):
    settings = {"people": 4, "sequences": 2, "frames": FrameSampling((2, 4))}
    one, two = PKSampler(numbered, seed=1, **settings), PKSampler(numbered, seed=1, **settings)
    one.batch(3)
    for step in (5, 2**40):
        a, b = one.batch(step), two.batch(step)
        assert torch.equal(a.frames, b.frames)
        assert torch.equal(a.lengths, b.lengths)
        assert torch.equal(a.labels, b.labels)
    others = [PKSampler(numbered, seed=2, **settings).batch(5), one.batch(6), one.batch(0)]
    assert all(not same(one.batch(5), other) for other in others)


def same(a, b):
    return a.frames.shape == b.frames.shape and torch.equal(a.frames, b.frames)


def test_everybody_and_everything_is_drawn(numbered):
    sampler = PKSampler(numbered, people=3, sequences=2, frames=FrameSampling(2))
    seen = torch.cat([frame_numbers(sampler.batch(step).frames).view(-1, 3) for step in range(300)])
    assert len(torch.unique(seen, dim=0)) == int(numbered.lengths.sum())


@pytest.mark.parametrize("world_size", [2, 3, 6])
def test_processes_share_a_batch(numbered, world_size):
    settings = {"people": 3, "sequences": 4, "frames": FrameSampling((1, 3)), "seed": 5}
    whole = PKSampler(numbered, **settings).batch(7)
    for rank in range(world_size):
        part = PKSampler(numbered, rank=rank, world_size=world_size, **settings).batch(7)
        assert torch.equal(part.labels, whole.labels[rank::world_size])
        assert torch.equal(part.lengths, whole.lengths[rank::world_size])
        assert torch.equal(part.frames, whole.frames[rank::world_size][:, : part.frames.shape[1]])


def test_a_selection_has_its_own_people(numbered):
    positions = [i for i, subject in enumerate(numbered.subjects) if subject in ("p7", "p3")]
    sampler = PKSampler(numbered.select(positions), people=2, sequences=2, frames=FrameSampling(2))
    assert sampler.classes == ("p3", "p7")
    for step in range(5):
        batch = sampler.batch(step)
        people = frame_numbers(batch.frames)[..., 0]
        assert torch.equal(people[:, 0], torch.tensor([3, 7])[batch.labels])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"people": 10}, "needs as many in the store, which has 9"),
        ({"people": 0}, "at least 1"),
        ({"sequences": 0}, "at least 1"),
        ({"people": 3, "sequences": 3, "world_size": 2}, "cannot be shared evenly by 2 processes"),
        ({"people": 4, "rank": 2, "world_size": 2}, "rank 2"),
    ],
)
def test_impossible_batches_are_refused(numbered, settings, message):
    with pytest.raises(ConfigError, match=message):
        PKSampler(numbered, **settings)


def test_an_empty_selection_is_refused(numbered):
    with pytest.raises(ConfigError, match="which has 0"):
        PKSampler(numbered.select([]), people=1)


def test_a_batch_is_quick(numbered):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        sampler = PKSampler(numbered, people=8, sequences=4, frames=FrameSampling(10))
        times = []
        for step in range(30):
            start = time.process_time()
            sampler.batch(step)
            times.append(time.process_time() - start)
    finally:
        torch.set_num_threads(threads)
    assert min(times) < 0.010, f"{min(times) * 1e3:.1f} ms for 32 x 10 frames"
