"""The points of an experiment: values of its dimensions, where their paths lead, and the scenario with values there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.document import Entry, Mark, entry_of
from sim.scenario.fields import ROOT, Place, choices, kind_words, place_at, problems_of
from sim.scenario.schema import Scenario
from sim.strategies.plan import parts_of
from sim.strategies.registry import kind_of

if TYPE_CHECKING:
    # the schema asks which studies there are, and these ask here
    from sim.questions.sweeps.schema import ExperimentSpec, RangeSpec

Point = dict[str, Any]
"""Path → value."""
DIGITS: Final = 6
"""Significant digits of a drawn value: short in tables, and the same whatever the last bit of a library's result is."""
STRATEGIES: Final = "strategies"
OTHERS_OWN: Final = {
    "strategies": "parameters of strategies are levers (or constants)",
    "strategy": "the experiment says which strategies run",
    "futures": "an uncertainty says what differs",
    "comparison": "the experiment says what is measured",
    "name": "the experiment has a name of its own",
    "description": "the experiment has a question of its own",
    "seed": "the experiment has a seed of its own",
    "replications": "the experiment has replications of its own",
}
"""Sections that an experiment cannot vary, and why."""


def points_of(spec: ExperimentSpec, seed: int, whole: frozenset[str]) -> list[Point]:
    """Return the points in their order; levers first in each.

    Parameters
    ----------
    seed : of the draws; the design has luck of its own.
    whole : paths whose fields are whole numbers.
    """
    every = {**spec.levers, **spec.uncertainties}
    if spec.design == "grid":
        return _combinations(every, whole)
    if not spec.cross_levers:
        return _drawn(spec, every, seed, whole)
    settings = _combinations(spec.levers, whole)
    return [{**own, **world} for world in _drawn(spec, spec.uncertainties, seed, whole) for own in settings]


def _combinations(ranges: Mapping[str, RangeSpec], whole: frozenset[str]) -> list[Point]:
    values = [levels(spec, path in whole) for path, spec in ranges.items()]
    return [dict(zip(ranges, chosen, strict=True)) for chosen in product(*values)]


def _drawn(spec: ExperimentSpec, ranges: Mapping[str, RangeSpec], seed: int, whole: frozenset[str]) -> list[Point]:
    unit = unit_points(spec.design, len(ranges), spec.samples or 1, seed)
    columns = [quantiles(own, unit[:, k], path in whole) for k, (path, own) in enumerate(ranges.items())]
    return [dict(zip(ranges, values, strict=True)) for values in zip(*columns, strict=True)]


def unit_points(design: str, n_dimensions: int, samples: int, seed: int) -> NDArray[np.float64]:
    """Return points of the unit cube, shape (samples, n_dimensions)."""
    from scipy.stats import qmc

    sampler = qmc.Sobol if design == "sobol" else qmc.LatinHypercube
    return np.asarray(sampler(n_dimensions, rng=seed).random(samples), dtype=np.float64)


def n_points(spec: ExperimentSpec) -> int:
    """Return how many points there will be, without making them."""

    def combinations(ranges: Sequence[RangeSpec]) -> int:
        return int(np.prod([len(r.list or ()) or (r.grid.n if r.grid else 1) for r in ranges], dtype=object))

    if spec.design == "grid":
        return combinations([*spec.levers.values(), *spec.uncertainties.values()])
    return (spec.samples or 1) * (combinations(list(spec.levers.values())) if spec.cross_levers else 1)


def levels(spec: RangeSpec, whole: bool) -> list[Any]:
    """Return the listed values of a dimension.

    Parameters
    ----------
    whole : whether the field is a whole number.
    """
    if spec.list is not None:
        return list(spec.list)
    assert spec.grid is not None
    return [plain(v, whole) for v in np.linspace(spec.grid.low, spec.grid.high, spec.grid.n)]


def quantiles(spec: RangeSpec, unit: NDArray[np.float64], whole: bool) -> list[Any]:
    """Return the values at places in [0, 1]; listed values are equally likely.

    Whole numbers between two bounds of a uniform distribution are equally likely, both bounds included; from any other
    distribution the nearest whole number is taken.
    """
    if spec.is_listed:
        listed = levels(spec, whole)
        return [listed[min(int(u * len(listed)), len(listed) - 1)] for u in unit]
    if whole and spec.distribution == "uniform" and spec.low is not None and spec.high is not None:
        first, n = math.ceil(spec.low), math.floor(spec.high) - math.ceil(spec.low) + 1
        return [first + min(int(u * n), n - 1) for u in unit]
    drawn = _quantiles(spec, unit)
    return [int(round(v)) for v in drawn] if whole else [plain(v, whole) for v in drawn]


def _quantiles(spec: RangeSpec, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    if spec.distribution == "normal":
        return _normal(spec, unit)
    assert spec.low is not None
    assert spec.high is not None
    span = spec.high - spec.low
    if spec.distribution == "loguniform":
        return np.asarray(spec.low * np.exp(unit * math.log(spec.high / spec.low)))
    if spec.distribution == "triangular":
        assert spec.mode is not None
        turn = (spec.mode - spec.low) / span
        left = spec.low + span * np.sqrt(unit * turn)
        return np.where(unit < turn, left, spec.high - span * np.sqrt((1.0 - unit) * (1.0 - turn)))
    return spec.low + unit * span


def _normal(spec: RangeSpec, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import ndtr, ndtri

    assert spec.mean is not None
    assert spec.sd is not None
    below = 0.0 if spec.low is None else float(ndtr((spec.low - spec.mean) / spec.sd))
    above = 1.0 if spec.high is None else float(ndtr((spec.high - spec.mean) / spec.sd))
    return np.asarray(spec.mean + spec.sd * ndtri(below + unit * (above - below)), dtype=np.float64)


def plain(value: float, whole: bool) -> Any:
    """Return a drawn number as Python's own, rounded; whole where the field is and the number allows it."""
    number = float(f"{value:.{DIGITS}g}")
    return int(number) if whole and number.is_integer() else number


@dataclass(frozen=True)
class Target:
    """Where a path leads.

    Attributes
    ----------
    path : as the user wrote it.
    parts : steps from the root of the scenario.
    place : what the schema says there.
    strategy : whose parameter it is; '' for a field of the world.
    """

    path: str
    parts: tuple[str, ...]
    place: Place
    strategy: str = ""

    @property
    def whole(self) -> bool:
        """Whether a whole number stands there."""
        return self.place.kind is int


def world_target(path: str, mark: Mark, *, single: bool = True) -> Target:
    """Return where a path of the scenario's schema leads.

    Parameters
    ----------
    single : whether it must be one value and no list or section.

    Raises
    ------
    InputError
        When the schema has no such field, or an experiment cannot vary it.
    """
    parts = tuple(path.split("."))
    if parts[0] in OTHERS_OWN:
        raise _wrong(mark, path, parts[0], f"cannot vary: {OTHERS_OWN[parts[0]]}")
    place = _place(path, parts, ROOT, mark, "a scenario")
    if single:
        _refuse_many(path, place, mark)
    return Target(path, parts, place)


def lever_target(path: str, scenario: Scenario, mark: Mark) -> Target:
    """Return where a path of a strategy's parameter leads: strategies.NAME.NUMBER.KIND.PARAMETER.

    Raises
    ------
    InputError
        When the scenario has no such strategy or part, or the part has no such parameter.
    """
    names = list(scenario.strategies)
    if not path.startswith(f"{STRATEGIES}."):
        allowed = (
            "must be strategies.NAME.NUMBER.KIND.PARAMETER; a field of the scenario is an uncertainty or a constant"
        )
        raise _wrong(mark, path, path.split(".")[0], allowed)
    rest = path.removeprefix(f"{STRATEGIES}.")
    name = next((n for n in sorted(names, key=len, reverse=True) if rest.startswith(f"{n}.")), None)
    if name is None:
        written = rest.split(".")[0]
        allowed = f"must be a strategy of the scenario; there: {', '.join(names) or 'none'}"
        raise _wrong(mark, path, written, allowed, nearest_name(written, names))
    number, kind, *parameter = [*rest.removeprefix(f"{name}.").split("."), "", ""]
    parameter = [part for part in parameter if part]
    own = _part(path, scenario, name, number, mark)
    if kind not in {own, Path(own).stem}:
        near = nearest_name(kind, [own])
        raise _wrong(mark, path, kind or "no kind", f"part {number} of {name} is of the kind {own}", near)
    place = _place(path, tuple(parameter), Place(kind_of(own), None, {}), mark, own)
    _refuse_many(path, place, mark)
    return Target(path, (STRATEGIES, name, number, own, *parameter), place, name)


def _part(path: str, scenario: Scenario, name: str, number: str, mark: Mark) -> str:
    """Return the kind of a part of a strategy."""
    block = scenario.strategies[name]
    if not (number.isascii() and number.isdigit() and int(number) < len(block)):
        allowed = f"strategy {name} has {len(block)} parts; name one by its position, from 0"
        raise _wrong(mark, path, number or "no number", allowed)
    return str(next(iter(block[int(number)])))


def _place(path: str, parts: tuple[str, ...], start: Place, mark: Mark, where: str) -> Place:
    """Return what the schema says at the end of the steps."""
    here, done = start, ""
    for part in parts:
        step = place_at((part,), here)
        if step is None:
            names = list(here.model.model_fields) if here.model is not None else []
            nearest = nearest_name(part, names)
            known = "" if nearest or not names else f"; known here: {', '.join(names)}"
            raise _wrong(mark, path, part, f"is not a field of {done or where}{known}", nearest)
        here, done = step, f"{done}.{part}".strip(".")
    return here


def _refuse_many(path: str, place: Place, mark: Mark) -> None:
    """Refuse a section, a list or a mapping where one value must stand."""
    if place.model is None and (isinstance(place.kind, type) or choices(place)):
        return
    names = list(place.model.model_fields) if place.model is not None else []
    of = f": {', '.join(names[:8])}{', …' if len(names) > 8 else ''}" if names else ""
    raise _wrong(mark, path, path.split(".")[-1], f"must name one value, and this is {kind_words(place)}{of}")


def put(tree: Any, parts: Sequence[str], value: Any) -> Any:
    """Return plain values with another one at a path; what is not on the way is shared with the old.

    Raises
    ------
    LookupError
        When a list on the way has no such item.
    """
    if not parts:
        return value
    part, *rest = parts
    if isinstance(tree, tuple | list):
        if not (part.isascii() and part.isdigit() and int(part) < len(tree)):
            raise LookupError(f"{part} of a list of {len(tree)} items")
        i = int(part)
        return (*tree[:i], put(tree[i], rest, value), *tree[i + 1 :])
    own = dict(tree) if isinstance(tree, Mapping) else {}
    own[part] = put(own.get(part), rest, value)
    return own


def with_values(
    scenario: Scenario, values: Mapping[str, Any], targets: Mapping[str, Target], marks: Mapping[str, Mark]
) -> Scenario:
    """Return a scenario with other values at some paths, checked as if it had been written so.

    Parameters
    ----------
    values : path → value.
    marks : path → where the experiment states it, for errors.

    Raises
    ------
    InputError
        With every problem, at the lines of the experiment.
    """
    # Only sections that change are checked again: the others are passed on as they are.
    changing = {targets[path].parts[0] for path in values}
    tree: Any = {name: getattr(scenario, name) for name in Scenario.model_fields}
    tree |= scenario.model_dump(include=changing)
    for path, value in values.items():
        try:
            tree = put(tree, targets[path].parts, value)
        except LookupError as error:
            raise _wrong(marks[path], path, str(value), f"there is no item {error}") from None
    try:
        changed = Scenario.model_validate(tree, strict=True)
    except ValidationError as error:
        raise InputError(problems_of(error, _marked(tree, values, targets, marks))) from None
    problems = [
        problem
        for name in dict.fromkeys(targets[path].strategy for path in values)
        if name
        for problem in parts_of(name, _marked(tree, values, targets, marks).value[STRATEGIES].value[name])[1]
    ]
    if problems:
        raise InputError(problems)
    return changed


def _marked(tree: Any, values: Mapping[str, Any], targets: Mapping[str, Target], marks: Mapping[str, Mark]) -> Entry:
    """Return the values with marks: each changed one that of its path, all others that of the first path."""
    entry = entry_of(tree, marks[next(iter(values))])
    for path in values:
        here = entry
        for part in targets[path].parts:
            here = here.value[int(part)] if isinstance(here.value, list) else here.value[part]
        here.mark = marks[path]
    return entry


def _wrong(mark: Mark, path: str, value: str, allowed: str, nearest: str = "") -> InputError:
    return InputError([Problem(mark.file, mark.line, path, f"'{value}'", allowed, nearest)])
