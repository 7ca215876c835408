"""Manufacturers (ours and rivals): factory, money, conduct; and our head office: strategy, budget, comparison."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import field_validator

from sim.scenario.schema.common import IDENTIFIER, Spec, quantity
from sim.scenario.schema.place import Share

RETALIATION = "most rivals do not react; if they do, by the same instrument (Steenkamp, Nijs, Hanssens & Dekimpe 2005)"


class StopSpec(Spec):
    """A scheduled breakdown of a factory."""

    first_date: date = quantity(..., "First day on which nothing is made or shipped.", unit="date", source="user")
    duration_days: int = quantity(14, "Length.", unit="days", ge=1, le=365)


class FactorySpec(Spec):
    """Production and transport of one company."""

    capacity_factor: float = quantity(
        1.4, "Daily capacity against the expected demand of the whole market.", ge=0, le=1000
    )
    stock_days: float = quantity(12.0, "Finished stock aimed at, in days of recent orders.", unit="days", ge=0, le=365)
    transport_days: int = quantity(3, "Shortest time from factory to distributor.", unit="days", ge=1, le=60)
    transport_days_extra: float = quantity(1.0, "Mean of the further, random days (geometric).", unit="days", ge=0, le=30)
    reliability: float = quantity(0.985, "Chance that the factory ships on a day.", ge=0, le=1)
    freight_cents_per_unit: int = quantity(4, "Freight to distributors.", unit="cents/unit", ge=0, le=1_000_000)
    stops: tuple[StopSpec, ...] = quantity((), "Scheduled breakdowns.", unit="list")
    order_smoothing: float = quantity(
        0.06, "Weight of today in the smoothed orders that finished stock is reckoned from.", unit="1/day", gt=0, le=1
    )


class PromotionSpec(Spec):
    """The company's regular consumer promotions."""

    every_days: int = quantity(56, "Days from one promotion to the next; 0 means none.", unit="days", ge=0, le=730)
    length_days: int = quantity(10, "Length of a promotion.", unit="days", ge=1, le=180)
    price_cut: float = quantity(0.10, "Cut of the shelf price, paid by the company.", ge=0, le=0.9)
    product_share: float = quantity(0.5, "Share of the company's products promoted each time.", ge=0, le=1)


class BudgetSpec(Spec):
    """Monthly spending of a company for the whole market, before levers."""

    advertising_cents: int = quantity(300_000, "Advertising, spread by population.", unit="cents/month", ge=0, le=10**14)
    display_cents: int = quantity(150_000, "Paid displays, largest outlets first.", unit="cents/month", ge=0, le=10**14)
    display_fee_cents: int = quantity(15_000, "Fee of one display.", unit="cents/outlet/month", ge=1, le=10**9)
    promoters: int = quantity(1, "Promoters in the largest outlets.", unit="persons", ge=0, le=100_000)
    promoter_wage_cents: int = quantity(12_000, "Wage of a promoter's day.", unit="cents/day", ge=0, le=10**8)
    overhead_cents: int = quantity(300_000, "Regional office.", unit="cents/month", ge=0, le=10**14)


class CompanySpec(Spec):
    """What every manufacturer has."""

    id: str = quantity(..., "Company identifier.", unit="-", source="user", pattern=IDENTIFIER)
    name: str = quantity("", "Name; the identifier when empty.", unit="-")
    brands: tuple[str, ...] = quantity((), "Brands owned; one named like the company when empty.", unit="-")
    appeal: float = quantity(0.0, "Appeal of its generated products.", unit="utility", ge=-10, le=10)
    price_factor: float = quantity(
        1.0, "Prices of its generated products against the usual ones, at which appeal is meant.", gt=0, le=10
    )
    goodwill: float = quantity(0.5, "Goodwill at the beginning.", unit="utility", ge=0, le=20)
    relation: float = quantity(0.30, "Mean relation with outlets at the beginning.", ge=0, le=1)
    listing_bonus: float = quantity(
        0.0, "Log-odds of the initial listings against an average company (history).", ge=-20, le=20
    )
    factory: FactorySpec = quantity(text="Production and transport.", unit="-", factory=FactorySpec)
    promotion: PromotionSpec = quantity(text="Consumer promotions.", unit="-", factory=PromotionSpec)
    budget: BudgetSpec = quantity(text="Monthly spending.", unit="-", factory=BudgetSpec)


class OursSpec(CompanySpec):
    """Our company."""

    id: str = quantity("ours", "Company identifier.", unit="-", pattern=IDENTIFIER)
    history_growth_target: float = quantity(1.05, "Region targets against history.", gt=0, le=5)
    target_weights: tuple[float, float, float, float] = quantity(
        (0.25, 0.25, 0.25, 0.25), "Weights of rivalry, capacity, potential and history in the split of targets."
    )
    opening_cash_cents: int = quantity(5_000_000_000, "Cash at the beginning.", unit="cents", ge=0, le=10**17)


class CampaignSpec(Spec):
    """A scheduled move of a rival, whatever we do."""

    first_date: date = quantity(..., "First day.", unit="date", source="user")
    duration_days: int = quantity(30, "Length.", unit="days", ge=1, le=3660)
    instrument: Literal["price", "promotion", "advertising", "field"] = quantity("price", "What is used.", unit="-")
    strength: float = quantity(0.1, "Price cut as a share; otherwise a multiplier minus 1.", ge=0, le=20)
    territories: tuple[str, ...] = quantity((), "Where; everywhere when empty.", unit="-")


class RivalSpec(CompanySpec):
    """A competing manufacturer; its weak links are its own parameters."""

    field_calls_per_outlet_month: float = quantity(
        0.8, "Calls of its field force, for each outlet of the market.", unit="calls/outlet/month", ge=0, le=31
    )
    field_focus: float = quantity(0.6, "How calls follow outlet size: weight size^focus.", ge=0, le=3)
    field_skill: float = quantity(0.5, "Skill of its field force.", ge=0, le=1)
    absent_from: tuple[str, ...] = quantity((), "Territories where it has no field force.", unit="-")
    temperament: Literal["passive", "follower", "defender", "aggressor"] = quantity(
        "passive", "How it answers.", unit="-", source=RETALIATION
    )
    observe_delay_days: int = quantity(30, "Age of the shares it sees.", unit="days", ge=0, le=365)
    observe_noise: float = quantity(0.02, "Standard deviation of its error on a share.", ge=0, le=0.5)
    answer_threshold: float = quantity(0.03, "Loss of share that wakes it.", ge=0, le=1)
    answer_probability: Share = quantity(0.35, "Chance of an answer a month once awake (not passive).", source=RETALIATION)
    answer_length_days: int = quantity(60, "Length of an answer.", unit="days", ge=1, le=730)
    answer_price_cut: float = quantity(0.08, "Price cut of an answer.", ge=0, le=0.9)
    answer_multiplier: float = quantity(1.6, "Advertising or field effort during an answer.", ge=1, le=20)
    poach_probability: Share = quantity(0.05, "Chance a month that an aggressor tries to win a weakly tied distributor of ours.")
    exclusive_per_month: int = quantity(0, "Outlets bound exclusively each month.", unit="outlets/month", ge=0, le=100_000)
    campaigns: tuple[CampaignSpec, ...] = quantity((), "Scheduled moves.", unit="list")


class RivalGenerator(Spec):
    """Rivals of falling strength."""

    n: int = quantity(3, "Number of rivals.", unit="companies", ge=0, le=20)
    appeal_first: float = quantity(0.35, "Appeal of the strongest.", unit="utility", ge=-10, le=10)
    appeal_last: float = quantity(-0.35, "Appeal of the weakest.", unit="utility", ge=-10, le=10)


class RivalsSpec(Spec):
    """Rivals in full, by a generator, or both."""

    generate: RivalGenerator | None = quantity(None, "Synthetic rivals.", unit="-")
    list: tuple[RivalSpec, ...] = quantity((), "Rivals in full.", unit="list")


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
