"""Small plots as SVG whose colours are the page's classes; every mark can say what it is when pointed at."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from mimicgait.bench.report.styles import Style

Point = tuple[float, float]

_LEFT, _RIGHT, _TOP, _BOTTOM = 38.0, 10.0, 8.0, 34.0
_LARGEST = 1.35  # how far a drawing grows on a wide page, so that its letters stay near those of the text


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a plot.

    Attributes:
        low, high: its ends, in the data's units; `low` is at the left or at the bottom.
        ticks: where there is a line and what is written there.
        label: what it holds; "" for nothing.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    label: str = ""


def round_ticks(
    high: float, steps: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)
) -> tuple[tuple[float, str], ...]:
    """Return ticks from 0 to `high`, the smallest step that leaves them apart; past the last there are a few.

    >>> [words for _, words in round_ticks(1.05)]
    ['0', '0.25', '0.5', '0.75', '1']
    """
    step = next((step for step in steps if high / step <= 6), high / 4)
    return tuple((i * step, f"{i * step:.3g}") for i in range(int(high / step) + 1))


@dataclass(slots=True)
class Plot:
    """A plot that is drawn from the back to the front.

    Args:
        x, y: the axes.
        width, height: of the whole, in units of the text's height over 11.
        left, bottom: room for the labels of the axes.
    """

    x: Axis
    y: Axis
    width: float = 260.0
    height: float = 190.0
    left: float = _LEFT
    bottom: float = _BOTTOM
    _parts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        bottom = self.height - self.bottom
        for value, words in self.x.ticks:
            place = self.across(value)
            self._add(f'<path class="rule" d="M{place:.1f} {_TOP:.1f}V{bottom:.1f}"/>')
            self._add(_text(place, bottom + 13, words, "middle"))
        for value, words in self.y.ticks:
            place = self.up(value)
            self._add(f'<path class="rule" d="M{self.left:.1f} {place:.1f}H{self.width - _RIGHT:.1f}"/>')
            self._add(_text(self.left - 5, place + 3.5, words, "end"))
        if self.x.label:
            self._add(_text((self.left + self.width - _RIGHT) / 2, self.height - 5, self.x.label, "middle"))
        if self.y.label:
            turn = f' transform="rotate(-90 10 {(_TOP + bottom) / 2:.1f})"'
            self._add(_text(10, (_TOP + bottom) / 2, self.y.label, "middle", turn))

    def across(self, value: float) -> float:
        """Return the place of a value on the x axis."""
        share = (value - self.x.low) / (self.x.high - self.x.low)
        return self.left + share * (self.width - _RIGHT - self.left)

    def up(self, value: float) -> float:
        """Return the place of a value on the y axis."""
        share = (value - self.y.low) / (self.y.high - self.y.low)
        return self.height - self.bottom - share * (self.height - self.bottom - _TOP)

    def line(self, points: Sequence[Point], style: Style) -> None:
        """Join points by a line."""
        path = "L".join(f"{self.across(x):.1f} {self.up(y):.1f}" for x, y in points)
        dash = f' stroke-dasharray="{style.dash}"' if style.dash else ""
        width = 2.4 if style.strong else 1.5
        self._add(f'<path class="line {style.colour}" stroke-width="{width}"{dash} d="M{path}"/>')

    def mark(self, point: Point, style: Style, words: str = "", *, hollow: bool = False) -> None:
        """Set a marker; `words` are shown when it is pointed at."""
        where = self.across(point[0]), self.up(point[1])
        kind = f"{'hollow' if hollow else 'mark'} {style.colour}"
        self._add(marker(where, style.marker, kind, words, radius=4.2 if style.strong else 3.4))

    def bar(self, start: Point, end: Point, colour: str, width: float) -> None:
        """Draw a straight bar from one point to another."""
        ends = " ".join(
            f'{name}="{value:.1f}"'
            for name, value in zip(
                ("x1", "y1", "x2", "y2"),
                (self.across(start[0]), self.up(start[1]), self.across(end[0]), self.up(end[1])),
                strict=True,
            )
        )
        self._add(f'<line class="line {colour}" stroke-width="{width}" {ends}/>')

    def write(self, where: Point, words: str) -> None:
        """Write words from a place x, y of the drawing itself to the right."""
        self._add(_text(*where, words, "start"))

    def picture(self, data: str, box: tuple[float, float, float, float]) -> None:
        """Lay a picture (a data URI) into the box x, y, width, height of the drawing itself."""
        x, y, width, height = (f"{value:.1f}" for value in box)
        self._add(
            f'<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="none" '
            f'href="{escape(data)}"/>'
        )

    def as_svg(self, label: str) -> Markup:
        """Return the drawing; `label` is for those who cannot see it."""
        return Markup(
            '<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" '
            'style="max-width: {}px" role="img" aria-label="{}">{}</svg>'
        ).format(
            f"{self.width:g}",
            f"{self.height:g}",
            f"{_LARGEST * self.width:.0f}",
            label,
            Markup("".join(self._parts)),  # every word in it is escaped where it is written
        )

    def _add(self, element: str) -> None:
        self._parts.append(element)


def marker(where: Point, shape: str, kind: str, words: str = "", *, radius: float = 3.4) -> str:
    """Return one marker as SVG: a circle, a square, a diamond, a triangle up or down, a plus or a cross."""
    (x, y), r = where, radius
    title = f"<title>{escape(words)}</title>" if words else ""
    if shape == "circle":
        return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}">{title}</circle>'
    corners = {
        "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
        "up": ((0, -1.2), (1.15, 0.9), (-1.15, 0.9)),
        "down": ((0, 1.2), (1.15, -0.9), (-1.15, -0.9)),
        "plus": _turned(_PLUS, 1, 0),
        "cross": _turned(_PLUS, 0.7071, 0.7071),
    }[shape]
    path = "L".join(f"{x + r * a:.1f} {y + r * b:.1f}" for a, b in corners)
    return f'<path class="{kind}" d="M{path}Z">{title}</path>'


_PLUS = tuple(
    (a * x - b * y, b * x + a * y)
    for a, b in ((1, 0), (0, 1), (-1, 0), (0, -1))
    for x, y in ((1.25, -0.4), (1.25, 0.4), (0.4, 0.4))
)


def _turned(corners: Sequence[Point], cosine: float, sine: float) -> tuple[Point, ...]:
    return tuple((cosine * x - sine * y, sine * x + cosine * y) for x, y in corners)


def _text(x: float, y: float, words: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(words)}</text>'
