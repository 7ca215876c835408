"""All that the outputs of a comparison show, computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.metrics.catalogue import KPIS
from sim.questions.compare import CARD_KPIS, Comparison, level_of, verdicts
from sim.report.questions.compare.money import pay_back
from sim.report.words import number, percent
from sim.scenario.futures import PRESENT
from sim.statistics.paired import paired_table
from sim.statistics.selection import chance_best
from sim.statistics.tradeoff import efficient_set, least_worst_regret, regret, worst_mean

SHARE: Final = "market_share_units"
PROFIT: Final = "profit_manufacturer"
SOLD: Final = "sell_out_units"
WORST: Final = 0.05
"""Share of replications that count as bad luck."""
EQUAL: Final = 0.01
"""Spending that differs by less than this share counts as equal."""


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
    def currency(self) -> str:
        """Name of the currency."""
        return self.comparison.scenario.currency

    @cached_property
    def colours(self) -> dict[str, str]:
        """Strategy → colour, the same in every picture."""
        from sim.report.style import strategy_colours

        return strategy_colours(self.comparison.strategies, self.comparison.baseline)

    @property
    def budget_line(self) -> str:
        """The line that stands first everywhere: whether the strategies spend alike."""
        return budget_line(self.budgets, self.comparison.baseline, self.currency)

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


_TYPES: Final = {"strategy": "object", "mean": "float64", "n": "int64", "chance": "float64"}
_CHANCES: Final = pd.DataFrame(columns=list(_TYPES)).astype(_TYPES)
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


def budget_table(comparison: Comparison) -> pd.DataFrame:
    """Return planned and realised spending of every strategy in the stated world.

    Returns
    -------
    Columns strategy, planned_per_month (mean over reviews and replications; NaN where no plan was written down, as
    for a baseline without a strategy), spending (KPI, whole measured span), both in currency, and planned_relative,
    spending_relative: the difference to the baseline's as a share of it.
    """
    names, base = list(comparison.strategies), comparison.baseline
    planned = _planned(comparison).reindex(names) / 100.0
    table = comparison.outcomes(kpis=["spending"])
    spent = table.groupby("strategy", observed=True)["value"].mean().reindex(names)
    amounts = {"planned_per_month": planned.to_numpy(), "spending": spent.to_numpy()}
    relative = {"planned_relative": _relative(planned, base), "spending_relative": _relative(spent, base)}
    return pd.DataFrame({"strategy": names, **amounts, **relative})


def budget_line(table: pd.DataFrame, baseline: str, currency: str) -> str:
    """Return the line that says whether the strategies spend alike.

    Parameters
    ----------
    table : what `budget_table` returns.
    currency : name of the currency.
    """
    rows = {str(r["strategy"]): r for _, r in table.iterrows()}
    base = rows[baseline]
    apart = [_apart(name, row, base, currency) for name, row in rows.items() if name != baseline]
    unequal = [text for text in apart if text]
    if unequal:
        return "Unequal budgets: " + "; ".join(unequal) + "."
    if np.isnan(base["spending"]):
        return "Budgets unknown: no spending was recorded."
    return f"Equal budgets: all spend within 1 % of {baseline} ({number(float(base['spending']))} {currency})."


def _planned(comparison: Comparison) -> pd.Series:
    """Return the planned budget of each strategy that wrote one down. [cents/month]."""
    rows = comparison.arms.decisions
    rows = rows[(rows["part"] == "budget") & (rows["future"] == PRESENT)]
    each = rows.groupby(["strategy", "replication", "day"], observed=True)["value"].sum()
    return each.groupby(level="strategy").mean()


def _relative(values: pd.Series, baseline: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    base = float(values[baseline])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values == base, 0.0, (values.to_numpy(dtype=np.float64) - base) / abs(base))


def _apart(name: str, row: pd.Series, base: pd.Series, currency: str) -> str:
    """Say how far a strategy's spending is from the baseline's; nothing when both spend alike."""
    planned, spent, against = float(row["planned_relative"]), float(row["spending_relative"]), base["strategy"]
    plans = ""
    if abs(planned) >= EQUAL:
        plans = f"{number(float(row['planned_per_month']))} against {number(float(base['planned_per_month']))}"
        plans += f" {currency} a month"
    if abs(spent) >= EQUAL:
        of = f"{number(float(row['spending']))} against {number(float(base['spending']))} {currency}"
        return f"{name} spends {_more(spent)} than {against} ({of}{f'; planned {plans}' if plans else ''})"
    return f"{name} plans to spend {_more(planned)} than {against} ({plans})" if plans else ""


def _more(share: float) -> str:
    if np.isinf(share):
        return "more" if share > 0 else "less"
    return f"{percent(abs(share), 1 if abs(share) < 0.1 else 0)} {'more' if share > 0 else 'less'}"
