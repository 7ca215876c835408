"""What a map says, in plain words."""

from __future__ import annotations

from sim.questions.atlas.chart import Axis, Map
from sim.questions.question import number

EMPTY = 0.005
"""Share of the plane below which a side is called empty."""


def spoken(name: str) -> str:
    """Return the name of a strategy or principle as words."""
    return name.replace("_", " ")


def value_words(chart: Map, axis: Axis, value: float) -> str:
    """Return a value of an axis with its unit."""
    return f"{number(value * axis.factor)} {axis.unit_words(chart.currency)}".rstrip()


def verdict(chart: Map) -> str:
    """Return in a sentence who is better, and where it turns."""
    a, b = map(spoken, chart.between)
    for side, (winner, loser) in enumerate(((a, b), (b, a))):
        clear, other = chart.clear[side], chart.clear[1 - side]
        share = chart.share if side == 0 else 1.0 - chart.share
        if share > 1.0 - EMPTY:
            known = "everywhere" if clear > 1.0 - EMPTY else f"clearly in {clear:.0%} of it, and nowhere worse"
            return f"{_capital(loser)}: never, in this range. {_capital(winner)}: better {known}."
        if other < EMPTY:
            known = f"clearly in {clear:.0%}" if clear >= EMPTY else "but nowhere clearly"
            lead = f"{_capital(winner)}: ahead in {share:.0%} of it, {known}"
            return f"{_capital(loser)}: nowhere clearly better in this range. {lead}.{_where(chart)}"
    return f"{_capital(a)}: better in {chart.share:.0%} of this range, {b} in the rest.{_where(chart)}"


def _where(chart: Map) -> str:
    """Say where the first strategy is better along an axis, at both ends and in the middle of the other one."""
    # along the axis that the line crosses
    turning = [sum(bool(chart.crossings(k, v)) for v in _three(chart.axes[1 - k])) for k in (0, 1)]
    along = int(turning[1] >= turning[0])
    if not turning[along]:
        return ""
    axis, other = chart.axes[along], chart.axes[1 - along]
    said = []
    for k, here in enumerate(_three(other)):
        start = (axis.values[0], here) if along == 0 else (here, axis.values[0])
        turns, first = chart.crossings(along, here), chart.at(*start)[0] > 0
        where = f"at {'any' if first else 'no'} value"
        if turns:
            again = "".join(f", turning again at {_rough(chart, axis, turn)}" for turn in turns[1:])
            where = f"{'below' if first else 'above'} {_rough(chart, axis, turns[0])}{again}"
        named = f"{other.name}: " if k == 0 else ""
        said.append(f"{where} ({named}{value_words(chart, other, here)})")
    return f" {_capital(spoken(chart.between[0]))} is better where {axis.name} is {', '.join(said)}."


def _rough(chart: Map, axis: Axis, value: float) -> str:
    """Return where it turns, no finer than it is known."""
    return value_words(chart, axis, float(f"{value:.2g}"))


def _three(axis: Axis) -> tuple[float, float, float]:
    """Return both ends of an axis and its middle."""
    return axis.values[0], axis.values[len(axis.values) // 2], axis.values[-1]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
