"""Why a strategy gains: the same luck again, with one mechanism at a time held where the baseline has it.

Two markets of one replication run side by side: the baseline, and the strategy. Every midnight the state of one
mechanism is copied from the baseline's market into the strategy's, so that the strategy acts, but not through that
mechanism. What is then missing of the gain is the mechanism's part (a controlled effect). The parts need not add up to
the whole, because mechanisms work through one another; the rest is shown as interaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from sim.engine import Session, burn_in
from sim.experiment.pool import Work, workers_for
from sim.ledger.recorder import PANELS
from sim.ledger.result import RunResult, join_replications
from sim.ledger.tables import STATIC
from sim.metrics.interval import summarise
from sim.metrics.table import kpi_values
from sim.scenario.schema import Scenario

MECHANISMS: Final[dict[str, tuple[str, ...]]] = {
    "learning": ("selling", "service", "coaching", "farmer", "visits_made", "taught"),
    "listing": ("is_listed", "slow_weeks"),
    "relation": ("relation", "personal_tie", "distributor_relation"),
    "shelf": ("shelf_gain", "display_on"),
    "advertising": ("goodwill",),
    "price": ("price_cut", "promotion_utility", "lever_price_cut", "distributor_markdown", "price_disorder"),
    "retaliation": (
        "rival_calls_per_day", "rival_price_cut", "advertising_multiplier", "promotion_boost", "share_seen",
        "answer_instrument", "answer_until",
    ),
    "shop ordering": ("sales_rate",),
}  # fmt: skip
"""Columns that carry a mechanism's state from one day to the next."""

TRAVEL: Final = "travel"
"""Routes can't be copied: a call of the strategy's advisors is given as much driving as one of the baseline's."""

STOCK_OUTS: Final = "stock-outs"
"""Goods can't be copied without breaking the ledger; instead both markets run with shelves that never run empty."""

NOTHING: Final = ""


@dataclass(frozen=True)
class WhyJob:
    """One replication of one strategy with one mechanism frozen (`NOTHING`: none of them)."""

    scenario: Scenario
    seed: int
    replication: int
    baseline: str
    strategy: str
    kpi: str
    frozen: str


def frozen_gain(job: WhyJob) -> float:
    """Return the strategy's gain on the KPI while one mechanism stands where the baseline has it."""
    world = job.scenario
    if job.frozen == STOCK_OUTS:
        off = world.mechanisms.model_copy(update={"stock_outs": False})
        world = world.model_copy(update={"mechanisms": off})
    start = burn_in(world, seed=job.seed, replication=job.replication)
    base = Session.restore(world, start, strategy=job.baseline)
    other = Session.restore(world, start, strategy=job.strategy)
    while not base.finished:
        base.step()
        other.step()
        if job.frozen == TRAVEL:
            _equalise_driving(base, other)
        elif job.frozen in MECHANISMS:
            for name in MECHANISMS[job.frozen]:
                other.world.columns[name][...] = base.world.columns[name]
            other.world.weight_is_stale[:] = True
    return _value(other, job.kpi) - _value(base, job.kpi)


def _equalise_driving(base: Session, other: Session) -> None:
    """Make the strategy's kilometres so fast or slow that a call costs the baseline's minutes of driving."""
    minutes, _, calls = _driven(base)
    _, kilometres, other_calls = _driven(other)
    if calls > 0.0 and other_calls > 0.0 and kilometres > 0.0:
        other.world.minutes_per_km[...] = (minutes / calls) / (kilometres / other_calls)


def _driven(session: Session) -> tuple[float, float, float]:
    """Return driving minutes, kilometres and calls of our advisors in the last four weeks."""
    fields = PANELS["advisor"][1]
    panel = session.recorder.panels["advisor"][max(0, session.day - 28) : session.day]
    sums = panel.sum(axis=(0, 1))
    return tuple(float(sums[fields.index(name)]) for name in ("driving_minutes", "km", "calls"))  # type: ignore[return-value]


def _value(session: Session, kpi: str) -> float:
    result = RunResult(session.scenario, session.seed, join_replications([session.observe()], STATIC))
    return float(kpi_values(result, [kpi])["value"].iloc[0])


def explain_gain(
    scenario: Scenario,
    strategy: str,
    *,
    baseline: str,
    kpi: str,
    replications: int = 8,
    mechanisms: Sequence[str] | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Split a strategy's gain into the parts that go through each mechanism.

    Parameters
    ----------
    strategy, baseline : names of strategies of the scenario.
    kpi : the KPI whose gain is split.
    replications : pairs of runs for each mechanism.
    mechanisms : `TRAVEL`, those of `MECHANISMS`, `STOCK_OUTS`; all when absent.

    Returns
    -------
    Columns part, mean, low, high, n_replications: the rows `total`, one for each mechanism (total − gain with it
    frozen), and `interaction` (total − sum of the parts). Intervals are 95 % Student t over replications.
    """
    wanted = [TRAVEL, *MECHANISMS, STOCK_OUTS] if mechanisms is None else list(mechanisms)
    root = scenario.seed if seed is None else seed
    jobs = [
        WhyJob(scenario, root, replication, baseline, strategy, kpi, frozen)
        for replication in range(replications) for frozen in (NOTHING, *wanted)
    ]  # fmt: skip
    gains = np.full(len(jobs), np.nan)
    with workers_for(workers) as work:
        _gather(work, jobs, gains, progress)
    by_run = gains.reshape(replications, 1 + len(wanted))
    total = by_run[:, 0]
    parts = total[:, None] - by_run[:, 1:]
    table = {"total": total, **dict(zip(wanted, parts.T, strict=True)), "interaction": total - parts.sum(axis=1)}
    long = pd.DataFrame([(name, float(v)) for name, values in table.items() for v in values], columns=["part", "value"])
    return summarise(long, ["part"])


def _gather(
    work: Work[WhyJob, float],
    jobs: Sequence[WhyJob],
    gains: np.ndarray[tuple[int], np.dtype[np.float64]],
    progress: Callable[[int, int], None] | None,
) -> None:
    for done, (number, gain) in enumerate(work(frozen_gain, jobs), start=1):
        gains[number] = gain
        if progress is not None:
            progress(done, len(jobs))
