"""Manufacturers (ours and rivals): factory, money, conduct; and our head office: strategy, budget, comparison."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import field_validator

from sim.policies import ExclusiveDegreeName
from sim.scenario.schema.common import IDENTIFIER, Spec, quantity
from sim.scenario.schema.ground import GroundSpec
from sim.scenario.schema.place import Share
from sim.scenario.schema.programme import OurProgrammeSpec, ProgrammeSpec
from sim.scenario.schema.rivalry import RETALIATION, ConductSpec, EntrySpec


class StopSpec(Spec):
    """A scheduled breakdown of a factory."""

    first_date: date = quantity(..., "First day on which nothing is made or shipped.", "date", source="user")
    duration_days: int = quantity(14, "Length.", "[1, 365] days")


class CapacityPlanSpec(Spec):
    """A date from which a company wants another capacity."""

    first_date: date = quantity(
        ..., "Day on which it is ordered; a smaller one is there at once.", "date", source="user"
    )
    factor: float = quantity(1.0, "Capacity wanted, against that of the beginning.", "[0, 100]")


class FactorySpec(Spec):
    """Production and transport of one company."""

    capacity_factor: float = quantity(
        1.4, "Daily capacity against the expected demand of the whole market.", "[0, 1000]"
    )
    stock_days: float = quantity(12.0, "Finished stock aimed at, in days of recent orders.", "[0, 365] days")
    transport_days: int = quantity(3, "Shortest time from factory to distributor.", "[1, 60] days")
    transport_days_extra: float = quantity(1.0, "Mean of the further, random days (geometric).", "[0, 30] days")
    reliability: float = quantity(0.985, "Chance that the factory ships on a day.", "[0, 1]")
    freight_cents_per_unit: int = quantity(4, "Freight to distributors.", "[0, 1_000_000] cents/unit")
    stops: tuple[StopSpec, ...] = quantity((), "Scheduled breakdowns.", "list")
    order_smoothing: float = quantity(
        0.06, "Weight of today in the smoothed orders that finished stock is reckoned from.", "(0, 1] 1/day"
    )
    capacity_plans: tuple[CapacityPlanSpec, ...] = quantity((), "Changes of capacity, by date.", "list")
    capacity_lead_days: int = quantity(180, "Days from ordering more capacity to its first day.", "[0, 3660] days")
    capacity_cost_cents: int = quantity(
        10_000, "Price of making one unit a day more, paid when ordered.", "[0, 1e9] cents per unit/day"
    )
    capacity_upkeep_cents: int = quantity(
        100, "Upkeep of each unit a day beyond the capacity of the beginning.", "[0, 1e9] cents/month per unit/day"
    )


class PromotionSpec(Spec):
    """The company's regular consumer promotions."""

    every_days: int = quantity(56, "Days from one promotion to the next; 0 means none.", "[0, 730] days")
    length_days: int = quantity(10, "Length of a promotion.", "[1, 180] days")
    price_cut: float = quantity(0.10, "Cut of the shelf price, paid by the company.", "[0, 0.9]")
    product_share: float = quantity(0.5, "Share of the company's products promoted each time.", "[0, 1]")


class TradePromotionSpec(Spec):
    """The company's regular promotions to shops, on all its products (`mechanisms.trade_promotions`).

    Goods that are given free are a discount, too: m cases free with every n are m ÷ (n + m) off.
    """

    every_days: int = quantity(0, "Days from one promotion to the next; 0 means none.", "[0, 730] days")
    length_days: int = quantity(14, "Length of a promotion.", "[1, 180] days")
    discount: float = quantity(0.05, "Taken off shops' invoices, and paid to the distributor.", "[0, 0.9]")


class BudgetSpec(Spec):
    """Monthly spending of a company for the whole market, before levers."""

    advertising_cents: int = quantity(300_000, "Advertising, spread by population.", "[0, 1e14] cents/month")
    display_cents: int = quantity(150_000, "Paid displays, largest outlets first.", "[0, 1e14] cents/month")
    display_fee_cents: int = quantity(15_000, "Fee of one display.", "[1, 1e9] cents/outlet/month")
    promoters: int = quantity(1, "Promoters in the largest outlets.", "[0, 100_000] persons")
    promoter_wage_cents: int = quantity(12_000, "Wage of a promoter's day.", "[0, 1e8] cents/day")
    overhead_cents: int = quantity(300_000, "Regional office.", "[0, 1e14] cents/month")
    listing_fee_most_cents: int = quantity(
        100_000, "Highest fee paid for a place on a full shelf.", "[0, 1e9] cents/outlet"
    )
    exclusive_degree: ExclusiveDegreeName = quantity(
        "cooler", "What it asks for in exclusive agreements, with `mechanisms.exclusive_degrees`.", "-"
    )
    exclusive_most_cents: int = quantity(
        30_000, "Highest price that it pays for one of them.", "[0, 1e9] cents/outlet/month"
    )


class CompanySpec(Spec):
    """What every manufacturer has."""

    id: str = quantity(..., "Company identifier.", "-", source="user", pattern=IDENTIFIER)
    name: str = quantity("", "Name; the identifier when empty.", "-")
    brands: tuple[str, ...] = quantity((), "Brands owned; one named like the company when empty.", "-")
    appeal: float = quantity(0.0, "Appeal of its generated products.", "[-10, 10] utility")
    price_factor: float = quantity(
        1.0, "Prices of its generated products against the usual ones, at which appeal is meant.", "(0, 10]"
    )
    goodwill: float = quantity(0.5, "Goodwill at the beginning.", "[0, 20] utility")
    relation: float = quantity(0.30, "Mean relation with outlets at the beginning.", "[0, 1]")
    listing_bonus: float = quantity(
        0.0, "Log-odds of the initial listings against an average company (history).", "[-20, 20]"
    )
    factory: FactorySpec = quantity(text="Production and transport.", domain="-", factory=FactorySpec)
    promotion: PromotionSpec = quantity(text="Consumer promotions.", domain="-", factory=PromotionSpec)
    trade_promotion: TradePromotionSpec = quantity(text="Promotions to shops.", domain="-", factory=TradePromotionSpec)
    budget: BudgetSpec = quantity(text="Monthly spending.", domain="-", factory=BudgetSpec)
    absent_from: tuple[str, ...] = quantity(
        (),
        "Territories closed to it at the beginning: no field force there, with `mechanisms.ground` no distributor, "
        "promoter or budget either.",
        "-",
    )
    ground: GroundSpec = quantity(text="Opening, closing and the platform.", domain="-", factory=GroundSpec)
    programme: ProgrammeSpec = quantity(text="Its way of working.", domain="-", factory=ProgrammeSpec)


class OursSpec(CompanySpec):
    """Our company."""

    id: str = quantity("ours", "Company identifier.", "-", pattern=IDENTIFIER)
    history_growth_target: float = quantity(1.05, "Region targets against history.", "(0, 5]")
    target_weights: tuple[float, float, float, float] = quantity(
        (0.25, 0.25, 0.25, 0.25), "Weights of rivalry, capacity, potential and history in the split of targets."
    )
    programme: OurProgrammeSpec = quantity(text="Its way of working.", domain="-", factory=OurProgrammeSpec)
    opening_cash_cents: int = quantity(5_000_000_000, "Cash at the beginning.", "[0, 1e17] cents")


class CampaignSpec(Spec):
    """A scheduled move of a rival, whatever we do."""

    first_date: date = quantity(..., "First day.", "date", source="user")
    duration_days: int = quantity(30, "Length.", "[1, 3660] days")
    instrument: Literal["price", "promotion", "advertising", "field", "ground"] = quantity(
        "price", "What is used; `ground` opens the territories and closes them in the end.", "-"
    )
    strength: float = quantity(0.1, "Price cut as a share; otherwise a multiplier minus 1.", "[0, 20]")
    territories: tuple[str, ...] = quantity((), "Where; everywhere when empty.", "-")


class RivalSpec(CompanySpec):
    """A competing manufacturer; its weak links are its own parameters."""

    field_calls_per_outlet_month: float = quantity(
        0.8, "Calls of its field force, for each outlet of the market.", "[0, 31] calls/outlet/month"
    )
    field_focus: float = quantity(0.6, "How calls follow outlet size: weight size^focus.", "[0, 3]")
    field_skill: float = quantity(0.5, "Skill of its field force.", "[0, 1]")
    temperament: Literal["passive", "follower", "defender", "aggressor"] = quantity(
        "passive", "How it answers.", "-", source=RETALIATION
    )
    observe_delay_days: int = quantity(30, "Age of the shares it sees.", "[0, 365] days")
    observe_noise: float = quantity(0.02, "Standard deviation of its error on a share.", "[0, 0.5]")
    answer_threshold: float = quantity(0.03, "Loss of share that wakes it.", "[0, 1]")
    answer_probability: Share = quantity(
        0.35, "Chance of an answer a month once awake (not passive).", source=RETALIATION
    )
    answer_length_days: int = quantity(60, "Length of an answer.", "[1, 730] days")
    answer_price_cut: float = quantity(0.08, "Price cut of an answer.", "[0, 0.9]")
    answer_multiplier: float = quantity(1.6, "Advertising or field effort during an answer.", "[1, 20]")
    poach_probability: Share = quantity(
        0.05, "Chance a month that an aggressor tries to win a weakly tied distributor of ours."
    )
    offer_cents: int = quantity(
        0,
        "Retainer of the distributors that it signs from the pool or wins from us (`mechanisms.distributor_pool`).",
        "[0, 1e10] cents/month",
    )
    exclusive_per_month: int = quantity(0, "Outlets bound exclusively each month.", "[0, 100_000] outlets/month")
    campaigns: tuple[CampaignSpec, ...] = quantity((), "Scheduled moves.", "list")
    field_farmer: float = quantity(0.4, "Orientation of its field force: 0 hunter, 1 farmer.", "[0, 1]")
    field_cover_days: float = quantity(
        9.0, "Days of sales that an order written by its field force covers.", "[0, 365] days"
    )
    field_calls_per_person: float = quantity(
        20.0, "Calls for which it pays a day's wage.", "(0, 1000] calls/person/day", source="15–25 typical"
    )
    reference_memory: float = quantity(
        0.2, "Weight of the newest look in the share that it is used to and measures a loss against.", "(0, 1]"
    )
    exclusivity_probability: Share = quantity(
        0.3, "Chance that a defender answers by binding outlets, whatever we did."
    )
    answer_exclusive_share: Share = quantity(
        0.02, "Share of a territory's outlets that an answer by exclusivity binds, at least one."
    )
    entry: EntrySpec | None = quantity(None, "Makes it a newcomer, who is not in the market yet.", "-")
    conduct: ConductSpec = quantity(text="How it lives on what it earns.", domain="-", factory=ConductSpec)


class RivalGenerator(Spec):
    """Rivals of falling strength."""

    n: int = quantity(3, "Number of rivals.", "[0, 20] companies")
    appeal_first: float = quantity(0.35, "Appeal of the strongest.", "[-10, 10] utility")
    appeal_last: float = quantity(-0.35, "Appeal of the weakest.", "[-10, 10] utility")


class RivalsSpec(Spec):
    """Rivals in full, by a generator, or both."""

    generate: RivalGenerator | None = quantity(None, "Synthetic rivals.", "-")
    list: tuple[RivalSpec, ...] = quantity((), "Rivals in full.", "list")


class BudgetRuleSpec(Spec):
    """The budget that every strategy of a scenario shares."""

    cents_per_month: int | None = quantity(
        None, "What field, market and services may cost; that of no strategy when absent.", "[0, 1e15] cents/month"
    )
    on_excess: Literal["cut", "refuse", "allow"] = quantity(
        "cut", "A plan that costs more: cut advertising, displays and promoters alike, refuse it, or allow it.", "-"
    )


class DirectionSpec(Spec):
    """How the head office works."""

    review_days: int | None = quantity(
        None,
        "Days from one decision of a strategy to the next; 28 when absent, 7 with `mechanisms.ground`, so that gates are "
        "looked at weekly.",
        "[1, 366] days",
    )
    budget: BudgetRuleSpec = quantity(text="The common budget.", domain="-", factory=BudgetRuleSpec)


class ComparisonSpec(Spec):
    """What a comparison of the scenario's strategies asks."""

    question: str = quantity("", "The question in the words of the board.", "-", max_length=300)
    baseline: str = quantity("baseline", "Strategy to which the others are compared.", "-")
    kpis: tuple[str, ...] = quantity(
        ("profit_manufacturer", "market_share_units"),
        "KPIs compared; the first one decides.",
        "list",
        min_length=1,
        max_length=12,
    )
    discount_rate_per_year: float = quantity(0.10, "Rate at which later cash counts less.", "[0, 1] 1/year")

    @field_validator("kpis")
    @classmethod
    def _differ(cls, kpis: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(kpis)) < len(kpis):
            raise ValueError("must not name a KPI twice")
        return kpis
