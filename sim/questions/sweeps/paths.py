"""Values at dotted paths of a scenario: where a path leads, and the scenario with other values there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.document import Entry, Mark, entry_of
from sim.scenario.fields import ROOT, Place, choices, kind_words, place_at, problems_of
from sim.scenario.schema import Scenario
from sim.strategies.plan import parts_of
from sim.strategies.registry import kind_of

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
