"""Comparisons made by hand: small tidy tables with known numbers; nothing in them was simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.questions.compare import CARD_KPIS, Comparison
from sim.runs.arms import Arms
from sim.scenario.futures import PRESENT
from sim.scenario.schema import Scenario
from tests.markets import market, merged

DAYS = 25
KPIS = ("profit_manufacturer", "market_share_units")
BASE: dict[str, float] = {
    "profit_manufacturer": 1000.0,
    "market_share_units": 0.20,
    "sell_out_units": 5000.0,
    "spending": 2000.0,
    "numeric_distribution": 0.6,
    "on_shelf_availability": 0.9,
    "unvisited_customers": 40.0,
    "calls_per_day": 8.0,
    "travel_share": 0.2,
}


def made(
    gains: Mapping[str, Mapping[str, float]],
    *,
    replications: int = 10,
    kpis: Sequence[str] = KPIS,
    futures: Mapping[str, Mapping[str, float]] | None = None,
    noise: float = 0.01,
    territories: int = 2,
    planned: Mapping[str, float] | None = None,
    scenario: Mapping[str, Any] | None = None,
) -> Comparison:
    """Return a comparison in which each strategy's KPI is the baseline's plus a gain plus a little noise.

    Parameters
    ----------
    gains : strategy → KPI → gain on the baseline's mean (`BASE`, 10 for another KPI); all luck is shared but `noise`,
        a share of the baseline's mean, which is exactly 0 on average and none for a gain of 0. A NaN gives no value.
    futures : future → strategy → gain of the deciding KPI there, instead of the stated world's.
    planned : strategy → planned budget. [currency/month]
    scenario : changes of the tiny market.
    """
    names = ("baseline", *gains)
    world = market(merged({"territories": {"generate": {"n": territories}}}, scenario or {}))
    tables = [
        outcomes(
            future, {s: {**gains.get(s, {}), **_there(kpis[0], over, s)} for s in names}, kpis, replications, noise
        )
        for future, over in {PRESENT: {}, **(futures or {})}.items()
    ]
    arms = Arms(
        pd.concat(tables, ignore_index=True),
        _territories(world, gains, names, replications, territories),
        _daily(names, gains, replications),
        _decisions(planned or {}, tuple(gains), replications),
    )
    return Comparison(world, "baseline", names, tuple(kpis), arms, replications, manifest={"seed": 7})


def _there(kpi: str, over: Mapping[str, float], strategy: str) -> dict[str, float]:
    return {kpi: over[strategy]} if strategy in over else {}


def wobble(n: int) -> np.ndarray:
    """Return n numbers with mean 0 and standard deviation 1."""
    x = np.sin(np.arange(1, n + 1) * 2.7)
    x -= x.mean()
    return x / x.std(ddof=1)


def outcomes(
    future: str, gains: Mapping[str, Mapping[str, float]], kpis: Sequence[str], n: int, noise: float
) -> pd.DataFrame:
    """Return future, strategy, replication, kpi, value."""
    rows = []
    luck, own = np.cos(np.arange(n) * 1.9), wobble(n)
    for strategy, gain in gains.items():
        for kpi in dict.fromkeys((*kpis, *CARD_KPIS)):
            mean = BASE.get(kpi, 10.0)
            extra = gain.get(kpi, 0.0)
            values = mean * (1 + 0.05 * luck) + (extra + noise * mean * own if extra else 0.0)
            rows += [(future, strategy, r, kpi, float(v)) for r, v in enumerate(values)]
    return pd.DataFrame(rows, columns=["future", "strategy", "replication", "kpi", "value"])


def _territories(
    world: Scenario, gains: Mapping[str, Mapping[str, float]], names: Sequence[str], n: int, territories: int
) -> pd.DataFrame:
    listed = [t.id for t in world.territories.list or ()] or [f"T{t + 1:02d}" for t in range(territories)]
    rows = []
    for strategy in names:
        for t, territory in enumerate(listed):
            extra = 0.0 if strategy not in gains or not any(gains[strategy].values()) else 10.0 * (t - 1)
            values = 100.0 + 5 * np.cos(np.arange(n)) + extra + (extra != 0) * wobble(n)
            rows += [(PRESENT, strategy, r, territory, "sell_out_units", float(v)) for r, v in enumerate(values)]
    return pd.DataFrame(rows, columns=["future", "strategy", "replication", "territory", "kpi", "value"])


def _daily(names: Sequence[str], gains: Mapping[str, Mapping[str, float]], n: int) -> pd.DataFrame:
    """Return daily books: a strategy with a gain loses 100 a day for five days and gains 50 a day afterwards."""
    days = np.arange(DAYS)
    parts = []
    for strategy in names:
        active = any(gains.get(strategy, {}).values())
        extra = np.where(days < 5, -10_000, 5_000) * active
        for r in range(n):
            profit = 4_000 + extra
            parts.append(
                pd.DataFrame(
                    {
                        "future": PRESENT,
                        "strategy": strategy,
                        "replication": r,
                        "day": days,
                        "profit_cents": profit * 1.0,
                        "cash_cents": 1e6 + np.cumsum(profit) * 1.0,
                        "spending_cents": 8_000.0,
                        "sold_units": 200,
                        "advisors": 1 + active,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _decisions(planned: Mapping[str, float], strategies: Sequence[str], n: int) -> pd.DataFrame:
    """Return two reviews, each with a budget of two items, and an advisor more from day 14 on."""
    rows = [
        (PRESENT, strategy, r, day, "budget", item, "", 50.0 * month)
        for strategy, month in planned.items()
        for r in range(n)
        for day in (0, 14)
        for item in ("advisors", "displays")
    ]
    columns = ["future", "strategy", "replication", "day", "part", "note", "territory", "value"]
    rows += [(PRESENT, s, 0, 0, "roll", "stage_launch", "T01", 1.0) for s in planned]
    rows += [(PRESENT, s, r, 14, "lever", "advisors", "T01", 1.0) for s in strategies for r in range(n)]
    return pd.DataFrame(rows, columns=columns)


def split(total: float, parts: Mapping[str, float]) -> pd.DataFrame:
    """Return a table as `explain_gain` returns it."""
    means = {"total": total, **parts, "interaction": total - sum(parts.values())}
    return pd.DataFrame(
        {
            "part": list(means),
            "mean": list(means.values()),
            "low": [m - 10 for m in means.values()],
            "high": [m + 10 for m in means.values()],
            "n_replications": 4,
        }
    )
