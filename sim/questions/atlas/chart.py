"""A map: the plane of a boundary study, its two axes, and what is read off it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import InputError, Problem, nearest_name
from sim.questions.boundary import NORMAL, crossings
from sim.questions.question import names_of
from sim.statistics.boundary import STEPS, Boundary, chances

if TYPE_CHECKING:
    from sim.questions.study import Study

Floats = NDArray[np.float64]

KEPT: Final = 2
"""Every second line of the plane's grid is kept: between them the difference is as good as straight."""
DIGITS: Final = 5
"""Significant digits of what is kept."""
MAPS: Final = files("sim.questions.atlas")


@dataclass(frozen=True)
class Axis:
    """One of the two unknowns.

    Attributes
    ----------
    path : field of the scenario, or parameter of a strategy.
    name, unit : as a reader calls it; '' for a number without unit.
    values : along the map, evenly by the distribution that the experiment gives it. [unit]
    is_log : whether it is drawn on a logarithmic scale.
    """

    path: str
    name: str
    unit: str
    values: tuple[float, ...]
    is_log: bool = False

    def place(self, value: float) -> float:
        """Return where a value lies on the map, 0 to 1; the nearer end for one outside."""
        return float(np.interp(value, self.values, np.linspace(0.0, 1.0, len(self.values))))

    @property
    def factor(self) -> float:
        """What a value is multiplied by for a reader: cents are shown as money."""
        return 0.01 if self.unit.startswith("cents") else 1.0

    def unit_words(self, currency: str) -> str:
        """Return the unit for a reader; '' where there is none."""
        return "" if self.unit in {"", "-"} else self.unit.replace("cents", currency)

    def holds(self, value: float) -> bool:
        """Whether a value lies on the map."""
        return self.values[0] <= value <= self.values[-1]


@dataclass(frozen=True)
class Turn:
    """Where it turns along an axis, from where somebody stands.

    Attributes
    ----------
    value : of the axis. [unit of the axis]
    low, high : 95 % interval; the end of the map where the interval reaches beyond it.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Map:
    """Where on two axes the first strategy is better than the second.

    Attributes
    ----------
    name : of the map; that of the principle in the atlas.
    between : the strategies A and B.
    kpi, currency : what decides, and its money.
    axes : the first one runs to the right.
    mean, deviation : A − B in the better direction, other luck included; shape (second axis, first axis).
    runs : what found the line: x, y, difference (A − B), deviation (of it, over the replications).
    outlets, days, replications : of the market that was run.
    made : how it was found: version, fingerprint and the like.
    extra : other findings for the page: screening, confirmed points, why.
    """

    name: str
    question: str
    between: tuple[str, str]
    kpi: str
    currency: str
    axes: tuple[Axis, Axis]
    mean: Floats
    deviation: Floats
    runs: tuple[tuple[float, float, float, float], ...]
    outlets: int
    days: int
    replications: int
    made: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Share of the plane in which A is better, by the distributions of the axes."""
        return float((self.mean > 0).mean())

    @property
    def clear(self) -> tuple[float, float]:
        """Shares of the plane in which A is clearly better, and in which B is (95 %)."""
        reach = NORMAL * self.deviation
        return float((self.mean > reach).mean()), float((self.mean < -reach).mean())

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the difference at two values, and its standard deviation."""
        return self._read(self.mean, x, y), self._read(self.deviation, x, y)

    def turns(self, x: float, y: float) -> tuple[Turn | None, Turn | None]:
        """Return where it turns along each axis while the other stays: the nearest place; None where it does not."""
        first = _nearest_turn(self.axes[0], x, *(self._across(part, y) for part in (self.mean, self.deviation)))
        second = _nearest_turn(self.axes[1], y, *(self._up(part, x) for part in (self.mean, self.deviation)))
        return first, second

    def crossings(self, along: int, other: float) -> list[float]:
        """Return the values of an axis at which it turns, ascending, while the other one stays.

        Parameters
        ----------
        along : number of the axis.
        other : value of the other axis.
        """
        axis = self.axes[along]
        mean = self._up(self.mean, other) if along else self._across(self.mean, other)
        unit = np.linspace(0.0, 1.0, len(axis.values))
        return [float(np.interp(place, unit, axis.values)) for place in _zeros(mean)]

    def information(self) -> tuple[float, float, float]:
        """Return what it would be worth to know the first axis, the second, and both, before the choice.

        The expected value of perfect information over the distributions that the experiment gives the axes: how much
        better the choice made after looking is on the mean than the one made now.
        """
        now = max(float(_even(_even(self.mean))), 0.0)
        first = float(_even(np.maximum(_even(self.mean), 0.0)))
        second = float(_even(np.maximum(_even(self.mean.T), 0.0)))
        return first - now, second - now, float(_even(_even(np.maximum(self.mean, 0.0)))) - now

    def boundary(self) -> Boundary:
        """Return the map as the boundary that pictures are drawn from, money in the currency."""
        (x, y), n = self.axes, len(self.axes[0].values)
        grid = np.meshgrid(np.multiply(x.values, x.factor), np.multiply(y.values, y.factor))
        plane = pd.DataFrame({x.path: grid[0].ravel(), y.path: grid[1].ravel()})
        mean, deviation = self.mean.ravel(), self.deviation.ravel()
        runs = pd.DataFrame([(r[0] * x.factor, r[1] * y.factor, r[2]) for r in self.runs])
        runs.columns = pd.Index([x.path, y.path, "difference"])
        assert n * n == len(plane)
        return Boundary(
            x=x.path,
            y=y.path,
            plane=plane.assign(mean=mean, deviation=deviation),
            runs=runs,
            unsure=chances(mean, deviation)[1],
            settled=True,
        )

    def to_json(self) -> str:
        """Return the map as text."""
        plain = asdict(self) | {"mean": _lines(self.mean), "deviation": _lines(self.deviation)}
        plain["axes"] = [asdict(axis) | {"values": _short(axis.values)} for axis in self.axes]
        plain["runs"] = [_short(row) for row in self.runs]
        return json.dumps(plain, ensure_ascii=False, allow_nan=True) + "\n"

    def _across(self, part: Floats, y: float) -> Floats:
        """Return a row of the plane at a value of the second axis."""
        place = self.axes[1].place(y) * (len(part) - 1)
        return np.array([np.interp(place, np.arange(len(part)), column) for column in part.T])

    def _up(self, part: Floats, x: float) -> Floats:
        """Return a column of the plane at a value of the first axis."""
        place = self.axes[0].place(x) * (part.shape[1] - 1)
        return np.array([np.interp(place, np.arange(part.shape[1]), row) for row in part])

    def _read(self, part: Floats, x: float, y: float) -> float:
        row = self._across(part, y)
        return float(np.interp(self.axes[0].place(x) * (len(row) - 1), np.arange(len(row)), row))


def _even(values: Any) -> Floats:
    """Return the mean along the first axis by the trapezoid rule: the ends of the map stand for half as much."""
    weights = np.ones(len(values))
    weights[[0, -1]] = 0.5
    found: Floats = np.tensordot(weights / weights.sum(), np.asarray(values, dtype=np.float64), axes=1)
    return found


def _nearest_turn(axis: Axis, here: float, mean: Floats, deviation: Floats) -> Turn | None:
    places = _zeros(mean)
    if not len(places):
        return None
    unit = np.linspace(0.0, 1.0, len(mean))
    mine = axis.place(here)
    turn = float(places[np.argmin(np.abs(places - mine))])
    ends = np.concatenate([_zeros(mean + NORMAL * deviation), _zeros(mean - NORMAL * deviation)])
    low = max((float(p) for p in ends if p <= turn), default=0.0)
    high = min((float(p) for p in ends if p >= turn), default=1.0)
    value, low, high = (float(np.interp(p, unit, axis.values)) for p in (turn, low, high))
    return Turn(value, low, high)


def _zeros(values: Floats) -> Floats:
    """Return where values along 0 to 1 change their sign."""
    unit = np.linspace(0.0, 1.0, len(values))[None]
    return crossings(unit, unit, values[None])[:, 0]


def map_of(study: Study, name: str = "") -> Map:
    """Return the answer of a boundary study as a map.

    Parameters
    ----------
    name : of the map; that of the experiment when empty.
    """
    from sim.questions.plausibility.known import n_outlets

    e, found = study.experiment, study.answer.found["boundary"]
    columns = {c: found.plane[c].to_numpy(dtype=np.float64).reshape(STEPS, STEPS)[::KEPT, ::KEPT] for c in found.plane}
    names, ranges = names_of(e.paths), {**e.spec.levers, **e.spec.uncertainties}
    lines = (columns[found.x][0], columns[found.y][:, 0])
    axes = [
        Axis(
            path=path,
            name=names[path],
            unit=e.targets[path].place.unit or "",
            values=tuple(map(float, line)),
            is_log=ranges[path].distribution == "loguniform",
        )
        for path, line in zip((found.x, found.y), lines, strict=True)
    ]
    rows = study.answer.tables["runs"][[found.x, found.y, "difference", "deviation"]]
    return Map(
        name=name or e.spec.name,
        question=e.spec.question or e.spec.name,
        between=study.answer.found["between"],
        kpi=e.spec.outcomes[0],
        currency=e.base.currency,
        axes=(axes[0], axes[1]),
        mean=columns["mean"],
        deviation=columns["deviation"],
        runs=tuple(tuple(map(float, row)) for row in rows.to_numpy()),  # type: ignore[misc]
        outlets=n_outlets(e.base),
        days=e.base.calendar.duration_days,
        replications=e.spec.replications,
    )


def read_map(text: str) -> Map:
    """Return the map that `to_json` wrote."""
    plain = json.loads(text)
    axes = [Axis(**axis | {"values": tuple(axis["values"])}) for axis in plain["axes"]]
    arrays = {part: np.array(plain[part], dtype=np.float64) for part in ("mean", "deviation")}
    runs = tuple(tuple(row) for row in plain["runs"])
    return Map(**plain | arrays | {"axes": tuple(axes), "runs": runs, "between": tuple(plain["between"])})


def shipped() -> dict[str, Map]:
    """Return the maps of the atlas by principle."""
    found = [read_map(file.read_text(encoding="utf-8")) for file in MAPS.iterdir() if file.name.endswith(".json")]
    return {m.name: m for m in sorted(found, key=lambda m: int(m.made.get("number", 0)))}


def shipped_map(principle: str) -> Map:
    """Return one map of the atlas.

    Raises
    ------
    InputError
        When there is none of this name.
    """
    maps = shipped()
    if principle not in maps:
        allowed = f"must be a principle of the atlas: {', '.join(maps) or 'none is there yet'}"
        raise InputError([Problem("--principle", 0, "name", principle, allowed, nearest_name(principle, list(maps)))])
    return maps[principle]


def write_map(found: Map, folder: Path) -> Path:
    """Write a map into a folder, and return the file."""
    file = folder / f"{found.name}.json"
    file.write_text(found.to_json(), encoding="utf-8")
    return file


def _lines(values: Floats) -> list[list[float]]:
    return [_short(row) for row in values]


def _short(values: Sequence[float] | Floats) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]
