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
    """Say where the first strategy is better along the second axis, at both ends and in the middle of the first."""
    x, y = chart.axes
    said = []
    for k in (0, len(x.values) // 2, len(x.values) - 1):
        here = x.values[k]
        turns, first = chart.crossings(here), chart.at(here, y.values[0])[0] > 0
        where = "everywhere" if first else "nowhere"
        if turns:
            again = "".join(f", turning again at {value_words(chart, y, turn)}" for turn in turns[1:])
            where = f"where {y.name} is {'below' if first else 'above'} {value_words(chart, y, turns[0])}{again}"
        said.append(f"{where} at {value_words(chart, x, here)}")
    if len({text.split(" at ")[0] for text in said}) == 1 and said[0].startswith(("everywhere", "nowhere")):
        return ""
    return f" By {x.name}: {spoken(chart.between[0])} {'; '.join(said)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
