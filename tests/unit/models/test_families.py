"""What the families promise beyond the contract that every backbone keeps."""

import pytest
import torch
from torch.nn.functional import leaky_relu

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.models.backbones import DeepGaitV2, GaitGL, GaitPart, GaitSet, SwinGait
from mimicgait.models.backbones.gaitgl import GlobalLocal, generalised_mean, repeat_short
from mimicgait.models.backbones.gaitpart import PartAttention
from mimicgait.models.blocks import SparsePoints, StripConv
from mimicgait.models.temporal import Timeline

MAKERS = {
    "GaitSet": lambda: GaitSet(width="tiny"),
    "GaitSet large": lambda: GaitSet(width="tiny", large=True),
    "GaitPart": lambda: GaitPart(width="tiny"),
    "GaitPart large": lambda: GaitPart(width="tiny", large=True, cut=False),
    "GaitGL": lambda: GaitGL(width="tiny"),
    "GaitGL large": lambda: GaitGL(width="tiny", large=True, normalised=False, cut=False),
    "DeepGaitV2 2d": lambda: DeepGaitV2(width="tiny", mode="2d"),
    "DeepGaitV2 3d": lambda: DeepGaitV2(width="tiny", mode="3d", cut=False),
    "DeepGaitV2 p3d": lambda: DeepGaitV2(width="tiny", blocks=(1, 2, 2, 1)),
    "SwinGait": lambda: SwinGait(width="tiny", blocks=(1, 1, 2, 2)),
}
LENGTHS = torch.tensor([1, 2, 3, 5, 7, 7])


@pytest.fixture(params=MAKERS)
def network(request):
    torch.manual_seed(3)
    return MAKERS[request.param]().double()


@pytest.fixture
def frames():
    generator = torch.Generator().manual_seed(4)
    return (torch.rand(len(LENGTHS), 8, 64, 64, generator=generator) > 0.5).to(torch.uint8)


def test_mixed_lengths_are_as_one_at_a_time(network, frames):
    network.eval()
    with torch.no_grad():
        together = network(frames, LENGTHS)
        alone = torch.cat([network(frames[i : i + 1, :t]) for i, t in enumerate(LENGTHS)])
    assert together.shape == (len(LENGTHS), network.channels, network.parts)
    torch.testing.assert_close(together, alone, rtol=1e-10, atol=1e-12)


def test_equal_lengths_are_as_no_lengths(network, frames):
    network.eval()
    with torch.no_grad():
        given = network(frames[:2, :4], torch.tensor([4, 4]))
        torch.testing.assert_close(given, network(frames[:2, :4]), rtol=0, atol=0)


def test_padding_is_never_seen_in_training(network, frames):
    network.train()
    start = {key: value.clone() for key, value in network.state_dict().items()}
    ends = []
    for filling in (0, 1):
        network.load_state_dict(start)
        padded = frames.clone()
        for sequence, length in zip(padded, LENGTHS, strict=True):
            sequence[length:] = filling
        torch.manual_seed(0)  # the same residuals are dropped
        embeddings = network(padded, LENGTHS)
        buffers = {key: value.clone() for key, value in network.named_buffers()}
        gradients = torch.autograd.grad(embeddings.square().sum(), list(network.parameters()))
        ends.append((embeddings.detach(), buffers, gradients))
    torch.testing.assert_close(ends[0], ends[1], rtol=0, atol=0)


def test_order_of_frames_matters_to_all_but_sets_and_single_frames(network, frames):
    network.eval()
    order = torch.tensor([5, 2, 0, 1, 7, 3, 6, 4])
    frames = frames[:2]
    with torch.no_grad():
        apart = (network(frames) - network(frames[:, order])).abs().amax().item()
    without_order = isinstance(network, GaitSet) or getattr(network, "mode", None) == "2d"
    assert (apart < 1e-12) == without_order, apart


def test_cut_frames_may_come_cut(frames):
    model = GaitSet(width="tiny").eval()
    with torch.no_grad():
        assert torch.equal(model(frames), model(frames[..., 10:-10].contiguous()))
    with pytest.raises(ShapeError, match=r"64x64 pixels, got .*44"):
        GaitSet(width="tiny", cut=False)(frames[..., 10:-10])


@pytest.mark.parametrize("cls", [GaitGL, SwinGait])
@pytest.mark.parametrize(
    ("shape", "lengths"),
    [
        ((2, 3, 64), None),
        ((2, 0, 64, 64), None),
        ((2, 3, 64, 64), [1, 4]),
        ((2, 3, 64, 64), [1, 0]),
        ((2, 3, 64, 64), [3]),
    ],
)
def test_wrong_shapes_are_refused(cls, shape, lengths):
    model = cls(width="tiny")
    with pytest.raises(ShapeError):
        model(torch.zeros(shape), None if lengths is None else torch.tensor(lengths))


def test_settings_are_checked():
    with pytest.raises(ConfigError, match="did you mean 'p3d'"):
        DeepGaitV2(mode="p3")
    with pytest.raises(ConfigError, match=r"four positive numbers.*\[1, 1, 1\]"):
        DeepGaitV2(blocks=(1, 1, 1))
    with pytest.raises(ConfigError, match="four positive numbers"):
        SwinGait(blocks=(1, 1, 0, 2))


def test_gaitgl_repeats_what_is_too_short():
    frames = torch.arange(3.0)[None, :, None, None].expand(3, 3, 64, 64)
    repeated, lengths = repeat_short(frames, torch.tensor([1, 2, 3]))
    seen = [repeated[i, :t, 0, 0].tolist() for i, t in enumerate(lengths)]
    assert seen == [[0, 0, 0], [0, 1, 0, 1], [0, 1, 2]]
    same, none = repeat_short(frames, None)
    assert same is frames
    assert none is None


def test_generalised_mean_by_hand():
    # The rows (1, 3) and (-5, 0) with exponent 2: sqrt((1 + 9) / 2); negatives count as 1e-6.
    x = torch.tensor([[[[1.0, 3.0], [-5.0, 0.0]]]], dtype=torch.float64)
    got = generalised_mean(x, torch.tensor([2.0], dtype=torch.float64))
    assert got.flatten().tolist() == pytest.approx([5**0.5, 1e-6])


def test_generalised_mean_has_a_gradient():
    x = torch.rand(2, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    exponent = torch.tensor([6.5], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(generalised_mean, (x, exponent))


def test_strips_are_convolved_apart():
    block = StripConv(2, 3, kernel=3, strips=4).double()
    x = torch.randn(5, 2, 8, 6, dtype=torch.float64)
    expected = torch.cat([leaky_relu(block.conv(x[:, :, i : i + 2])) for i in range(0, 8, 2)], dim=2)
    torch.testing.assert_close(block(x), expected)


@pytest.mark.parametrize("stacked", [False, True])
def test_global_and_local_branches(stacked):
    block = GlobalLocal(2, 3, strips=2, stacked=stacked).double()
    volume = torch.randn(1, 2, 4, 8, 6, dtype=torch.float64)
    whole = leaky_relu(block.whole(volume))
    local = leaky_relu(torch.cat([block.local(volume[:, :, :, :4]), block.local(volume[:, :, :, 4:])], dim=3))
    expected = torch.cat([whole, local], dim=3) if stacked else whole + local
    time = Timeline(1, None, volume.device)
    got = block(time.images(volume), time)
    torch.testing.assert_close(time.volumes(got), expected)


def test_part_attention_is_one_network_a_part():
    parts, channels, t = 3, 4, 7
    block = PartAttention(parts, channels, window=5, gate=3).double()
    x = torch.randn(2, parts * channels, t, dtype=torch.float64)
    got = block(x, None)
    for part in range(parts):
        signal = x[:, part * channels : (part + 1) * channels]
        hidden = leaky_relu(torch.conv1d(signal, block.squeeze.weight[part : part + 1], padding=1))
        gate = block.excite.weight[part * channels : (part + 1) * channels]
        scores = torch.sigmoid(torch.conv1d(hidden, gate, padding=1))
        for frame in range(t):
            window = signal[..., max(0, frame - 2) : frame + 3]
            template = window.sum(-1) / 5 + window.amax(-1)  # frames outside count as 0 in the average
            expected = scores[..., frame] * template
            torch.testing.assert_close(got[:, part * channels : (part + 1) * channels, frame], expected)


def test_sparse_points_are_a_strided_convolution():
    conv = SparsePoints(3, 5, step=2)
    x = torch.randn(2, 3, 7, 6)
    torch.testing.assert_close(conv(x), torch.conv2d(x, conv.weight, stride=2))


@pytest.mark.parametrize("channels", range(3, 10))
def test_sparse_points_leave_memory_whole(channels):
    # The strided kernel wrote past its buffers for 4 to 8 channels; glibc then ends the process.
    x = torch.randn(55, 64, 44, channels).permute(0, 3, 1, 2)
    for _ in range(3):
        conv = SparsePoints(channels, 2 * channels, step=2)
        conv(x).sum().backward()
    assert torch.isfinite(conv.weight.grad).all()


@pytest.mark.slow
def test_exported_graph_takes_any_batch_and_any_number_of_frames(network):
    network = network.float().eval()
    traced, other = torch.rand(2, 8, 64, 64), torch.rand(3, 11, 64, 64)
    dynamic = {0: torch.export.Dim.AUTO, 1: torch.export.Dim.AUTO}
    with torch.no_grad():
        graph = torch.export.export(network, (traced,), dynamic_shapes=(dynamic,)).module()
        torch.testing.assert_close(graph(other), network(other))
