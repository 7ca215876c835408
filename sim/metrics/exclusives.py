"""KPIs of exclusive agreements; the degrees are 0 without `mechanisms.exclusive_degrees`."""

from __future__ import annotations

from functools import partial

from sim.metrics.kpi import Parts, days_of, from_parts, ours
from sim.metrics.money import booked

_market = partial(from_parts, group="market", better="neutral", unit="outlets")
_DAYS = days_of("territory")

KPIS = (
    _market(
        "exclusive_coolers",
        parts=Parts(ours("territory", "exclusive_cooler"), _DAYS),
        formula="Σ exclusive_cooler ÷ days",
        description="Outlets that give our products the best of their shelf by agreement, mean of days.",
    ),
    _market(
        "exclusive_shelves",
        parts=Parts(ours("territory", "exclusive_shelf"), _DAYS),
        formula="Σ exclusive_shelf ÷ days",
        description="Outlets that have agreed to keep only some products of each other company, mean of days.",
    ),
    _market(
        "exclusive_shops",
        parts=Parts(ours("territory", "exclusive_shop"), _DAYS),
        formula="Σ exclusive_shop ÷ days",
        description="Outlets that have agreed to sell our products only, mean of days.",
    ),
    from_parts(
        "exclusive_cost",
        "money",
        parts=Parts(booked("manufacturer", "exclusive_cost"), in_cents=True),
        formula="Σ amount_cents of our account exclusive_cost ÷ 100",
        unit="currency",
        better="lower",
        description="What we paid for exclusive agreements.",
        by_territory=False,
    ),
)
