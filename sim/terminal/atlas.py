"""The command `arsim atlas`: which maps there are, and where a scenario lies on them, picture first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.errors import InputError, Problem, nearest_name
from sim.questions.atlas.chart import Axis, Map, Turn
from sim.questions.atlas.place import Place, place_on
from sim.questions.atlas.words import spoken, value_words, verdict
from sim.questions.boundary import NORMAL
from sim.report.words import amount

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

WIDE, HIGH = 49, 15
"""Letters and lines of the picture on the terminal."""
FIRST, SECOND, OPEN, HERE = "#", "-", ".", "@"
"""Clearly the first, clearly the second, neither clearly, and where the scenario lies."""
FAR: Final = 0.02
"""Part of a map's mean difference below which knowing an unknown is said to be worth nothing."""


def stated(pairs: Sequence[str]) -> dict[str, float]:
    """Read PATH=VALUE pairs.

    Raises
    ------
    InputError
        When one is not of this kind.
    """
    found = {}
    for pair in pairs:
        path, sign, value = pair.partition("=")
        try:
            found[path] = float(value if sign else "")
        except ValueError:
            raise InputError([Problem("--at", 0, "axis", pair, "must be PATH=NUMBER")]) from None
    return found


def list_lines(maps: Mapping[str, Map]) -> Iterator[str]:
    """Yield a line for each map, or the line that none is there."""
    if not maps:
        yield "no map is there yet"
    for name, chart in maps.items():
        axes = " and ".join(axis.name for axis in chart.axes)
        yield f"{name}: {axes}"
        yield f"  {verdict(chart)}"


def short_lines(maps: Mapping[str, Map], scenario: Scenario, at: Mapping[str, float], file: str) -> Iterator[str]:
    """Yield a line for each map: where the scenario lies, or why it can't be placed.

    Parameters
    ----------
    at : path → value, instead of the scenario's; each goes to the maps that have such an axis.
    file : of the scenario.

    Raises
    ------
    InputError
        When no map has an axis of `at`.
    """
    paths = {axis.path for chart in maps.values() for axis in chart.axes}
    for path in at:
        if path not in paths:
            allowed = "is no axis of any map; `arsim atlas` lists them"
            raise InputError([Problem("--at", 0, path, str(at[path]), allowed, nearest_name(path, sorted(paths)))])
    for name, chart in maps.items():
        own = {axis.path: at[axis.path] for axis in chart.axes if axis.path in at}
        try:
            place = place_on(chart, scenario, own, file)
        except InputError as error:
            yield f"{name}: not placed: {error}"
            continue
        money = amount(abs(place.difference), chart.kpi, chart.currency)
        first = _first(place)
        sure = "" if place.is_clear else ", but the map leaves it open"
        yield f"{name}: {spoken(place.better)} by {money}{sure}" + (f"; find out first: {first}" if first else "")


def place_lines(place: Place) -> Iterator[str]:
    """Yield the picture, and where the scenario lies in plain words."""
    chart = place.map
    a, b = map(spoken, chart.between)
    yield chart.question
    yield ""
    yield from _picture(place)
    yield f"  {FIRST} {a} is clearly better   {SECOND} {b} is   {OPEN} the map leaves it open   {HERE} here"
    yield ""
    here = " and ".join(
        f"{axis.name} {value_words(chart, axis, v)}" for axis, v in zip(chart.axes, place.values, strict=True)
    )
    low, high = (amount(v, chart.kpi, chart.currency, signed=True) for v in (place.low, place.high))
    money = amount(place.difference, chart.kpi, chart.currency, signed=True)
    sure = "clearly" if place.is_clear else "not clearly"
    yield f"Here: {here}."
    for name in place.outside:
        yield f"  {name} lies outside the map; its nearest end is taken."
    yield f"Better: {spoken(place.better)}, {sure}. {a} less {b}: {money} (95 %: {low} to {high})"
    scaled = f", at {place.scale:.2g} times the shops of the map's market" if abs(place.scale - 1.0) > 0.005 else ""
    yield f"  of {spoken(chart.kpi)} over {chart.days} days{scaled}."
    for axis, value, turn in zip(chart.axes, place.values, place.turns, strict=True):
        yield _turn_line(chart, axis, value, turn)
    yield from _worth_lines(place)


def _picture(place: Place) -> Iterator[str]:
    """Yield the plane in letters: the second axis up, the first to the right."""
    chart = place.map
    x, y = chart.axes
    rows = np.linspace(0, len(chart.mean) - 1, HIGH).round().astype(int)
    columns = np.linspace(0, chart.mean.shape[1] - 1, WIDE).round().astype(int)
    mean, reach = chart.mean[np.ix_(rows, columns)], NORMAL * chart.deviation[np.ix_(rows, columns)]
    letters = np.where(mean > reach, FIRST, np.where(mean < -reach, SECOND, OPEN))
    letters[round(y.place(place.y) * (HIGH - 1)), round(x.place(place.x) * (WIDE - 1))] = HERE
    yield f"  {y.name} up, from {value_words(chart, y, y.values[0])} to {value_words(chart, y, y.values[-1])}"
    for row in letters[::-1]:
        yield "  |" + "".join(row)
    yield "  +" + "-" * WIDE
    yield f"  {x.name} to the right, from {value_words(chart, x, x.values[0])} to {value_words(chart, x, x.values[-1])}"


def _turn_line(chart: Map, axis: Axis, value: float, turn: Turn | None) -> str:
    if turn is None:
        return f"Along {axis.name} it turns nowhere on the map."
    off = value_words(chart, axis, abs(turn.value - value))
    ends = f"{value_words(chart, axis, turn.low)} to {value_words(chart, axis, turn.high)}"
    way = "up" if turn.value > value else "down"
    return (
        f"Along {axis.name} it turns at {value_words(chart, axis, turn.value)} (95 %: {ends}), {off} {way} from here."
    )


def _worth_lines(place: Place) -> Iterator[str]:
    """Say which unknown to find out first, and what knowing is worth."""
    chart = place.map
    first = _first(place)
    both = amount(place.worth[2], chart.kpi, chart.currency)
    if not first:
        yield f"To find out: neither would change the choice on the mean; to know both is worth {both}."
        return
    yield f"To find out first: {first}. What it would be worth to know before choosing:"
    for axis, worth in zip(chart.axes, place.worth, strict=False):
        yield f"  {axis.name}: {amount(worth, chart.kpi, chart.currency)}"
    yield f"  both: {both}"
    yield "  (by the ranges of the map, which stand for what nobody knows; other luck and the fit are left out)"


def _first(place: Place) -> str:
    """Return the name of the unknown that is worth most to know; '' where neither is worth anything."""
    best = int(np.argmax(place.worth[:2]))
    size = place.scale * float(np.abs(place.map.mean).mean())
    return place.map.axes[best].name if place.worth[best] > FAR * size else ""


def write_picture(place: Place, folder: Path, name: str) -> Path:
    """Draw the scenario on the map into a folder of results, and return the file."""
    from sim.report.atlas import map_figure
    from sim.report.style import render

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-{place.map.name}.png"
    file.write_bytes(render(map_figure(place.map, place), "png"))
    return file
