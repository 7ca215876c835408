"""A market with known answers for tests of studies: a double that stands for a run.

Its outcomes are functions of a few fields of the scenario and of the strategy's parameters, so that a study of it goes
through the same schema, plan, dispatch, tables and answers as a study of the real market.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim.questions.study import Study, question_of, run_study
from sim.questions.sweeps.load import Experiment, load_experiment
from sim.questions.sweeps.sweep import How
from sim.runs.cells import Cell
from sim.runs.keep import Start
from sim.runs.store import Store
from sim.scenario.schema import Scenario
from tests.sweeps import Double, base

Outcome = Callable[[str, Mapping[str, Any], Scenario, int], Mapping[str, float]]
"""Strategy's name, its parameters (kind.parameter of its first part), the world, the replication → KPIs."""


def double(outcome: Outcome) -> type[Double]:
    """Return what is kept of each run in a market whose outcomes are those of a function."""

    class Market(Double):
        def run(self, cell: Cell, start: Start) -> tuple[float, ...]:
            own = cell.scenario.strategies.get(cell.strategy)
            parameters = _parameters(own) if own else {}
            found = outcome(cell.strategy.split(" @")[0], parameters, cell.scenario, cell.replication)
            return tuple(float(found[kpi]) for kpi in self.kpis)

    return Market


def _parameters(block: Any) -> dict[str, Any]:
    part = block[0]
    plain = part.model_dump() if hasattr(part, "model_dump") else dict(part)
    return {f"{kind}.{name}": value for kind, own in plain.items() if own for name, value in own.items()}


def most_runs(experiment: Experiment) -> int:
    """Runs that the study of an experiment needs at most."""
    return question_of(experiment).most_runs(experiment)


def study_of(folder: Path, outcome: Outcome, experiment: Mapping[str, Any], *changes: dict[str, Any]) -> Study:
    """Run the study of an experiment on the double; `changes` are those of its base scenario."""
    with_names = {"name": "double", **experiment}
    return run_study(load_experiment(with_names, base(*changes)), Store(folder), How(keep=double(outcome)))
