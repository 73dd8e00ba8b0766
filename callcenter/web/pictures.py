"""Drawing charts: figures become paths of an SVG that the page itself stretches.

A picture is drawn in a box of fixed size and laid over the room that the page has, so
it needs no script, prints as it is, and takes its colours from the style sheet in
light and dark alike. Lines keep their width (``vector-effect``). A missing value is a
gap.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from callcenter.web.filters import number, percent

Values = Sequence[float | None]
WIDTH, HEIGHT = 2000, 1000
WIDEST_BAR = 0.06
BAR_SHARE = 0.74
T = TypeVar("T")
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Mark:
    """One path, and how it is drawn: line, dash, band, dots, bar, hollow."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Layer:
    """What belongs to one name of the legend."""

    name: str
    paint: str
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis: how far along it stands, in percent."""

    at: float
    label: str
    is_fine: bool = False


@dataclass(slots=True)
class Picture:
    """A plot with its axes, ready for the macro."""

    n: int
    low: float
    high: float
    is_slotted: bool = False
    layers: list[Layer] = field(default_factory=list)
    x_ticks: list[Tick] = field(default_factory=list)
    y_ticks: list[Tick] = field(default_factory=list)
    target_at: float | None = None

    def x(self, place: float) -> int:
        """Where a label's value stands: in the middle of its slot, or on its point."""
        if self.is_slotted:
            return round((place + 0.5) / self.n * WIDTH)
        return round(place / (self.n - 1) * WIDTH) if self.n > 1 else WIDTH // 2

    def y(self, value: float) -> int:
        """How far down a value stands."""
        return round((self.high - value) / (self.high - self.low) * HEIGHT)


def picture(
    labels: Sequence[str],
    values: Iterable[float | None],
    *,
    style: str = "number",
    target: float | None = None,
    starts_at_zero: bool = True,
    is_slotted: bool = False,
) -> Picture:
    """An empty plot with axes on which all those values have room."""
    known = [value for value in values if value is not None]
    if target is not None:
        known.append(target)
    low, high = min(known, default=0.0), max(known, default=1.0)
    if starts_at_zero:
        low, high = min(0.0, low), max(0.0, high)
    ticks, step = nice_ticks(low, high)
    plot = Picture(len(labels), ticks[0], ticks[-1], is_slotted=is_slotted)
    plot.y_ticks = [
        Tick(_share(plot.y(tick), HEIGHT), _written(tick, step, style))
        for tick in ticks
    ]
    plot.x_ticks = _x_ticks(plot, labels)
    if target is not None:
        plot.target_at = _share(plot.y(target), HEIGHT)
    return plot


def nice_ticks(low: float, high: float, n: int = 5) -> tuple[list[float], float]:
    """Round values that enclose both ends, about so many steps apart, and the step."""
    if high <= low:
        high = low + 1.0
    rough = (high - low) / n
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in STEPS if each * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [each * step for each in range(first, last + 1)], step


def line_path(plot: Picture, values: Values) -> str:
    """A line through the values, broken where one is missing; one alone is a dot.

    Each point says how far it lies from the one before: half as long as saying where.
    """
    parts = []
    for run in _runs(values):
        x, y = plot.x(run[0][0]), plot.y(run[0][1])
        parts.append(f"M{x} {y}" + ("h0" if len(run) == 1 else "l"))
        steps = []
        for place, value in run[1:]:
            to_x, to_y = plot.x(place), plot.y(value)
            steps.append(f"{to_x - x} {to_y - y}")
            x, y = to_x, to_y
        parts.append(" ".join(steps).replace(" -", "-"))
    return "".join(parts)


def step_path(plot: Picture, values: Values) -> str:
    """A line that is level over each slot."""
    half = WIDTH / plot.n / 2
    parts = []
    for run in _runs(values):
        parts.append(f"M{round(plot.x(run[0][0]) - half)} {plot.y(run[0][1])}")
        parts.extend(
            f"V{plot.y(value)}H{round(plot.x(place) + half)}" for place, value in run
        )
    return "".join(parts)


def dots_path(plot: Picture, values: Values) -> str:
    """A dot on each value: a line of no length with round ends."""
    return "".join(
        f"M{plot.x(place)} {plot.y(value)}h0"
        for run in _runs(values)
        for place, value in run
    )


def band_path(plot: Picture, lower: Values, upper: Values) -> str:
    """The area between two lines."""
    both = [
        None if low is None or high is None else (low, high)
        for low, high in zip(lower, upper, strict=True)
    ]
    parts = []
    for run in _runs(both):
        there = [f"{plot.x(place)} {plot.y(high)}" for place, (_low, high) in run]
        back = [f"{plot.x(place)} {plot.y(low)}" for place, (low, _high) in run[::-1]]
        parts.append(f"M{'L'.join(there + back)}Z")
    return "".join(parts)


def bar_path(
    plot: Picture, bases: Sequence[float], tops: Values, *, nth: int = 0, of: int = 1
) -> str:
    """Bars from base to top, the nth of so many that share a slot."""
    room = min(WIDTH / plot.n * BAR_SHARE, WIDTH * WIDEST_BAR * of)
    width = max(1, round(room / of))
    parts = []
    for place, (base, top) in enumerate(zip(bases, tops, strict=True)):
        if top is None or top == base:
            continue
        left = round(plot.x(place) - room / 2 + nth * room / of)
        begin, end = plot.y(base), plot.y(top)
        parts.append(f"M{left} {begin}V{end}h{width}V{begin}Z")
    return "".join(parts)


def _runs(values: Sequence[T | None]) -> list[list[tuple[int, T]]]:
    """The stretches without a gap, each value with its place."""
    runs: list[list[tuple[int, T]]] = [[]]
    for place, value in enumerate(values):
        if value is not None:
            runs[-1].append((place, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _written(value: float, step: float, style: str) -> str:
    if style == "percent":
        return percent(value, 0 if step >= 0.01 else 1)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    if step * 10**places % 1 > 1e-6:
        places += 1
    return number(value, places)


def _x_ticks(plot: Picture, labels: Sequence[str]) -> list[Tick]:
    """As many labels as have room, evenly; every second one is for wide pages only."""
    if not labels:
        return []
    longest = max(map(_breadth, labels))
    most = 12 if longest <= 5 else 8 if longest <= 10 else 5
    every = max(1, math.ceil((len(labels) - 1) / most)) if len(labels) > most else 1
    places = range(0, len(labels), every)
    return [
        Tick(_share(plot.x(place), WIDTH), labels[place], is_fine=nth % 2 == 1)
        for nth, place in enumerate(places)
    ]


def _breadth(label: str) -> int:
    """How broad a label is, in letters: Chinese characters take twice the room."""
    return sum(2 if character > "\u2e7f" else 1 for character in label)


def _share(part: float, whole: float) -> float:
    return round(part / whole * 100, 2)
