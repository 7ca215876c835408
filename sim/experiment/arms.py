"""One replication of a comparison: every strategy from the same burnt-in market, and what each of them left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from sim.engine import Session, burn_in
from sim.ledger.result import RunResult, join_replications
from sim.ledger.tables import STATIC
from sim.metrics.table import kpi_by, kpi_values
from sim.scenario.futures import in_future
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Luck = Literal["common", "independent"]
FAR_APART: Final = 1_000_000
"""Distance between the replication numbers of strategies on independent luck; no comparison has so many."""

TERRITORY_KPIS: Final = ("sell_out_units", "market_share_units")
"""What the map of gains can show besides the KPIs asked for."""


@dataclass(frozen=True)
class Job:
    """One replication in one future, all strategies.

    Attributes
    ----------
    scenario : as stated; the future is applied by the worker.
    strategies : names.
    kpis : KPIs to compute.
    luck : whether the strategies share their luck.
    """

    scenario: Scenario
    future: str
    seed: int
    replication: int
    strategies: tuple[str, ...]
    kpis: tuple[str, ...]
    luck: Luck = "common"


@dataclass(frozen=True)
class Arms:
    """What the strategies of one or more jobs left, as tidy tables.

    Attributes
    ----------
    outcomes : future, strategy, replication, kpi, value.
    territories : future, strategy, replication, territory, kpi, value.
    daily : future, strategy, replication, day, profit_cents, cash_cents, spending_cents, sold_units, advisors.
    decisions : future, strategy, replication, day, part, note, territory, value.
    """

    outcomes: pd.DataFrame
    territories: pd.DataFrame
    daily: pd.DataFrame
    decisions: pd.DataFrame


def run_job(job: Job, progress: Callable[[str], None] | None = None) -> Arms:
    """Run every strategy of a job; `progress` is called with the name of each one that is done."""
    world = in_future(job.scenario, job.future)
    left = []
    for name, session in _sessions(job, world):
        session.step(session.calendar.n_days)
        left.append(_labelled(job, name, _measured(session, job.kpis)))
        if progress is not None:
            progress(name)
    return join(left)


def _sessions(job: Job, world: Scenario) -> Iterator[tuple[str, Session]]:
    """Yield each strategy's market at the end of the burn-in; on common luck the burn-in is simulated once."""
    start = b""
    for number, name in enumerate(job.strategies):
        replication = job.replication + (number * FAR_APART if job.luck == "independent" else 0)
        if not start or job.luck == "independent":
            start = burn_in(world, seed=job.seed, replication=replication)
        yield name, Session.restore(world, start, strategy=name)


def _measured(session: Session, kpis: Sequence[str]) -> Arms:
    tables = session.observe()
    result = RunResult(session.scenario, session.seed, join_replications([tables], STATIC))
    outcomes = kpi_values(result, kpis)[["kpi", "value"]]
    territories = kpi_by(result, dict.fromkeys((*kpis, *TERRITORY_KPIS)))[["territory", "kpi", "mean"]]
    decisions = tables["decisions"]
    return Arms(
        outcomes, territories.rename(columns={"mean": "value"}).dropna(ignore_index=True), _daily(session, tables),
        decisions[decisions["day"] >= 0],
    )  # fmt: skip


def _daily(session: Session, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Our company day by day: profit, cash, spending, goods sold to consumers, advisors at work."""
    from sim.metrics.kpi import Measure
    from sim.metrics.money import SPENDING, closing, profit
    from sim.metrics.view import Reader, views

    result = RunResult(session.scenario, session.seed, join_replications([tables], STATIC))
    (view,) = views(Reader(result), None, None)
    days = pd.RangeIndex(session.calendar.duration_days)

    def by_day(measure: Measure) -> pd.Series[float]:
        return measure(view).groupby("day")["value"].sum().reindex(days, fill_value=0).astype("float64")

    sold = view.own("market").groupby("day")["sell_out_units"].sum().reindex(days, fill_value=0)
    advisors = view.rows("advisor").groupby("day").size().reindex(days, fill_value=0)
    return pd.DataFrame({
        "day": days, "profit_cents": by_day(profit("manufacturer")).to_numpy(),
        "cash_cents": by_day(closing("manufacturer", "cash_cents")).to_numpy(),
        "spending_cents": by_day(SPENDING).to_numpy(), "sold_units": sold.to_numpy(), "advisors": advisors.to_numpy(),
    })  # fmt: skip


def _labelled(job: Job, strategy: str, arms: Arms) -> Arms:
    def label(table: pd.DataFrame) -> pd.DataFrame:
        named = table.reset_index(drop=True)
        named.insert(0, "replication", job.replication)
        named.insert(0, "strategy", strategy)
        named.insert(0, "future", job.future)
        return named

    return Arms(label(arms.outcomes), label(arms.territories), label(arms.daily), label(arms.decisions))


def join(parts: Sequence[Arms]) -> Arms:
    """Stack the tables of several jobs, in the order given."""

    def stacked(name: str) -> pd.DataFrame:
        tables = [getattr(part, name) for part in parts]
        # Empty tables would only widen the types of the others.
        filled = [table for table in tables if not table.empty]
        joined: pd.DataFrame = pd.concat(filled, ignore_index=True) if filled else tables[0]
        return joined

    return Arms(stacked("outcomes"), stacked("territories"), stacked("daily"), stacked("decisions"))
