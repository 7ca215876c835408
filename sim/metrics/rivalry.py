"""KPIs of companies against each other: answers, retreats, displaced products, rivals' profit, shelves compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import pandas as pd

from sim.metrics.cut import Cut
from sim.metrics.kpi import Kpi, Measure, Parts, from_parts, nothing, own, sum_columns, value_of
from sim.metrics.money import BALANCE_ACCOUNTS, cost_per_unit
from sim.metrics.stock import chain

_market = partial(from_parts, group="market")


def others(*names: str) -> Measure:
    """Columns of the market's table over the products of all other companies."""
    return lambda cut: sum_columns(_of_others(cut.rows("market"), "company", cut), names)


def _of_others(frame: pd.DataFrame, key: str, cut: Cut) -> pd.DataFrame:
    return frame if frame.empty else frame[frame[key] != cut.company]


def happened(kind: str) -> Measure:
    """One for every event of a kind, 0 where there was none in a recorded market."""

    def measure(cut: Cut) -> pd.DataFrame:
        events = cut.rows("events")
        days = [] if events.empty else events.loc[events["kind"] == kind, "day"].tolist()
        if cut.rows("market").empty:
            return nothing()
        return pd.DataFrame({"day": [cut.first, *days], "value": [0, *[1] * len(days)]})

    return measure


def _profit_of_others(cut: Cut) -> pd.DataFrame:
    """Profit of all other manufacturers together. [cents]."""
    books = _of_others(cut.rows("money"), "party", cut)
    if books.empty:
        return nothing()
    books = books[(books["tier"] == "manufacturer") & ~books["account"].isin(BALANCE_ACCOUNTS)]
    frame = sum_columns(books, ("amount_cents",))
    return frame.assign(value=-frame["value"])


_AVAILABLE = Parts(own("market", "available_outlets"), own("market", "listed_outlets"))
_THEIRS = Parts(others("available_outlets"), others("listed_outlets"))
_STOCK = Parts(chain, own("market", "sell_out_units"))


def availability_lead(cut: Cut) -> float:
    """Return our on-shelf availability less the other companies'."""
    return value_of(_AVAILABLE, cut) - value_of(_THEIRS, cut)


def ahead_of_best(of: Callable[[Cut], float], cut: Cut) -> float:
    """Return by how much a quantity that should be small is smaller for us than for the rival with the least."""
    theirs = [of(cut.of(name)) for name in cut.reader.companies if name != cut.company]
    return min((value for value in theirs if not math.isnan(value)), default=math.nan) - of(cut)


KPIS = (
    _market(
        "rival_answers",
        parts=Parts(happened("rival_answer")),
        formula="number of events rival_answer",
        unit="answers",
        better="lower",
        description="Answers that rivals began, in one territory each.",
    ),
    _market(
        "rival_retreats",
        parts=Parts(happened("rival_retreat")),
        formula="number of events rival_retreat",
        unit="retreats",
        better="higher",
        description="Territories from which a rival withdrew.",
    ),
    _market(
        "displaced",
        parts=Parts(own("market", "displaced")),
        formula="Σ displaced of ours",
        unit="products",
        better="lower",
        description="Times that other companies' people took facings or the listing of a product of ours.",
    ),
    _market(
        "displaced_others",
        parts=Parts(others("displaced")),
        formula="Σ displaced of all other companies",
        unit="products",
        better="higher",
        description="The same of the products of all other companies, whoever did it.",
    ),
    Kpi(
        "availability_lead",
        "market",
        "Σ available_outlets ÷ Σ listed_outlets of ours, less that of all other companies",
        "share",
        "higher",
        "How much better our goods are to be had where they are listed than the others' are.",
        availability_lead,
    ),
    Kpi(
        "stock_lead",
        "market",
        "least days_of_stock_chain of another company − days_of_stock_chain of ours",
        "days",
        "higher",
        "Days of stock that our chain needs less than the leanest of the other companies' chains.",
        partial(ahead_of_best, partial(value_of, _STOCK)),
        by_territory=False,
    ),
    Kpi(
        "cost_lead",
        "market",
        "least cost_per_unit of another company − cost_per_unit of ours",
        "currency/unit",
        "higher",
        "What bringing a unit to a consumer costs us less than the cheapest of the others; none of them tells.",
        partial(ahead_of_best, cost_per_unit),
        by_territory=False,
    ),
    _market(
        "profit_rivals",
        parts=Parts(_profit_of_others, in_cents=True),
        formula=f"−Σ amount_cents of all other manufacturers ÷ 100, all accounts but {', '.join(BALANCE_ACCOUNTS)}",
        unit="currency",
        better="neutral",
        description="Profit of all other manufacturers together; no company knows it.",
        by_territory=False,
    ),
)
