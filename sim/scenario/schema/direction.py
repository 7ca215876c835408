"""Our head office: which strategy it follows, how often it decides, what it may spend, and how strategies are compared."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from sim.scenario.schema.common import Spec, quantity


class BudgetRuleSpec(Spec):
    """The budget that every strategy of a scenario shares."""

    cents_per_month: int | None = quantity(
        None, "What field, market and services may cost a month; the plan without a strategy when absent.",
        unit="cents/month", ge=0, le=10**15,
    )  # fmt: skip
    on_excess: Literal["cut", "refuse", "allow"] = quantity(
        "cut",
        "A plan that costs more: cut advertising, displays and promoters in proportion, refuse it, or allow it.",
        unit="-",
    )


class DirectionSpec(Spec):
    """How the head office works."""

    review_days: int = quantity(28, "Days from one decision of a strategy to the next.", unit="days", ge=1, le=366)
    budget: BudgetRuleSpec = quantity(text="The common budget.", unit="-", factory=BudgetRuleSpec)


class ComparisonSpec(Spec):
    """What a comparison of the scenario's strategies asks."""

    question: str = quantity("", "The question in the words of the board.", unit="-", max_length=300)
    baseline: str = quantity("baseline", "Strategy to which the others are compared.", unit="-")
    kpis: tuple[str, ...] = quantity(
        ("profit_manufacturer", "market_share_units"), "KPIs compared; the first one decides.", unit="list", min_length=1, max_length=12
    )
    discount_rate_per_year: float = quantity(0.10, "Rate at which later cash counts less.", unit="1/year", ge=0, le=1)

    @field_validator("kpis")
    @classmethod
    def _differ(cls, kpis: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(kpis)) < len(kpis):
            raise ValueError("must not name a KPI twice")
        return kpis
