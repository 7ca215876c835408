"""What a strategy's extra spending brings back, measured against its baseline replication by replication."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sim.errors import StateError
from sim.metrics.cut import Reader, ResultLike, Span, cuts
from sim.metrics.interval import t_quantile
from sim.metrics.kpi import Parts, value_of
from sim.metrics.money import SPENDING, profit

_PROFIT = Parts(profit("manufacturer"), in_cents=True)
_SPENDING = Parts(SPENDING, in_cents=True)


def extra(result: ResultLike, baseline: ResultLike, span: Span | None = None) -> pd.DataFrame:
    """Return extra spending, extra profit and return of each replication that both results have.

    Extra spending is that of the KPI `spending` (promotion, people, logistics and other accounts of our company); the
    extra profit is after it. The return is extra profit ÷ extra spending: 0 breaks even, 1 means that every unit of
    currency came back and brought another. Where nothing more was spent the return is NaN: a saving has no return.

    Returns
    -------
    Columns replication, extra_spending, extra_profit, value (the return).

    Raises
    ------
    StateError : the results have no replication in common.
    """
    ours, base = (_profit_and_spending(each, span) for each in (result, baseline))
    both = ours.merge(base, left_index=True, right_index=True, suffixes=("", "_base"))
    if both.empty:
        raise StateError("a return needs two results with the same replications; these have none in common")
    spending, profits = both["spending"] - both["spending_base"], both["profit"] - both["profit_base"]
    table = pd.DataFrame({"extra_spending": spending, "extra_profit": profits, "value": profits / spending})
    table.loc[~(table["extra_spending"] > 0), "value"] = math.nan
    return table.reset_index()


def return_on_extra_spending(result: ResultLike, baseline: ResultLike, span: Span | None = None) -> pd.DataFrame:
    """Return the return on a strategy's extra spending with its 95 % interval, as one row of a KPI table.

    The mean is the ratio of the mean extra profit to the mean extra spending, because a mean of ratios is drawn by the
    replications that spent almost nothing more. The interval is the ratio estimator's (Cochran 1977, section 6.4):
    Student t with the residuals extra_profit − ratio · extra_spending. NaN when on average nothing more was spent.

    Returns
    -------
    Columns kpi, group, unit, mean, low, high, n_replications.
    """
    table = extra(result, baseline, span).dropna(subset=["extra_spending", "extra_profit"])
    n, spent = len(table), float(table["extra_spending"].mean())
    ratio = float(table["extra_profit"].mean()) / spent if n and spent > 0 else math.nan
    residual = table["extra_profit"] - ratio * table["extra_spending"]
    half = (
        float(t_quantile(np.array([n - 1.0]))[0]) * float(residual.std()) / (math.sqrt(max(n, 1)) * spent or math.nan)
    )
    row = {"kpi": "return_on_extra_spending", "group": "money", "unit": "ratio", "mean": ratio}
    return pd.DataFrame([{**row, "low": ratio - half, "high": ratio + half, "n_replications": n}])


def _profit_and_spending(result: ResultLike, span: Span | None) -> pd.DataFrame:
    rows = [(v.replication, value_of(_PROFIT, v), value_of(_SPENDING, v)) for v in cuts(Reader(result), span)]
    return pd.DataFrame(rows, columns=["replication", "profit", "spending"]).set_index("replication")
