"""Why a strategy gains: the same luck again, with one mechanism at a time held where the baseline has it.

Two markets of one replication run side by side: the baseline, and the strategy. Every midnight the state of one
mechanism is copied from the baseline's market into the strategy's, so that the strategy acts, but not through that
mechanism. What is then missing of the gain is the mechanism's part (a controlled effect). The parts need not add up to
the whole, because mechanisms work through one another; the rest is shown as interaction.

Whole runs are ordinary cells, shared with comparisons through the store; those with something frozen are another
function of a cell, and kept as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from sim.engine import Session
from sim.metrics.interval import summarise
from sim.runs.arms import measured
from sim.runs.cells import Cell, Cells, digest
from sim.runs.execute import execute
from sim.runs.executors import executor_for
from sim.runs.keep import Numbers, Start, Values
from sim.runs.store import Store
from sim.scenario.schema import Scenario
from sim.world.columns import BY_NAME

MECHANISMS: Final[dict[str, tuple[str, ...]]] = {
    "learning": ("selling", "service", "coaching", "farmer", "visits_made", "taught"),
    "listing": ("is_listed", "slow_weeks"),
    "relation": ("relation", "personal_tie", "distributor_relation"),
    "shelf": ("shelf_gain", "shelf_space", "display_on"),
    "advertising": ("goodwill", "standing"),
    "brand capital": ("brand_capital",),
    "price": (
        "price_cut",
        "promotion_utility",
        "lever_price_cut",
        "shelf_discount",
        "distributor_markdown",
        "price_disorder",
    ),
    "retaliation": (
        "rival_calls_per_day",
        "rival_price_cut",
        "advertising_multiplier",
        "promotion_boost",
        "share_seen",
        "answer_instrument",
        "answer_until",
    ),
    "shop ordering": ("sales_rate",),
}
"""Columns that carry a mechanism's state from one day to the next."""

TRAVEL: Final = "travel"
"""Routes can't be copied: a call of the strategy's advisors is given as much driving as one of the baseline's."""

STOCK_OUTS: Final = "stock-outs"
"""Goods can't be copied without breaking the ledger; instead both markets run with shelves that never run empty."""


@dataclass(frozen=True)
class Frozen(Numbers):
    """The baseline's value of a KPI, then the cell's with each of some mechanisms held where the baseline has it.

    Attributes
    ----------
    baseline : name of the strategy that the cell's is compared with.
    against : key of the baseline's run in the first replication.
    mechanisms : `TRAVEL` and those of `MECHANISMS`.
    """

    part: ClassVar[str] = "gain with mechanisms held"
    baseline: str
    against: str
    kpi: str
    mechanisms: tuple[str, ...]

    def key(self, cell: Cell) -> str:
        """Return a digest of both runs, the KPI, and what is held."""
        held = [[name, *MECHANISMS.get(name, ())] for name in self.mechanisms]
        return digest([cell.key, self.against, self.kpi, held])

    def run(self, cell: Cell, start: Start) -> tuple[float, ...]:
        """Run the baseline and, beside it, one market for each mechanism."""
        base = start.session(cell, self.baseline)
        others = {name: start.session(cell) for name in self.mechanisms}
        while not base.finished:
            base.step()
            for name, other in others.items():
                other.step()
                _hold(name, base, other)
        return tuple(_value(session, self.kpi) for session in (base, *others.values()))


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
    return measured(session.scenario, session.seed, session.observe(), [kpi], details=False).values[kpi]


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
    store: Store | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Split a strategy's gain into the parts that go through each mechanism.

    Parameters
    ----------
    strategy, baseline : names of strategies of the scenario.
    kpi : the KPI whose gain is split.
    replications : pairs of runs for each mechanism.
    mechanisms : `TRAVEL`, those of `MECHANISMS`, `STOCK_OUTS`; all when absent.
    store : where finished runs are looked up, those of comparisons among them, and kept.
    progress : called with (runs done, runs in all); all mechanisms of a replication count as one.

    Returns
    -------
    Columns part, mean, low, high, n_replications: the rows `total`, one for each mechanism (total − gain with it
    frozen), and `interaction` (total − sum of the parts). Intervals are 95 % Student t over replications.
    """
    wanted = (TRAVEL, *MECHANISMS, STOCK_OUTS) if mechanisms is None else tuple(mechanisms)
    cells = Cells(scenario, seed)
    switches = scenario.mechanisms.model_copy(update={"stock_outs": False})
    full_shelves = Cells(scenario.model_copy(update={"mechanisms": switches}), seed)
    plain = [(cells.cell(strategy, r),) for r in range(replications)]
    pairs = [tuple(full_shelves.cell(name, r) for name in (baseline, strategy)) for r in range(replications)]
    values = Values((kpi,), details=store is not None)
    side_by_side = tuple(name for name in wanted if name != STOCK_OUTS)
    frozen = Frozen(baseline, cells.cell(baseline, 0).key, kpi, side_by_side)
    whole = [*plain, *(pairs if STOCK_OUTS in wanted else ())]
    total_runs = sum(map(len, whole)) + len(plain)
    found: dict[str, tuple[float, ...]] = {}
    held: dict[str, tuple[float, ...]] = {}
    with executor_for(min(workers, len(whole))) as executor:
        for plan, keep, into in ((whole, values, found), (plain, frozen, held)):
            for cell, numbers in execute(plan, store, executor, keep):
                into[cell.key] = numbers
                if progress is not None:
                    progress(len(found) + len(held), total_runs)
    gains = np.full((replications, 1 + len(wanted)), np.nan)
    for r, (cell,) in enumerate(plain):
        reference, *others = held[cell.key]
        gain = dict(zip(side_by_side, (value - reference for value in others), strict=True))
        if STOCK_OUTS in wanted:
            base, other = (found[c.key][0] for c in pairs[r])
            gain[STOCK_OUTS] = other - base
        gains[r] = [found[cell.key][0] - reference, *(gain[name] for name in wanted)]
    total = gains[:, 0]
    parts = total[:, None] - gains[:, 1:]
    table = {"total": total, **dict(zip(wanted, parts.T, strict=True)), "interaction": total - parts.sum(axis=1)}
    long = pd.DataFrame([(name, float(v)) for name, values in table.items() for v in values], columns=["part", "value"])
    return summarise(long, ["part"])
