"""The levers that a sizing study moves, with their values of today; what cannot be moved is named with its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from sim.errors import InputError, Problem
from sim.metrics.catalogue import KPIS
from sim.questions.runner import asked_of
from sim.questions.study_schema import SizingSpec
from sim.questions.sweeps.load import Experiment
from sim.questions.sweeps.ranges import levels
from sim.scenario.schema import Scenario
from sim.statistics.sizing import FEWEST

FIELDS: Final = {"advisors": "people.extra_advisors", "promoters": "people.extra_promoters"}
"""Field of the study → end of the path of its lever."""
VISITS: Final = {f"people.visit_every_days_{c}": f"every_days_{c}" for c in "abc"}
"""End of a lever's path → field of `team.visit` that says what it is today."""
PROFIT: Final = "profit_"
SIZING: Final = ("study", "sizing")


@dataclass(frozen=True)
class Move:
    """A lever and the values that are tried.

    Attributes
    ----------
    role : "advisors", "promoters" or ""; those have a size, the others only a value.
    today : the value that leaves things as they are, one of `values`.
    persons : in the scenario today; 0 without a role. [persons]
    """

    path: str
    values: tuple[Any, ...]
    today: Any
    role: str = ""
    persons: int = 0


def moves_of(experiment: Experiment) -> tuple[Move, ...]:
    """Return the levers with their values, today's among them.

    Raises
    ------
    InputError
        With every problem found: a lever has no value of today among those listed or too few sizes, the first outcome
        is no profit, there is one replication only.
    """
    e, asked = experiment, asked_of(experiment, SizingSpec)
    roles = {getattr(asked, role): role for role in FIELDS if getattr(asked, role) is not None}
    problems = list(_whole_problems(e))
    moves = []
    for path, own in e.spec.levers.items():
        role = roles.get(path, "")
        move = Move(
            path, tuple(levels(own, path in e.whole)), _today(path, asked, e.base), role, persons_of(role, e.base)
        )
        problems += [*_today_problems(e, move, asked), *_role_problems(e, move, asked)]
        moves.append(move)
    if problems:
        raise InputError(problems)
    return tuple(moves)


def points_of(moves: tuple[Move, ...]) -> pd.DataFrame:
    """Return the points: today first, then every other value of every lever with the others as today."""
    today = {m.path: m.today for m in moves}
    rows = [today, *({**today, m.path: v} for m in moves for v in m.values if v != m.today)]
    return pd.DataFrame(rows, index=pd.RangeIndex(len(rows), name="point"))


def persons_of(role: str, scenario: Scenario) -> int:
    """Return how many persons of a role there are today; 0 without a role."""
    if role == "promoters":
        return scenario.ours.budget.promoters
    if role == "advisors":
        return len(scenario.team.list) + (scenario.team.generate.n if scenario.team.generate else 0)
    return 0


def _whole_problems(e: Experiment) -> Iterator[Problem]:
    first = e.spec.outcomes[0]
    if not first.startswith(PROFIT):
        near = next((kpi for kpi in (*e.spec.outcomes, *KPIS) if kpi.startswith(PROFIT)), "")
        yield e.problem(("outcomes", 0), first, "the first one must be a profit", near)
    if e.spec.replications < 2:
        allowed = "must be 2 at least: without luck there is no interval"
        yield e.problem(("replications",), e.spec.replications, allowed)


def _today(path: str, asked: SizingSpec, scenario: Scenario) -> Any:
    """Return a lever's value today: as stated; else nobody more, and visits as the scenario has them; else None."""
    if path in asked.today:
        return asked.today[path]
    end = ".".join(path.split(".")[-2:])
    if end in FIELDS.values():
        return 0
    return getattr(scenario.team.visit, VISITS[end]) if end in VISITS else None


def _today_problems(e: Experiment, move: Move, asked: SizingSpec) -> Iterator[Problem]:
    shown = _shown(move.values)
    if move.today is None:
        yield e.problem(("levers", move.path), shown, "needs its value today, under `study.sizing.today`")
    elif move.today in move.values:
        return
    elif move.path in asked.today:
        allowed = f"must be one of the values that are tried: {shown}"
        yield e.problem((*SIZING, "today", move.path), _shown([move.today]), allowed)
    else:
        yield e.problem(("levers", move.path), shown, f"must hold today's value, {_shown([move.today])}")


def _role_problems(e: Experiment, move: Move, asked: SizingSpec) -> Iterator[Problem]:
    if not move.role:
        return
    if not move.path.endswith(f".{FIELDS[move.role]}"):
        near = next((path for path in e.spec.levers if path.endswith(f".{FIELDS[move.role]}")), "")
        yield e.problem((*SIZING, move.role), move.path, f"must be a lever {FIELDS[move.role]}", near)
        return
    if len(move.values) < FEWEST[asked.curve]:
        allowed = f"must be {FEWEST[asked.curve]} sizes at least for the curve {asked.curve}"
        yield e.problem(("levers", move.path), _shown(move.values), allowed)
    if move.persons + min(move.values) < 0:
        allowed = f"leaves fewer than nobody: there are {move.persons} today"
        yield e.problem(("levers", move.path), min(move.values), allowed)


def _shown(values: Sequence[Any]) -> str:
    return ", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in values)
