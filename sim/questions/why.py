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
from sim.ledger.result import RunResult, join_replications
from sim.ledger.tables import STATIC
from sim.metrics.interval import summarise
from sim.metrics.table import kpi_values
from sim.runs.pool import workers_for
from sim.scenario.schema import Scenario
from sim.world.columns import BY_NAME

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
    """One replication of one strategy, with each of some mechanisms frozen in turn."""

    scenario: Scenario
    seed: int
    replication: int
    baseline: str
    strategy: str
    kpi: str
    mechanisms: tuple[str, ...]


def frozen_gains(job: WhyJob) -> list[float]:
    """Return the strategy's gain on the KPI: with nothing frozen, then with each mechanism of the job."""
    side_by_side = (NOTHING, *(name for name in job.mechanisms if name != STOCK_OUTS))
    gains = dict(zip(side_by_side, _gains(job, job.scenario, side_by_side), strict=True))
    if STOCK_OUTS in job.mechanisms:
        off = job.scenario.mechanisms.model_copy(update={"stock_outs": False})
        world = job.scenario.model_copy(update={"mechanisms": off})
        gains[STOCK_OUTS] = _gains(job, world, (NOTHING,))[0]
    return [gains[name] for name in (NOTHING, *job.mechanisms)]


def _gains(job: WhyJob, world: Scenario, frozen: Sequence[str]) -> list[float]:
    """Run the baseline and, beside it, one market for each frozen mechanism."""
    start = burn_in(world, seed=job.seed, replication=job.replication)
    base = Session.restore(world, start, strategy=job.baseline)
    others = {name: Session.restore(world, start, strategy=job.strategy) for name in frozen}
    while not base.finished:
        base.step()
        for name, other in others.items():
            other.step()
            _hold(name, base, other)
    reference = _value(base, job.kpi)
    return [_value(other, job.kpi) - reference for other in others.values()]


def _hold(mechanism: str, base: Session, other: Session) -> None:
    """Put the mechanism's state where the baseline has it this midnight."""
    if mechanism == TRAVEL:
        _equalise_driving(base, other)
    for name in MECHANISMS.get(mechanism, ()):
        mine, theirs = other.world.columns[name], base.world.columns[name]
        differs = mine != theirs
        if BY_NAME[name].axes[0] == "outlet":
            # Only these shelves: to weigh a shelf anew on another day than usual would move the market by itself.
            other.world.weight_is_stale[differs.reshape(differs.shape[0], -1).any(axis=1)] = True
        mine[...] = theirs


def _equalise_driving(base: Session, other: Session) -> None:
    """Make the strategy's kilometres so fast or slow that a call costs the baseline's minutes of driving."""
    (minutes, usual, calls), (_, kilometres, other_calls) = _driven(base), _driven(other)
    if min(calls, other_calls, kilometres) > 0.0 and kilometres / other_calls != usual / calls:
        other.world.minutes_per_km[...] = (minutes / calls) / (kilometres / other_calls)


def _driven(session: Session) -> tuple[float, float, float]:
    """Return driving minutes, kilometres and calls of our advisors in the last four weeks."""
    panel = session.recorder.panels["advisor"]
    days = slice(max(0, session.day - 28), session.day)
    fields = np.stack([panel.driving_minutes[days], panel.km[days], panel.calls[days]], axis=-1)
    minutes, kilometres, calls = fields.sum(axis=(0, 1)).tolist()
    return minutes, kilometres, calls


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
    wanted = (TRAVEL, *MECHANISMS, STOCK_OUTS) if mechanisms is None else tuple(mechanisms)
    root = scenario.seed if seed is None else seed
    jobs = [WhyJob(scenario, root, r, baseline, strategy, kpi, wanted) for r in range(replications)]
    gains = np.full((replications, 1 + len(wanted)), np.nan)
    with workers_for(workers) as work:
        for done, (number, found) in enumerate(work(frozen_gains, jobs), start=1):
            gains[number] = found
            if progress is not None:
                progress(done, replications)
    total = gains[:, 0]
    parts = total[:, None] - gains[:, 1:]
    table = {"total": total, **dict(zip(wanted, parts.T, strict=True)), "interaction": total - parts.sum(axis=1)}
    long = pd.DataFrame([(name, float(v)) for name, values in table.items() for v in values], columns=["part", "value"])
    return summarise(long, ["part"])
