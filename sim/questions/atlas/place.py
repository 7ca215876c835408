"""Where a scenario lies on a map: the side, the distance to the line, and which unknown to find out first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.errors import InputError, Problem
from sim.questions.atlas.chart import Map, Turn
from sim.questions.boundary import NORMAL
from sim.questions.plausibility.known import n_outlets
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Place:
    """A point of a map.

    Attributes
    ----------
    map : on which it lies.
    x, y : values of both axes.
    difference, low, high : A − B there in money of the scenario's size, and its 95 % interval. [currency over the days]
    turns : where it turns along each axis; None where it does not.
    worth : what it would be worth to know the first axis, the second, and both; at the scenario's size. [currency]
    scale : outlets of the scenario over those of the map's market, by which money is multiplied.
    outside : names of axes along which the scenario lies outside the map.
    """

    map: Map
    x: float
    y: float
    difference: float
    low: float
    high: float
    turns: tuple[Turn | None, Turn | None]
    worth: tuple[float, float, float]
    scale: float
    outside: tuple[str, ...]

    @property
    def better(self) -> str:
        """The strategy that is better there."""
        return self.map.between[0 if self.difference > 0 else 1]

    @property
    def is_clear(self) -> bool:
        """Whether the interval holds no 0."""
        return self.low > 0.0 or self.high < 0.0

    @property
    def values(self) -> tuple[float, float]:
        """Both values."""
        return self.x, self.y


def place_on(chart: Map, scenario: Scenario, stated: Mapping[str, float], file: str) -> Place:
    """Return where a scenario lies on a map.

    Parameters
    ----------
    stated : path → value, instead of the scenario's.
    file : of the scenario, for errors.

    Raises
    ------
    InputError
        When the scenario says nothing of an axis, or a path is stated that is none.
    """
    paths = [axis.path for axis in chart.axes]
    for path in stated:
        if path not in paths:
            raise InputError([Problem("--at", 0, path, str(stated[path]), f"must be an axis: {' or '.join(paths)}")])
    x, y = (stated[path] if path in stated else value_at(scenario, path, file) for path in paths)
    mean, deviation = chart.at(x, y)
    scale = n_outlets(scenario) / chart.outlets
    reach = NORMAL * deviation
    one, other, both = (scale * worth for worth in chart.information())
    return Place(
        map=chart,
        x=x,
        y=y,
        difference=scale * mean,
        low=scale * (mean - reach),
        high=scale * (mean + reach),
        turns=chart.turns(x, y),
        worth=(one, other, both),
        scale=scale,
        outside=tuple(a.name for a, v in zip(chart.axes, (x, y), strict=True) if not a.holds(v)),
    )


def value_at(scenario: Scenario, path: str, file: str) -> float:
    """Return the number that a scenario states at a path, or its default.

    Raises
    ------
    InputError
        When it states none.
    """
    here: Any = scenario.model_dump()
    for part in path.split("."):
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, list | tuple) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        else:
            here = None
            break
    if isinstance(here, bool) or not isinstance(here, int | float):
        allowed = f"is an axis of the map, and the scenario states no number there; give one by --at {path}=VALUE"
        raise InputError([Problem(file, 0, path, "none", allowed)])
    return float(here)
