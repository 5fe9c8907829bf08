"""Any model of timm as a network of one-channel images."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from mimicgait.errors import ConfigError, suggest
from mimicgait.models.adapters.extra import optional

OURS = ("in_chans", "num_classes", "features_only", "out_indices", "feature_cls", "feature_cfg")
"""Options of timm that this class sets itself."""

FILES = ("pretrained", "checkpoint", "cache")
"""How options begin that make timm open files: a checkpoint of ours must not be able to name any."""


class TimmModel(nn.Module):
    """A model of PyTorch Image Models, with one input channel and without its classifier.

    Args:
        model: its name there, such as `resnet18`, with a tag if need be: `resnet18.a1_in1k`.
        stage: None for its pooled vectors `[m, c]`; a number for the maps `[m, c, h, w]` of that stage, 0
            the first, -1 the last. What comes behind the stage is not built.
        pretrained: start from the weights that timm offers, which it downloads; its filters for red, green
            and blue are added up.
        options: more keyword arguments of `timm.create_model`, such as `img_size` or `drop_path_rate`.

    Raises:
        ConfigError: if timm is not installed, knows no such model, or cannot build or download it.
    """

    def __init__(
        self,
        *,
        model: str,
        stage: int | None = None,
        pretrained: bool = False,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.model, self.stage, self.options = model, stage, dict(options or {})
        timm = optional("timm")
        name = model.partition(".")[0]
        if not timm.is_model(name):
            raise ConfigError(f"timm has no model {name!r}; {suggest(name, timm.list_models())[:300]}")
        _check_options(self.options)
        wanted: dict[str, Any] = {"num_classes": 0}
        if stage is not None:
            wanted = {"features_only": True, "out_indices": (stage,)}
        try:
            self.layers = timm.create_model(
                model, pretrained=pretrained, in_chans=1, **wanted, **self.options
            )
        except (OSError, RuntimeError, TypeError, ValueError, LookupError, AssertionError) as error:
            raise ConfigError(f"timm cannot make {model} with {self.config}: {error}") from error

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments; the weights of a saved network are its own, not timm's."""
        return {"model": self.model, "stage": self.stage, "pretrained": False, "options": self.options}

    def forward(self, images: Tensor) -> Tensor:
        """Map images `[m, 1, h, w]` to vectors `[m, c]`, or to maps `[m, c, h', w']` of the stage."""
        if self.stage is None:
            vectors: Tensor = self.layers(images)
            return vectors
        maps: Tensor = self.layers(images)[0]
        # Some of timm's transformers give their maps channels last.
        channels = self.layers.feature_info.channels()[0]
        return maps if maps.shape[1] == channels else maps.permute(0, 3, 1, 2)


def _check_options(options: Mapping[str, Any]) -> None:
    for name in options:
        if name in OURS or name.startswith(FILES):
            raise ConfigError(
                f"option {name!r} of timm is not for here; see the arguments `stage` and `pretrained`"
            )
