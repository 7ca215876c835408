"""A named strategy of a scenario: its parts, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.document import Entry, Mark, entry_of
from sim.scenario.fields import Place, problems_of
from sim.scenario.names import territory_ids
from sim.scenario.schema import Scenario
from sim.strategies.base import Strategy
from sim.strategies.registry import kind_of

BASELINE = "baseline"


@dataclass(frozen=True)
class StrategyPlan:
    """A strategy as a run follows it.

    Attributes
    ----------
    name : its name in the scenario.
    parts : the principles it is made of, in order; none for the baseline.
    """

    name: str
    parts: tuple[Strategy, ...] = ()

    def part_name(self, number: int) -> str:
        """Return how messages call a part: by its place under `strategies`, since a kind may come twice."""
        return f"{self.name}.{number}.{self.parts[number].kind}"


def plan_of(scenario: Scenario, name: str | None = None) -> StrategyPlan:
    """Return a strategy of the scenario by name; the one that the scenario follows when absent.

    Raises
    ------
    InputError
        When there is no such strategy, or a part of it is wrong.
    """
    wanted = scenario.strategy if name is None else name
    if wanted == BASELINE and BASELINE not in scenario.strategies:
        return StrategyPlan(BASELINE)
    if wanted not in scenario.strategies:
        names = [BASELINE, *scenario.strategies]
        allowed = f"must be a strategy of the scenario; there: {', '.join(names)}"
        raise InputError([Problem(scenario.name, 0, "strategy", f"'{wanted}'", allowed, nearest_name(wanted, names))])
    block = scenario.strategies[wanted]
    parts, problems = parts_of(wanted, entry_of(block, Mark(scenario.name, 0)), territory_ids(scenario))
    if problems:
        raise InputError(problems)
    return StrategyPlan(wanted, parts)


def parts_of(
    name: str, block: Entry, territories: Sequence[str] | None = None
) -> tuple[tuple[Strategy, ...], list[Problem]]:
    """Return the parts of one block under `strategies`, and every problem in them with its line.

    Parameters
    ----------
    territories : those of the scenario, against which `only` is checked; not checked when absent.
    """
    parts: list[Strategy] = []
    problems: list[Problem] = []
    for number, item in enumerate(block.value):
        place = f"strategies.{name}.{number}"
        if not isinstance(item.value, dict) or len(item.value) != 1:
            allowed = "a part is one mapping `kind: {parameters}`"
            problems.append(item.mark.problem(place, "not one kind", allowed))
            continue
        ((kind, parameters),) = item.value.items()
        try:
            strategy = kind_of(kind)
        except InputError as error:
            problems += [_placed(each, parameters.mark, f"{place}.{kind}") for each in error.problems]
            continue
        part, found = _checked(strategy, parameters, f"{place}.{kind}.")
        problems += found
        parts += [part] if part is not None else []
        if part is not None and territories is not None:
            problems += _places(part, parameters, f"{place}.{kind}.only", territories)
    return tuple(parts), problems


def _placed(problem: Problem, mark: Mark, field: str) -> Problem:
    """Give a problem of the registry its line, but leave one of a user's own file where it is."""
    if problem.file.endswith(".py"):
        return problem
    return mark.problem(field, problem.value, problem.allowed, problem.nearest)


def _places(part: Strategy, parameters: Entry, field: str, territories: Sequence[str]) -> list[Problem]:
    """Return a problem for every name in `only` that no territory has."""
    entry = parameters.at("only")
    mark = parameters.mark if entry is None else entry.mark
    return [
        mark.problem(field, f"'{name}'", "must be a territory", nearest_name(name, territories))
        for name in part.only
        if name not in territories
    ]


def _checked(strategy: type[Strategy], parameters: Entry, prefix: str) -> tuple[Strategy | None, list[Problem]]:
    given = Entry({}, parameters.mark) if parameters.value is None else parameters
    try:
        return strategy.model_validate(given.plain(), strict=True), []
    except ValidationError as error:
        return None, problems_of(error, given, start=Place(strategy, None, {}), prefix=prefix)


def described(parts: Sequence[Strategy]) -> Mapping[str, Any]:
    """Return the parts as plain values, for a manifest."""
    return {part.kind: part.model_dump(mode="json") for part in parts}
