"""Market KPIs: sales, shares, distribution, shelf, ownership, position, loyalty, barrier."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from sim.metrics import households, position
from sim.metrics.cut import Cut, per_name
from sim.metrics.kpi import (
    Kpi,
    Measure,
    Parts,
    days_of,
    divide,
    everyone,
    from_parts,
    nothing,
    ours,
    own,
    sum_columns,
    total,
    value_of,
)

COVERED_SHARE = 0.95
"""Coverage from which a market counts as covered; openings keep the last few outlets for ever unvisited."""


def _launched(cut: Cut) -> pd.DataFrame:
    """Rows of the company's products, each from the first day on which any outlet listed it.

    A product that nobody ever listed stays in, so that a failed launch counts as a distribution of 0.
    """
    frame = cut.own("market")
    if frame.empty:
        return frame
    launches = cut.reader.first_listed(cut.replication)
    return frame[frame["day"] >= per_name(frame["product"], launches, cut.reader.first_day)]


def _launched_columns(name: str) -> Measure:
    return lambda cut: sum_columns(_launched(cut), (name,))


def _per_launched_product(name: str) -> Measure:
    """A column of `territory`, repeated for every launched product of the company on sale there that day."""

    def measure(cut: Cut) -> pd.DataFrame:
        return _weighted(cut, _launched(cut).assign(one=1.0), "one", name)

    return measure


def _weighted(cut: Cut, frame: pd.DataFrame, column: str, weight: str) -> pd.DataFrame:
    """Return a column times the weight of its territory on that day."""
    weights = cut.rows("territory")
    if frame.empty or weights.empty or column not in frame.columns:
        return nothing()
    joined = frame[["day", "territory", column]].merge(weights[["day", "territory", weight]], on=["day", "territory"])
    return pd.DataFrame({"day": joined["day"], "value": joined[column] * joined[weight]})


def _weighted_own(table: str, column: str) -> Measure:
    return lambda cut: _weighted(cut, cut.own(table), column, "open_weight")


def _relation_weight(cut: Cut) -> pd.DataFrame:
    """Outlet size behind each brand's mean relation, so that several brands are averaged."""
    return _weighted(cut, cut.own("brand_territory").assign(one=1.0), "one", "open_weight")


_UNVISITED = ours("territory", "unvisited_outlets")
_OPEN = everyone("territory", "open_outlets")
_OWNERSHIP = Parts(ours("territory", "first_ours"), _OPEN)
_EXCLUSIVE = Parts(ours("territory", "exclusive_ours"), _OPEN)
_RELATION = Parts(_weighted_own("brand_territory", "relation"), _relation_weight)


def coverage(cut: Cut) -> float:
    """Return the share of open outlets that our people saw within `database.unvisited_after_days`."""
    return 1.0 - divide(total(_UNVISITED, cut), total(_OPEN, cut))


def time_to_cover(cut: Cut) -> float:
    """Return days from the beginning of the span until coverage reaches `COVERED_SHARE`; NaN while it never does."""
    frame = cut.rows("territory")
    if frame.empty or not cut.is_ours:
        return math.nan
    daily = frame.groupby("day")[["unvisited_outlets", "open_outlets"]].sum()
    reached = daily.index[daily["open_outlets"] - daily["unvisited_outlets"] >= COVERED_SHARE * daily["open_outlets"]]
    return float(reached.min() - cut.first) if len(reached) else math.nan


def _open_outlets(cut: Cut) -> pd.DataFrame:
    """Outlets open at the end of the run; none for an earlier span or a rival, of which the table knows nothing."""
    frame = cut.rows("outlets")
    return frame[frame["open"].astype(bool)] if len(frame) and cut.is_ours and cut.ends_run else frame.iloc[:0]


def weighted_distribution_company(cut: Cut) -> float:
    """Return the share of outlet size in outlets that list at least one product of ours."""
    frame = _open_outlets(cut)
    if frame.empty:
        return math.nan
    return divide(float(frame.loc[frame["listed_ours"] > 0, "size"].sum()), float(frame["size"].sum()))


def loyalty_outlets(cut: Cut) -> float:
    """Return our mean smoothed purchase share in open outlets that list us, weighted by size."""
    frame = _open_outlets(cut)
    if frame.empty:
        return math.nan
    frame = frame[frame["listed_ours"] > 0]
    return divide(float((frame["size"] * frame["share_ours"]).sum()), float(frame["size"].sum()))


def barrier(cut: Cut) -> float:
    """Return the chance that a rival meets at least one of three hurdles in an outlet, taken as independent.

    The hurdles are the relation, an exclusive agreement, and our being No. 1. Independence is an assumption: where the
    same outlets have all three, the barrier is overstated.
    """
    kept_out = [value_of(parts, cut) for parts in (_RELATION, _EXCLUSIVE, _OWNERSHIP)]
    return 1.0 - math.prod(1.0 - hurdle for hurdle in kept_out)


_market = partial(from_parts, group="market")

_SALES = (
    _market(
        "sell_in_units",
        parts=Parts(own("market", "sell_in_units")),
        formula="Σ sell_in_units",
        unit="units",
        better="higher",
        description="Units of ours delivered to outlets.",
    ),
    _market(
        "sell_in_value",
        parts=Parts(own("market", "sell_in_cents"), in_cents=True),
        formula="Σ sell_in_cents ÷ 100",
        unit="currency",
        better="higher",
        description="Goods of ours invoiced to outlets.",
    ),
    _market(
        "sell_out_units",
        parts=Parts(own("market", "sell_out_units")),
        formula="Σ sell_out_units",
        unit="units",
        better="higher",
        description="Units of ours bought by consumers: effective sell-through.",
    ),
    _market(
        "sell_out_value",
        parts=Parts(own("market", "sell_out_cents"), in_cents=True),
        formula="Σ sell_out_cents ÷ 100",
        unit="currency",
        better="higher",
        description="Consumers' spending on our products.",
    ),
    _market(
        "category_sell_out_units",
        parts=Parts(everyone("market", "sell_out_units")),
        formula="Σ sell_out_units of all companies",
        unit="units",
        better="neutral",
        description="Size of the market in units.",
    ),
    _market(
        "category_sell_out_value",
        parts=Parts(everyone("market", "sell_out_cents"), in_cents=True),
        formula="Σ sell_out_cents of all companies ÷ 100",
        unit="currency",
        better="neutral",
        description="Size of the market in consumers' spending.",
    ),
    _market(
        "market_share_units",
        parts=Parts(own("market", "sell_out_units"), everyone("market", "sell_out_units")),
        formula="Σ sell_out_units of ours ÷ Σ sell_out_units of all companies",
        unit="share",
        better="higher",
        description="Share of the units that consumers bought.",
    ),
    _market(
        "market_share_value",
        parts=Parts(own("market", "sell_out_cents"), everyone("market", "sell_out_cents")),
        formula="Σ sell_out_cents of ours ÷ Σ sell_out_cents of all companies",
        unit="share",
        better="higher",
        description="Share of consumers' spending.",
    ),
)

_DISTRIBUTION = (
    _market(
        "numeric_distribution",
        parts=Parts(_launched_columns("listed_outlets"), _per_launched_product("open_outlets")),
        formula="Σ listed_outlets ÷ Σ open_outlets over our products, each from the day it was first listed anywhere",
        unit="share",
        better="higher",
        description="Share of open outlets that list a product of ours (product mean).",
    ),
    _market(
        "weighted_distribution",
        parts=Parts(_launched_columns("listed_weight"), _per_launched_product("open_weight")),
        formula="Σ listed_weight ÷ Σ open_weight over our products, each from the day it was first listed anywhere",
        unit="share",
        better="higher",
        description="The same weighted by outlet size: share of the category's trade behind our listings.",
    ),
    _market(
        "numeric_distribution_company",
        parts=Parts(ours("territory", "listed_ours"), _OPEN),
        formula="Σ listed_ours ÷ Σ open_outlets",
        unit="share",
        better="higher",
        description="Share of open outlets that list at least one product of ours.",
    ),
    Kpi(
        "weighted_distribution_company",
        "market",
        "Σ size of open outlets that list a product of ours ÷ Σ size of open outlets, at the end of the run "
        "(NaN for an earlier span)",
        "share",
        "higher",
        "Share of outlet size in outlets that list at least one product of ours.",
        weighted_distribution_company,
    ),
    _market(
        "active_outlets_share",
        parts=Parts(ours("territory", "active_ours"), _OPEN),
        formula="Σ active_ours ÷ Σ open_outlets",
        unit="share",
        better="higher",
        description="Share of open outlets that sold a product of ours in the last 28 days.",
    ),
    _market(
        "share_of_shelf",
        parts=Parts(_weighted_own("market", "facings_share"), everyone("territory", "open_weight")),
        formula="Σ facings_share of our products × open_weight ÷ Σ open_weight",
        unit="share",
        better="higher",
        description="Our share of the category's facings, weighted by outlet size.",
    ),
)

_STANDING = (
    _market(
        "brand_capital",
        parts=Parts(_weighted_own("brand_territory", "brand_capital"), everyone("territory", "open_weight")),
        formula="Σ brand_capital of our brands × open_weight ÷ Σ open_weight",
        unit="share",
        better="higher",
        description="Our share of purchases smoothed over years: the part of our standing that lasts.",
    ),
    _market(
        "customer_ownership",
        parts=_OWNERSHIP,
        formula="Σ first_ours ÷ Σ open_outlets",
        unit="share",
        better="higher",
        description="Share of open outlets in which we are No. 1 by smoothed purchase share.",
    ),
    Kpi(
        "position_class",
        "market",
        "0 absent, 1 out of range, 2 challenger, 3 narrow leader, 4 leader (26.1 %), 5 stable (41.7 % and beyond the "
        "range), 6 monopoly (73.9 %); range 1.7×, 3× in a duel; share of units in the last 28 days of the span",
        "class",
        "higher",
        "Lanchester position; a mean over replications only ranks, see `positions` for the classes.",
        position.position_code,
    ),
    Kpi(
        "territories_first",
        "market",
        "territories in which we sold more units than any other company in the last 28 days of the span ÷ territories",
        "share",
        "higher",
        "Share of territories in which we are No. 1 at the end.",
        position.first_territories,
    ),
    Kpi(
        "lead_flips",
        "market",
        "changes of the company with most units in the trailing 28 days × 365 ÷ days of the span, mean of territories",
        "1/year",
        "neutral",
        "How often the lead changes hands in a territory.",
        position.flips_per_year,
    ),
    Kpi(
        "time_to_first",
        "market",
        "days from the first day of the span until our trailing 28-day units exceed every other company's; "
        "replications that never get there are left out of the mean and of n_replications",
        "days",
        "lower",
        "Time to No. 1.",
        position.days_to_first,
    ),
    Kpi(
        "time_to_cover",
        "market",
        "days from the first day of the span until (open_outlets − unvisited_outlets) ÷ open_outlets ≥ 0.95; "
        "replications that never get there are left out of the mean and of n_replications",
        "days",
        "lower",
        "Time until nearly every outlet is in regular contact.",
        time_to_cover,
    ),
    _market(
        "unvisited_customers",
        parts=Parts(_UNVISITED, days_of("territory")),
        formula="Σ unvisited_outlets ÷ days of the span",
        unit="outlets",
        better="lower",
        description="Open outlets not seen for database.unvisited_after_days, unknown ones included (daily mean).",
    ),
    Kpi(
        "loyalty_outlets",
        "market",
        "Σ size × share_ours ÷ Σ size over open outlets that list us, at the end of the run (NaN for an earlier span)",
        "share",
        "higher",
        "Our smoothed share of purchases inside the outlets that carry us.",
        loyalty_outlets,
    ),
    _market(
        "relation",
        parts=_RELATION,
        formula="Σ relation × open_weight ÷ Σ open_weight over our brands",
        unit="0-1",
        better="higher",
        description="Mean tie with outlets, weighted by outlet size.",
    ),
    Kpi(
        "barrier",
        "market",
        "1 − (1 − relation) × (1 − Σ exclusive_ours ÷ Σ open_outlets) × (1 − customer_ownership)",
        "0-1",
        "higher",
        "Chance that a rival meets a hurdle of ours in an outlet: tie, exclusive agreement or No. 1.",
        barrier,
    ),
)

KPIS = (*_SALES, *_DISTRIBUTION, *_STANDING, *households.KPIS)
