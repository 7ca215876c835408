"""Reading a scenario: from the user's file to a frozen `Scenario`, or to every problem in it at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.compose import Composition, apply_sets, compose_file, copy_of, merge
from sim.scenario.document import Entry, Mark
from sim.scenario.fields import problems_of
from sim.scenario.references import reference_problems
from sim.scenario.schema import Scenario

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
    if scenario is not None:
        problems += reference_problems(scenario, composition.tree)
    problems += [problem for problem in _future_problems(composition.tree) if problem not in problems]
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
    found: list[Problem] = []
    for name, block in tree.fields("futures").items():
        if not isinstance(block.value, dict):
            continue
        for key in {"strategies", "futures", "comparison", "strategy"} & block.value.keys():
            found.append(block.value[key].mark.problem(f"futures.{name}.{key}", key, "can't differ between futures"))
        world = copy_of(tree)
        merge(world, block)
        scenario, problems = _validated(world)
        found += problems
        if scenario is not None:
            found += reference_problems(scenario, world)
    return found


def _place_strategy_files(tree: Entry) -> None:
    """Make the paths of users' strategy files absolute, from the folder of the file that names them."""
    blocks = tree.fields("strategies").values()
    for part in (part for block in blocks if isinstance(block.value, list) for part in block.value):
        if isinstance(part.value, dict):
            part.value = {
                _absolute(kind, entry.mark) if kind.endswith(".py") else kind: entry
                for kind, entry in part.value.items()
            }


def _absolute(path: str, mark: Mark) -> str:
    """Return a path as it is meant by the file that states it; from the working folder where none does."""
    return os.path.abspath(os.path.join(os.path.dirname(mark.file) if mark.line else "", path))


def _place_census(tree: Entry) -> list[Problem]:
    """Make the census path absolute, from the folder of the file that states it, and see that it is there."""
    entry = tree.at("outlets", "census", "path")
    if entry is None or not isinstance(entry.value, str):
        return []
    written, place = entry.value, Path(_absolute(entry.value, entry.mark))
    if "\0" in written or not place.is_file():
        near = _near_file(place)
        allowed = "must be an existing file, relative to the scenario that states it"
        return [entry.mark.problem("outlets.census.path", written, allowed, near)]
    entry.value = str(place)
    return []


def _near_file(place: Path) -> str:
    if "\0" in str(place) or not place.parent.is_dir():
        return ""
    return nearest_name(place.name, [child.name for child in sorted(place.parent.iterdir()) if child.is_file()])
