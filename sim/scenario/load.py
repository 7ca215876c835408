"""Reading a scenario: from the user's file to a frozen `Scenario`, or to every problem in it at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.compose import Composition, apply_sets, compose_file, copy_of, merge
from sim.scenario.document import Entry
from sim.scenario.references import reference_problems
from sim.scenario.schema import Scenario
from sim.scenario.wording import problems_of

# Rules over several fields may hold only when several overrides are applied together.
_RULES_OF_A_WHOLE = frozenset({"value_error", "missing"})


def load_scenario(path: str | os.PathLike[str], sets: Sequence[str] = ()) -> Scenario:
    """Read, compose and check a scenario file, but not what its strategies mean (`sim.loading` does).

    Parameters
    ----------
    path, sets : see `read_scenario`.

    Raises
    ------
    InputError
        With every problem found.
    """
    scenario, _, problems = read_scenario(path, sets)
    if problems or scenario is None:
        raise InputError(dict.fromkeys(problems))
    return scenario


def read_scenario(
    path: str | os.PathLike[str], sets: Sequence[str] = ()
) -> tuple[Scenario | None, Entry, list[Problem]]:
    """Read and compose a scenario file, and check it against the schema.

    Parameters
    ----------
    path : the YAML file. It may name a `base` file, `overrides` and which of them `apply`.
    sets : `path=value` pairs, applied last; values are YAML: `team.visit.speed_km_per_hour=30`,
        `products.list.0.appeal=0.2`.

    Returns
    -------
    scenario : the frozen scenario, None when it has problems. A census path is relative to the file that states it (for
        `sets`, to the working folder) and is absolute in the result; so is a strategy's Python file.
    tree : the composed fields with their marks.
    problems : every problem found: file, line, dotted path, value, what is allowed, the nearest valid name.
    """
    composition = compose_file(os.fspath(path))
    apply_sets(composition, [sets] if isinstance(sets, str) else sets)
    problems = list(composition.problems)
    problems += _place_census(composition.tree)
    _place_strategy_files(composition.tree)
    scenario, found = _validated(composition.tree)
    problems += found
    problems += _unapplied_problems(composition)
    problems += _future_problems(composition.tree)
    if scenario is not None:
        problems += reference_problems(scenario, composition.tree)
    return scenario, composition.tree, problems


def _validated(tree: Entry, skip: frozenset[str] = frozenset()) -> tuple[Scenario | None, list[Problem]]:
    try:
        # Strict: a quoted "12" is a mistake to be shown, not a number to be guessed.
        return Scenario.model_validate(tree.plain(), strict=True), []
    except ValidationError as error:
        return None, problems_of(error, tree, skip)


def _unapplied_problems(composition: Composition) -> list[Problem]:
    """Check the fields of override blocks that are not applied now, so that they work when they are."""
    found: list[Problem] = []
    for name, block in composition.blocks.items():
        if name not in composition.names:
            tree = copy_of(composition.tree)
            merge(tree, block)
            found += _validated(tree, _RULES_OF_A_WHOLE)[1]
    return found


def _future_problems(tree: Entry) -> list[Problem]:
    """Check every future merged into the scenario; a future can't have strategies or futures of its own."""
    futures = tree.value.get("futures")
    if futures is None or not isinstance(futures.value, dict):
        return []
    found: list[Problem] = []
    for name, block in futures.value.items():
        if not isinstance(block.value, dict):
            continue
        for key in {"strategies", "futures", "comparison", "strategy"} & block.value.keys():
            mark = block.value[key].mark
            found.append(Problem(mark.file, mark.line, f"futures.{name}.{key}", key, "can't differ between futures"))
        world = copy_of(tree)
        merge(world, block)
        found += _validated(world)[1]
    return found


def _place_strategy_files(tree: Entry) -> None:
    """Make the paths of users' strategy files absolute, from the folder of the file that names them."""
    strategies = tree.value.get("strategies")
    blocks = strategies.value.values() if strategies is not None and isinstance(strategies.value, dict) else ()
    for part in (part for block in blocks if isinstance(block.value, list) for part in block.value):
        if isinstance(part.value, dict):
            part.value = {_absolute(kind, entry): entry for kind, entry in part.value.items()}


def _absolute(kind: str, entry: Entry) -> str:
    if not kind.endswith(".py"):
        return kind
    folder = os.path.dirname(entry.mark.file) if entry.mark.line else ""
    return os.path.abspath(os.path.join(folder, kind))


def _place_census(tree: Entry) -> list[Problem]:
    """Make the census path absolute, from the folder of the file that states it, and see that it is there."""
    entry = _census_path(tree)
    if entry is None:
        return []
    mark = entry.mark
    folder = os.path.dirname(mark.file) if mark.line else ""
    written = str(entry.value)
    place = Path(os.path.abspath(os.path.join(folder, written)))
    if "\0" in written or not place.is_file():
        near = _near_file(place)
        allowed = "must be an existing file, relative to the scenario that states it"
        return [Problem(mark.file, mark.line, "outlets.census.path", written, allowed, near)]
    entry.value = str(place)
    return []


def _near_file(place: Path) -> str:
    if "\0" in str(place) or not place.parent.is_dir():
        return ""
    return nearest_name(place.name, [child.name for child in sorted(place.parent.iterdir()) if child.is_file()])


def _census_path(tree: Entry) -> Entry | None:
    here: Entry | None = tree
    for part in ("outlets", "census", "path"):
        if here is None or not isinstance(here.value, dict):
            return None
        here = here.value.get(part)
    return here if here is not None and isinstance(here.value, str) else None
