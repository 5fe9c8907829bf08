"""Networks as a user might bring them: plain modules without a `config`, strangers to this package."""

from torch import nn
from torch.nn.functional import relu


class Images(nn.Module):
    """Images `[m, 1, h, w]` to maps `[m, c, h / 8, w / 8]`."""

    def __init__(self, width=8, colours=1):
        super().__init__()
        self.conv1 = nn.Conv2d(colours, width, 5, stride=4, padding=2, bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)

    def forward(self, images):
        return self.conv2(relu(self.norm(self.conv1(images))))


class Vectors(Images):
    """Images `[m, colours, h, w]` to vectors `[m, c]`."""

    def forward(self, images):
        return super().forward(images).mean((2, 3))


class Clips(nn.Module):
    """Clips `[k, 1, t, h, w]` to volumes `[k, c, t', h / 8, w / 8]`."""

    def __init__(self, width=8):
        super().__init__()
        self.conv1 = nn.Conv3d(1, width, (3, 5, 5), stride=(1, 4, 4), padding=(1, 2, 2), bias=False)
        self.norm = nn.BatchNorm3d(width)
        self.conv2 = nn.Conv3d(width, width, 3, stride=2, padding=1)

    def forward(self, clips):
        return self.conv2(relu(self.norm(self.conv1(clips))))


class Sequences(nn.Module):
    """Sequences `[n, t, h, w]` to embeddings `[n, c]`: a recurrent network, blind to what lies after it."""

    def __init__(self, width=8):
        super().__init__()
        self.rows = nn.Linear(64 * 64, width)
        self.memory = nn.GRU(width, width, batch_first=True)

    def forward(self, frames):
        return self.memory(self.rows(frames.flatten(2)).relu())[0].mean(1)


class Masked(nn.Module):
    """Sequences `[n, 1, t, h, w]` and lengths `[n]` to embeddings `[n, c, p]`, without the padding."""

    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv3d(1, width, (1, 8, 8), stride=(1, 8, 8))

    def forward(self, clips, lengths):
        strips = self.conv(clips).amax(-1)  # [n, c, t, p]
        real = (lengths.new_ones(len(lengths), strips.shape[2]).cumsum(1) <= lengths[:, None])[
            :, None, :, None
        ]
        return (strips * real).sum(2) / lengths[:, None, None]
