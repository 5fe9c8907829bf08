"""The video ResNets of torchvision as networks of one-channel clips."""

from typing import Any

from torch import Tensor, nn

from mimicgait.errors import ConfigError, suggest
from mimicgait.models.adapters.extra import optional

MODELS = ("r3d_18", "mc3_18", "r2plus1d_18")
STAGES = 4


class VideoResNet(nn.Module):
    """A video ResNet (Tran et al., CVPR 2018) with one input channel, without pooling and classifier.

    Args:
        model: `r3d_18` (3D convolutions), `mc3_18` (3D first, then 2D) or `r2plus1d_18` (space, then time).
        stages: how many of its four residual stages are used; fewer give higher maps for more strips.
        pretrained: start from the weights that torchvision offers (Kinetics-400), which it downloads; the
            filters for red, green and blue are added up.

    Raises:
        ConfigError: if torchvision is not installed, or the model is unknown or cannot be downloaded.
    """

    def __init__(self, *, model: str = "r3d_18", stages: int = STAGES, pretrained: bool = False) -> None:
        super().__init__()
        if model not in MODELS:
            raise ConfigError(f"no video ResNet {model!r}; {suggest(model, MODELS)}")
        if not 1 <= stages <= STAGES:
            raise ConfigError(f"stages must be between 1 and {STAGES}, got {stages}")
        self.model, self.stages = model, stages
        video = optional("torchvision.models.video")
        try:
            whole = getattr(video, model)(weights="DEFAULT" if pretrained else None)
        except (OSError, RuntimeError) as error:
            raise ConfigError(f"the weights of {model} cannot be downloaded: {error}") from error
        whole.stem[0] = one_channel(whole.stem[0])
        self.layers = nn.Sequential(whole.stem, *(getattr(whole, f"layer{i}") for i in range(1, stages + 1)))

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments; the weights of a saved network are its own."""
        return {"model": self.model, "stages": self.stages, "pretrained": False}

    def forward(self, clips: Tensor) -> Tensor:
        """Map clips `[k, 1, t, h, w]` to volumes `[k, c, t', h', w']`."""
        volumes: Tensor = self.layers(clips)
        return volumes


def one_channel(conv: nn.Conv3d) -> nn.Conv3d:
    """Return a convolution for one channel that gives what `conv` gives for that channel three times."""
    single = nn.Conv3d(
        1,
        conv.out_channels,
        conv.kernel_size,  # type: ignore[arg-type]
        conv.stride,  # type: ignore[arg-type]
        conv.padding,  # type: ignore[arg-type]
        bias=conv.bias is not None,
    )
    single.load_state_dict(
        {k: v.sum(1, keepdim=True) if k == "weight" else v for k, v in conv.state_dict().items()}
    )
    return single
