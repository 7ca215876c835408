"""All that the outputs of a comparison show, computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.metrics.catalogue import KPIS
from sim.questions.compare import CARD_KPIS, Comparison
from sim.questions.verdicts import level_of, verdicts
from sim.report.comparison.budgets import budget_line, budget_table
from sim.report.comparison.cash import pay_back
from sim.statistics.paired import paired_table
from sim.statistics.selection import chance_best
from sim.statistics.tradeoff import efficient_set, least_worst_regret, regret, worst_mean

SHARE: Final = "market_share_units"
PROFIT: Final = "profit_manufacturer"
SOLD: Final = "sell_out_units"
WORST: Final = 0.05
"""Share of replications that count as bad luck."""


@dataclass(frozen=True)
class Findings:
    """Tables of a comparison, for pictures, pages, cards and files.

    Attributes
    ----------
    comparison : what was measured.
    why : strategy → table of `explain_gain` on the deciding KPI.
    differences : `verdicts` on the KPIs asked for, in the stated world.
    side_effects : `verdicts` on the other KPIs that every comparison keeps; a family of tests of its own.
    chances : strategy, mean, n, chance; no rows when the deciding KPI has no better direction.
    tradeoff : strategy, share, profit, efficient, dominated_by, and the mean of the worst 5 % of profit with interval.
    regrets, least_worst : of the deciding KPI over the futures; no rows without futures.
    territories : paired sell-out by territory and strategy.
    payback : measure (cash, profit), strategy, n, share_paid_back, median, low, high [day].
    budgets : planned and realised spending.
    """

    comparison: Comparison
    why: Mapping[str, pd.DataFrame]
    differences: pd.DataFrame
    side_effects: pd.DataFrame
    chances: pd.DataFrame
    tradeoff: pd.DataFrame
    regrets: pd.DataFrame
    least_worst: pd.DataFrame
    territories: pd.DataFrame
    payback: pd.DataFrame
    budgets: pd.DataFrame

    @property
    def deciding(self) -> str:
        """The KPI that decides: the first one asked for."""
        return self.comparison.kpis[0]

    @property
    def others(self) -> tuple[str, ...]:
        """Every strategy but the baseline."""
        return tuple(name for name in self.comparison.strategies if name != self.comparison.baseline)

    @property
    def budget_line(self) -> str:
        """The line that stands first everywhere."""
        return budget_line(self.budgets, self.comparison.baseline, self.comparison.scenario.currency)

    def row(self, kpi: str, strategy: str) -> pd.Series:
        """Return the row of the differences of one KPI and strategy."""
        table = self.differences
        found: pd.Series = table[(table["kpi"] == kpi) & (table["strategy"] == strategy)].iloc[0]
        return found


def find_out(comparison: Comparison, why: Mapping[str, pd.DataFrame] | None = None) -> Findings:
    """Compute every table of a comparison.

    Parameters
    ----------
    why : strategy → table of `explain_gain`, when it was asked for.
    """
    deciding = comparison.kpis[0]
    besides = [name for name in CARD_KPIS if name not in comparison.kpis]
    has_direction = KPIS[deciding].better != "neutral"
    regrets = _regrets(comparison) if has_direction and len(comparison.futures) > 1 else _REGRETS
    return Findings(
        comparison=comparison,
        why=dict(why or {}),
        differences=verdicts(comparison),
        side_effects=verdicts(comparison, kpis=besides),
        chances=chance_best(comparison.outcomes(), deciding) if has_direction else _CHANCES,
        tradeoff=_tradeoff(comparison),
        regrets=regrets,
        least_worst=least_worst_regret(regrets),
        territories=_territories(comparison, level_of(comparison)),
        payback=pay_back(comparison),
        budgets=budget_table(comparison),
    )


_CHANCES: Final = pd.DataFrame(
    {"strategy": pd.Series(dtype=object), "mean": pd.Series(dtype=float), "n": pd.Series(dtype=int),
     "chance": pd.Series(dtype=float)}
)  # fmt: skip
_REGRETS: Final = pd.DataFrame(columns=["future", "strategy", "mean", "best", "regret", "low", "high", "n"])


def _regrets(comparison: Comparison) -> pd.DataFrame:
    kpi = comparison.kpis[0]
    table = comparison.arms.outcomes
    return regret(table[table["kpi"] == kpi], kpi, level=level_of(comparison))


def _tradeoff(comparison: Comparison) -> pd.DataFrame:
    """Return means of share and profit, which strategies are efficient, and profit with bad luck."""
    outcomes = comparison.outcomes(kpis=[SHARE, PROFIT])
    wide = outcomes.pivot_table(index="strategy", columns="kpi", values="value", aggfunc="mean", observed=True)
    means = wide.reindex(index=list(comparison.strategies), columns=[SHARE, PROFIT])
    table = efficient_set(means, [SHARE, PROFIT])
    profit = outcomes[outcomes["kpi"] == PROFIT]
    tails = [worst_mean(profit.loc[profit["strategy"] == s, "value"], WORST) for s in table["strategy"]]
    worst = pd.DataFrame(tails).drop(columns="n").add_prefix("worst_")
    return pd.concat([table, worst.rename(columns={"worst_n_tail": "n_tail"})], axis=1)


def _territories(comparison: Comparison, level: float) -> pd.DataFrame:
    """Return paired sell-out by territory; each strategy's territories are one family of tests.

    The territory stands in for the KPI, since every territory is compared with itself.
    """
    table = comparison.arms.territories
    table = table[(table["kpi"] == SOLD) & (table["future"] == comparison.futures[0])]
    names = [str(t) for t in table["territory"].unique()]
    better: dict[str, Any] = dict.fromkeys(names, KPIS[SOLD].better)
    parts = []
    for strategy in comparison.strategies:
        own = table[table["strategy"].isin([comparison.baseline, strategy])]
        if strategy == comparison.baseline or not {comparison.baseline, strategy} <= set(own["strategy"]):
            continue
        outcomes = own[["strategy", "replication", "value"]].assign(kpi=own["territory"].astype(str))
        parts.append(paired_table(outcomes, comparison.baseline, level=level, kpis=names, better=better))
    if not parts:
        return pd.DataFrame(columns=["territory", "kpi", "strategy", "relative_difference", "low", "high", "verdict"])
    joined = pd.concat(parts, ignore_index=True).rename(columns={"kpi": "territory"})
    joined.insert(1, "kpi", SOLD)
    return joined


def best_other(findings: Findings) -> str:
    """Return the strategy, the baseline aside, that did best on the deciding KPI; the first one when none has a value.

    Of a KPI without a better direction, the highest.
    """
    rows = findings.differences[findings.differences["kpi"] == findings.deciding]
    sign = -1.0 if KPIS[findings.deciding].better == "lower" else 1.0
    score = np.nan_to_num(rows["difference"].to_numpy(dtype=np.float64) * sign, nan=-np.inf)
    return str(rows["strategy"].iloc[int(np.argmax(score))])
