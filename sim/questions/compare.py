"""Strategies of a scenario compared on the same luck, until the answer is narrow enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pandas as pd

from sim.errors import InputError, Problem
from sim.metrics.catalogue import find
from sim.metrics.interval import LEVEL
from sim.runs.arms import Arms, join, labelled
from sim.runs.cells import Cell, Cells, Group
from sim.runs.execute import execute
from sim.runs.executors import executor_for
from sim.runs.keep import Measured
from sim.runs.store import Store
from sim.scenario.futures import PRESENT, future_names, in_future
from sim.scenario.schema import Scenario
from sim.statistics.paired import paired_table
from sim.statistics.stopping import MIN_REPLICATIONS, NOMINAL_LEVEL, Stopping
from sim.strategies.plan import BASELINE, plan_of

DEFAULT_REPLICATIONS: Final = 20
CARD_KPIS: Final = (
    "profit_manufacturer",
    "market_share_units",
    "sell_out_units",
    "spending",
    "numeric_distribution",
    "on_shelf_availability",
    "unvisited_customers",
    "calls_per_day",
    "travel_share",
)
"""KPIs that every comparison keeps, because its report shows them."""

FAR_APART: Final = 1_000_000
"""Distance between the luck numbers of strategies on independent luck; no comparison has so many replications."""

Luck = Literal["common", "independent"]
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Comparison:
    """What a comparison measured; what it says is computed by the other modules of this package from these tables.

    Attributes
    ----------
    scenario : as stated.
    baseline, strategies : names; the baseline is one of the strategies, and the first.
    kpis : KPIs asked for; the first one decides.
    arms : tables of every run, all futures.
    replications : of each strategy in each future.
    rule : the sequential rule, None for a fixed number.
    luck : common, or independent to see what common luck is worth.
    """

    scenario: Scenario
    baseline: str
    strategies: tuple[str, ...]
    kpis: tuple[str, ...]
    arms: Arms
    replications: int
    rule: Stopping | None = None
    luck: Luck = "common"
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def futures(self) -> list[str]:
        """Futures that were tried, the stated world first."""
        return list(self.arms.outcomes["future"].unique())

    def outcomes(self, future: str = PRESENT, kpis: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the tidy outcomes of one future (strategy, replication, kpi, value); of the KPIs asked for."""
        table = self.arms.outcomes
        wanted = self.kpis if kpis is None else tuple(kpis)
        return table[(table["future"] == future) & table["kpi"].isin(wanted)].drop(columns="future")


def compare(
    scenario: Scenario,
    strategies: Sequence[str] | None = None,
    *,
    baseline: str | None = None,
    kpis: Sequence[str] | None = None,
    until_halfwidth: float | None = None,
    max_replications: int | None = None,
    futures: Sequence[str] | None = None,
    seed: int | None = None,
    workers: int = 1,
    luck: Luck = "common",
    details: bool = True,
    store: Store | None = None,
    every_kpi: bool = False,
    progress: Report | None = None,
) -> Comparison:
    """Run strategies of a scenario side by side.

    Parameters
    ----------
    scenario : a checked scenario with `strategies`.
    strategies : names; all of the scenario and the baseline when absent.
    baseline, kpis : instead of the scenario's `comparison`.
    until_halfwidth : add replications until the 95 % interval of every paired difference on the KPIs asked for is at
        most this share of the baseline's mean to either side; a fixed number of replications when absent.
    max_replications : most replications, or the fixed number (20 when absent; 200 with `until_halfwidth`).
    futures : names of futures besides the stated world; all of the scenario when absent.
    seed : instead of the scenario's own.
    workers : processes.
    luck : "independent" gives every strategy luck of its own; for tests, since it only adds noise.
    details : without them only the KPIs asked for are measured, much faster in a tiny market: for tests and studies of
        many comparisons, since a report needs the rest.
    store : where finished runs are looked up and kept; what it says is the same without. Not used without details.
    every_kpi : whether the store keeps the whole catalogue of KPIs, for later questions.
    progress : called with (runs done, runs planned so far).

    Raises
    ------
    InputError
        For an unknown strategy, KPI or future, a part that is wrong, or a plan that breaks its budget.
    """
    asked = tuple(scenario.comparison.kpis if kpis is None else kpis)
    find(asked)
    base = scenario.comparison.baseline if baseline is None else baseline
    names = _names(scenario, strategies, base)
    tried = _futures(scenario, futures)
    rule = None
    if until_halfwidth is not None:
        most = max(MIN_REPLICATIONS, 200 if max_replications is None else max_replications)
        rule = Stopping(until_halfwidth, asked, max_replications=most)
    fixed = DEFAULT_REPLICATIONS if max_replications is None else max_replications
    if fixed < 2:
        raise InputError([Problem("compare", 0, "replications", str(fixed), "must be at least 2, to see any spread")])
    cells = Cells(scenario, seed)

    def plan(replications: range) -> list[Group]:
        every = [_group(cells, names, replication, future, luck) for replication in replications for future in tried]
        return every if luck == "common" else [(cell,) for group in every for cell in group]

    kept = tuple(dict.fromkeys((*asked, *CARD_KPIS))) if details else asked
    keep = Measured(kept, every_kpi=every_kpi and store is not None, details=details)
    shelf = store if details else None
    most = rule.max_replications if rule is not None else fixed
    with executor_for(min(workers, most * len(tried))) as executor:

        def ask(groups: Sequence[Group], before: int) -> list[Arms]:
            """Return the labelled tables of every cell in the order of the plan, whichever was done first."""
            planned = [cell for group in groups for cell in group]
            done: dict[tuple[str, str, int], Arms] = {}
            for cell, found in execute(groups, shelf, executor, keep):
                done[_name(cell)] = labelled(found, *_name(cell))
                if progress is not None:
                    progress(before + len(done), before + len(planned))
            return [done[_name(cell)] for cell in planned]

        arms, n = _until_content(plan, ask, base, rule, fixed)
    return Comparison(scenario, base, names, asked, arms, n, rule, luck, {"seed": cells.seed})


def _group(cells: Cells, names: Sequence[str], replication: int, future: str, luck: Luck) -> Group:
    """Return one replication of every strategy in one future."""
    apart = FAR_APART if luck == "independent" else 0
    return [cells.cell(name, replication, future, replication + k * apart) for k, name in enumerate(names)]


def _names(scenario: Scenario, strategies: Sequence[str] | None, baseline: str) -> tuple[str, ...]:
    """Return the strategies to run, the baseline first; every one of them exists and is sound."""
    wanted = list(strategies) if strategies is not None else [BASELINE, *scenario.strategies]
    names = tuple(dict.fromkeys([baseline, *wanted]))
    for name in names:
        plan_of(scenario, name)
    if len(names) < 2:
        allowed = "needs another strategy to compare with; give the scenario some under `strategies`"
        raise InputError([Problem(scenario.name, 0, "strategies", ", ".join(names), allowed)])
    return names


def _futures(scenario: Scenario, futures: Sequence[str] | None) -> list[str]:
    names = future_names(scenario) if futures is None else list(dict.fromkeys([PRESENT, *futures]))
    for name in names:
        in_future(scenario, name)
    return names


def _until_content(
    plan: Callable[[range], list[Group]],
    ask: Callable[[list[Group], int], list[Arms]],
    baseline: str,
    rule: Stopping | None,
    fixed: int,
) -> tuple[Arms, int]:
    """Ask for batch after batch until the rule is content; return all tables and the number of replications."""
    done: list[Arms] = []
    n = 0
    more = fixed if rule is None else rule.min_replications
    while more > 0:
        done += ask(plan(range(n, n + more)), len(done))
        n += more
        more = 0
        if rule is not None:
            table = join(done).outcomes
            present = table[(table["future"] == PRESENT) & table["kpi"].isin(rule.kpis)].drop(columns="future")
            more = rule.next_size(present, baseline)
    return join(done), n


def _name(cell: Cell) -> tuple[str, str, int]:
    return cell.future, cell.strategy, cell.replication


def level_of(comparison: Comparison) -> float:
    """Return what intervals must claim, so that they cover in 95 % of studies: more after optional stopping."""
    return LEVEL if comparison.rule is None else NOMINAL_LEVEL


def verdicts(comparison: Comparison, *, kpis: Sequence[str] | None = None, future: str = PRESENT) -> pd.DataFrame:
    """Return `paired_table` of a comparison: every strategy against the baseline, with Holm's adjustment.

    Paper, pages, files and tests all ask here, so that they can't claim different things.

    All rows are one family: with no difference anywhere, at most one table in twenty claims any.

    Parameters
    ----------
    kpis : the KPIs asked for when absent. Other KPIs make a family of their own.
    future : the stated world when absent.
    """
    wanted = comparison.kpis if kpis is None else tuple(kpis)
    outcomes = comparison.outcomes(future, wanted)
    return paired_table(outcomes, comparison.baseline, level=level_of(comparison), kpis=wanted)
