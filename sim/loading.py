"""Loading a scenario with everything in it that needs more than the schema: strategies, futures, KPIs to compare.

`sim.scenario.load` knows the schema alone; strategies and KPIs live in layers above it, and their problems are reported
together with its own, each with its line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from sim.errors import InputError, Problem, nearest_name
from sim.metrics.catalogue import KPIS
from sim.scenario.document import Entry
from sim.scenario.load import read_scenario
from sim.scenario.names import territory_ids
from sim.scenario.schema import Scenario
from sim.strategies.plan import BASELINE, parts_of


def load(path: str | os.PathLike[str], sets: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario file, its strategies included.

    Parameters
    ----------
    path : the YAML file. It may name a `base` file, `overrides` and which of them `apply`.
    sets : `path=value` pairs, applied last; values are YAML: `team.visit.speed_km_per_hour=30`.

    Returns
    -------
    The frozen scenario. Paths of a census and of a user's strategy file are absolute in it.

    Raises
    ------
    InputError
        With every problem found: file, line, dotted path, value, what is allowed, the nearest valid name.
    """
    scenario, tree, problems = read_scenario(path, sets)
    problems = [*problems, *_strategy_problems(tree, scenario), *_name_problems(tree)]
    if problems or scenario is None:
        raise InputError(dict.fromkeys(problems))
    return scenario


def _strategy_problems(tree: Entry, scenario: Scenario | None) -> Iterator[Problem]:
    territories = None if scenario is None else territory_ids(scenario)
    for name, parts in tree.fields("strategies").items():
        if isinstance(parts.value, list):
            yield from parts_of(name, parts, territories)[1]


def _name_problems(tree: Entry) -> Iterator[Problem]:
    """Check the names of strategies and KPIs that the scenario mentions."""
    strategies = [BASELINE, *tree.fields("strategies")]
    kpis = tree.at("comparison", "kpis")
    for kpi in kpis.value if kpis is not None and isinstance(kpis.value, list) else ():
        yield from _unknown("comparison.kpis", kpi, list(KPIS), "a KPI of the catalogue, see `arsim kpis`")
    for path in (("strategy",), ("comparison", "baseline")):
        what = f"a strategy of the scenario: {', '.join(strategies)}"
        yield from _unknown(".".join(path), tree.at(*path), strategies, what)


def _unknown(field: str, entry: Entry | None, valid: list[str], what: str) -> Iterator[Problem]:
    if entry is not None and isinstance(entry.value, str) and entry.value not in valid:
        yield entry.mark.problem(field, f"'{entry.value}'", f"must be {what}", nearest_name(entry.value, valid))
