"""Retailers and distributors: the channel between factory and shelf."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from sim.policies import ReplenishmentPolicyName, ShopPolicyName
from sim.scenario.schema.common import IDENTIFIER, Placed, Spec, quantity
from sim.scenario.schema.place import Share


class ChannelSpec(Spec):
    """A type of outlet."""

    size_multiplier: float = quantity(1.0, "Shoppers of a generated outlet against a traditional shop.", gt=0, le=1000)
    facings: int = quantity(12, "Facings for the category.", unit="facings", ge=1, le=10_000)
    storage_days: float = quantity(21.0, "Storage room, in days of the outlet's category demand.", unit="days", gt=0, le=730)
    review_days: int = quantity(7, "Days between looks at the shelf to reorder.", unit="days", ge=1, le=60)
    price_factor: float = quantity(1.0, "Shelf price against the recommended one.", gt=0, le=10)
    visit_minutes: float = quantity(
        20.0, "Time of a first call by an untrained advisor, tasks included.", unit="minutes", gt=0, le=480,
        source="leads to about 10 minutes a call in practice",
    )  # fmt: skip
    payment_terms_days: int = quantity(7, "Agreed days to pay an invoice.", unit="days", ge=0, le=180)


def _default_channels() -> dict[str, ChannelSpec]:
    return {
        "hypermarket": ChannelSpec(
            size_multiplier=12.0, facings=60, review_days=2, price_factor=0.96, visit_minutes=60.0, payment_terms_days=25
        ),
        "supermarket": ChannelSpec(
            size_multiplier=4.0, facings=32, review_days=3, price_factor=0.98, visit_minutes=35.0, payment_terms_days=14
        ),
        "convenience": ChannelSpec(
            size_multiplier=1.6, facings=14, storage_days=14.0, review_days=3, price_factor=1.05, visit_minutes=18.0
        ),
        "traditional": ChannelSpec(),
        "catering": ChannelSpec(size_multiplier=0.8, facings=8, price_factor=1.25, visit_minutes=17.0),
    }


class ListingSpec(Spec):
    """Whether a product gets on the shelf (logistic in the terms below) and when it leaves."""

    intercept: float = quantity(-3.2, "Log-odds of a first sell-in attempt with all terms at zero.", ge=-20, le=20)
    relation: float = quantity(2.4, "Log-odds per unit of relation.", ge=0, le=50)
    margin: float = quantity(4.0, "Log-odds per unit of retail margin above 0.25.", ge=0, le=50)
    pull: float = quantity(0.8, "Log-odds per unit of goodwill plus appeal.", ge=0, le=50)
    skill: float = quantity(1.5, "Log-odds per unit of the advisor's selling skill.", ge=0, le=50)
    free_shelf: float = quantity(1.2, "Log-odds per unit of (1 − listed facings need / facings).", ge=0, le=50)
    rival_relation: float = quantity(
        1.0, "Log-odds lost per unit of the best other company's relation.", ge=0, le=50
    )
    facings_per_product: float = quantity(3.0, "Facings that one listed product wants.", unit="facings", gt=0, le=1000)
    initial_intercept: float = quantity(
        0.6, "Log-odds that a product of average appeal is listed at the beginning of the burn-in.", ge=-20, le=20
    )
    initial_size: float = quantity(
        0.5, "Log-odds of the initial listing per unit of ln(size/median).", ge=0, le=20,
        source="large shops list more (Reibstein & Farris 1995)",
    )  # fmt: skip
    delist_units_per_week: float = quantity(
        0.4, "Weekly sale below which a shop thinks of delisting.", unit="units/week", ge=0, le=1e6
    )
    delist_weeks: int = quantity(8, "Weeks below the threshold before the product is delisted.", unit="weeks", ge=1, le=104)
    delist_relation: float = quantity(0.05, "Relation below which a slow product goes at once.", ge=0, le=1)
    crowding_rate_per_week: float = quantity(
        0.06, "Chance that an average product without any relation is dropped from a shelf as crowded as 2.",
        unit="1/week", ge=0, le=1,
    )  # fmt: skip
    unprompted_per_month: float = quantity(
        0.02, "Chance a month that a shop asks by itself for an unlisted product, at average pull.", unit="1/month", ge=0, le=1
    )


class OrderingSpec(Spec):
    """How a shop reorders without an advisor."""

    policy: ShopPolicyName = quantity("order_up_to", "Reorder rule.", unit="-")
    safety_factor: float = quantity(
        1.4, "Safety stock in standard deviations of demand over review plus lead time.", ge=-3, le=6
    )
    smoothing: float = quantity(0.05, "Weight of today in the shop's estimate of daily sales.", unit="1/day", gt=0, le=1)
    expected_lead_days: float = quantity(2.0, "Lead time the shop reckons with.", unit="days", ge=0, le=60)
    dispersion_index: float = quantity(
        1.8, "Variance of a product's daily sales over their mean, as shops and advisors reckon with it.", ge=0, le=100,
        source="below the 3.3 of a whole assortment in the bakery panel",
    )  # fmt: skip
    s_S_cover_days: float = quantity(14.0, "S of (s,S), and Q of (r,Q), in days of demand above s.", unit="days", gt=0, le=365)
    late_share: Share = quantity(
        0.25, "Shops that often forget a review (half of all stock-outs arise in store ordering).",
        source="half of 8.3 % non-availability is caused by store ordering (Gruen, Corsten & Bharadwaj 2002)",
    )  # fmt: skip
    late_probability: Share = quantity(0.35, "Chance that such a shop skips a review.")
    teaching_gain: float = quantity(
        0.08, "Share of the way to a perfect habit that a call of an advisor with full coaching skill brings.", ge=0, le=1
    )
    teaching_effect: float = quantity(0.7, "Share of forgetfulness that perfect teaching removes.", ge=0, le=1)
    teaching_half_life_days: float = quantity(120.0, "Half-life of what a shop was taught.", unit="days", gt=0, le=36500)
    over_share: Share = quantity(0.15, "Shops that order too much.")
    over_factor: float = quantity(1.4, "Their order against the rule's.", ge=1, le=10)
    under_share: Share = quantity(0.20, "Shops that order too little.")
    under_factor: float = quantity(0.75, "Their order against the rule's.", gt=0, le=1)
    promotion_lift: float = quantity(
        0.6, "How much larger shops reckon their sales of a promoted product.", ge=0, le=10,
        source="feature uplift of ×2.1 (orange juice) is not known to shops in full",
    )  # fmt: skip
    minimum_cases: int = quantity(1, "Least cases of one product in an order.", unit="cases", ge=1, le=1000)
    opening_stock: float = quantity(
        1.2, "Shelf stock at the beginning, against the sales that a shop expects over review plus lead time.", ge=0, le=20
    )

    @model_validator(mode="after")
    def _habits_fit(self) -> OrderingSpec:
        if self.late_share + self.over_share + self.under_share > 1.0 + 1e-9:
            raise ValueError("late_share + over_share + under_share must not exceed 1")
        return self


class ShelfSpec(Spec):
    """Facings between and after visits."""

    visit_gain: float = quantity(
        0.35, "A merchandising visit moves facings this share of the way to the brand's best place.", ge=0, le=1
    )
    best_weight: float = quantity(2.2, "Best shelf weight against a product's fair share of 1.", ge=1, le=10)
    decay_half_life_days: float = quantity(14.0, "Time in which half of that gain is lost.", unit="days", gt=0, le=3650)
    relation_weight: float = quantity(0.5, "Shelf weight gained at a relation of 1.", ge=0, le=10)
    display_weight: float = quantity(0.6, "Shelf weight gained by a paid display.", ge=0, le=10)


class PaymentSpec(Spec):
    """How shops pay."""

    late_probability: Share = quantity(0.25, "Chance that a due invoice waits, at a relation of 0.")
    relation_effect: float = quantity(0.6, "Share of that chance removed at a relation of 1.", ge=0, le=1)
    late_days: int = quantity(7, "Days an unpaid invoice is put off.", unit="days", ge=1, le=90)
    credit_limit_days: float = quantity(
        30.0, "Distributors stop deliveries when unpaid invoices exceed this many days of purchases.", unit="days", gt=0, le=365
    )
    opening_cash_days: float = quantity(30.0, "Working capital of a shop in days of purchases.", unit="days", gt=0, le=365)


class RetailSpec(Spec):
    """Shops' conduct."""

    channels: dict[str, ChannelSpec] = quantity(
        text="Outlet types by name.", unit="-", factory=_default_channels, min_length=1, max_length=30
    )
    listing: ListingSpec = quantity(text="Sell-in and delisting.", unit="-", factory=ListingSpec)
    ordering: OrderingSpec = quantity(text="Own reordering.", unit="-", factory=OrderingSpec)
    shelf: ShelfSpec = quantity(text="Facings.", unit="-", factory=ShelfSpec)
    payment: PaymentSpec = quantity(text="Payment.", unit="-", factory=PaymentSpec)
    closing_per_year: float = quantity(0.06, "Share of outlets that close in a year.", unit="1/year", ge=0, le=1)
    opening_per_year: float = quantity(0.06, "New outlets a year, as a share of the first number.", unit="1/year", ge=0, le=1)


class DistributorPolicy(Spec):
    """Inventory policy of a distributor."""

    policy: ReplenishmentPolicyName = quantity(
        "exponential_smoothing", "How orders to the factory are set.", unit="-"
    )
    review_days: int = quantity(7, "Days between reviews.", unit="days", ge=1, le=60)
    cover_days: float = quantity(
        10.0, "Days of demand covered on top of review and lead time (base_stock, (s,S), (r,Q)).", unit="days", ge=0, le=365
    )
    safety_factor: float = quantity(1.3, "Safety stock in standard deviations of demand over the risk time.", ge=-3, le=6)
    memory_days: int = quantity(28, "Days averaged by moving_average; 2/(n+1) is the smoothing weight.", unit="days", ge=1, le=56)
    expected_lead_days: float = quantity(5.0, "Lead time the distributor reckons with.", unit="days", ge=0, le=90)


class DistributorSpec(Placed):
    """One distributor; one company's goods. Without a position its warehouse is near the first territory's centre."""

    id: str = quantity(..., "Distributor identifier.", unit="-", source="user", pattern=IDENTIFIER)
    name: str = quantity("", "Name; the identifier when empty.", unit="-")
    company: str = quantity("", "Company it buys from; ours when empty.", unit="-")
    territories: tuple[str, ...] = quantity(..., "Territories covered.", unit="-", source="user", min_length=1)
    signed: bool = quantity(
        True, "Whether it has a contract at the beginning; without one it is a candidate, serves nobody and may be signed.", unit="-"
    )
    core: bool = quantity(True, "Whether it is served as a core distributor (first in allocation).", unit="-")
    capability: float = quantity(0.6, "Skill of running stock and delivery.", ge=0, le=1)
    potential: float = quantity(0.5, "Room to grow; only partly observed.", ge=0, le=1)
    relation: float = quantity(0.5, "Relation with the company.", ge=0, le=1)
    information_system: bool = quantity(False, "Whether it shares daily sell-out data.", unit="-")
    drops_per_day: int | None = quantity(None, "Deliveries a day; sized to the outlets when absent.", unit="drops/day", ge=0, le=10_000_000)
    warehouse_days: float = quantity(60.0, "Warehouse room in days of the opening demand.", unit="days", gt=0, le=3650)
    service_radius_km: float = quantity(150.0, "Farthest outlet served.", unit="km", gt=0, le=5000)
    policy: DistributorPolicy | None = quantity(None, "Own policy; the default of `distributors.policy` when absent.", unit="-")


class DistributorGenerator(Spec):
    """Distributors for every company."""

    per_territory: int = quantity(1, "Distributors of each company in a territory.", unit="distributors", ge=1, le=50)
    capability_mean: float = quantity(0.6, "Mean capability.", ge=0, le=1)
    capability_sd: float = quantity(0.12, "Standard deviation of capability.", ge=0, le=0.5)


class DeliverySpec(Spec):
    """Distributors' trucks."""

    spare_capacity: float = quantity(
        1.5, "Drops a day against the average need, where `drops_per_day` is absent.", gt=0, le=100
    )
    works_on: tuple[Annotated[int, Field(ge=0, le=6)], ...] = quantity(
        (0, 1, 2, 3, 4, 5), "Weekdays with deliveries (0 Monday).", unit="weekday", min_length=1
    )
    promised_days: int = quantity(2, "Deliveries later than this count as late.", unit="days", ge=1, le=60)
    cancel_days: int = quantity(10, "An order unfilled for this long is cancelled.", unit="days", ge=1, le=90)
    cost_cents_per_drop: int = quantity(350, "Cost of a drop.", unit="cents/drop", ge=0, le=10_000_000)
    cost_cents_per_km: int = quantity(60, "Cost of a kilometre between drops.", unit="cents/km", ge=0, le=1_000_000)
    unskilled_capacity: float = quantity(
        0.7, "Drops that a distributor without any capability makes, against `drops_per_day`.", ge=0, le=5
    )
    capacity_gain: float = quantity(
        0.5, "Drops that full capability adds to it; the usual 0.6 makes what was planned.", ge=0, le=5
    )
    drops_per_truck: int = quantity(40, "Drops of a full van, for the length of rounds.", unit="drops", ge=1, le=1000)


class PushSpec(Spec):
    """Period targets, loading and overstock."""

    period_days: int = quantity(30, "Length of a target period.", unit="days", ge=7, le=366)
    target_growth: float = quantity(1.03, "Target against the average of the last periods' purchases.", gt=0, le=5)
    rebate_rate: float = quantity(0.0, "Rebate on the period's purchases when the target is reached.", ge=0, le=0.5)
    loading_window_days: int = quantity(5, "Last days of a period in which a distributor loads to reach it.", unit="days", ge=1, le=30)
    loading_reach: float = quantity(0.35, "Largest gap, as a share of the target, that is still loaded.", ge=0, le=2)
    holding_cost_per_year: float = quantity(0.25, "Yearly cost of stock, as a share of its value.", unit="1/year", ge=0, le=2)
    overstock_days: float = quantity(45.0, "Days of stock above which a distributor marks down.", unit="days", gt=0, le=730)
    markdown_rate: float = quantity(0.06, "Discount to outlets on overstocked products.", ge=0, le=0.9)
    markdown_order_lift: float = quantity(0.5, "Outlets' larger orders at that discount (forward buying).", ge=0, le=5)
    history_weight: float = quantity(
        0.4, "Weight of the last period in the smoothed purchases from which targets are set.", unit="1/period", ge=0, le=1
    )


class ContractsSpec(Spec):
    """How distributors are won and kept."""

    intercept: float = quantity(-2.0, "Log-odds a month that a candidate of middling fit signs for no money.", ge=-20, le=20)
    fit: float = quantity(3.0, "Log-odds per unit of fit above one half.", ge=0, le=50)
    offer: float = quantity(3.0, "Log-odds when the retainer offered equals the candidate's expected monthly margin.", ge=0, le=50)
    poach_probability: Share = quantity(
        0.5, "Chance a month that endless money wins a rival's distributor who has no tie at all with its company."
    )
    tie_gain_per_month: float = quantity(0.05, "Share of the way to a full relation that a very large retainer goes in a month.", ge=0, le=1)
    tie_half_cents: int = quantity(100_000, "Retainer that has half of this effect.", unit="cents/month", ge=1, le=10**12)
    tie_unserved: float = quantity(0.3, "Relation to which a distributor drifts whose orders all wait.", ge=0, le=1)
    tie_supply_gain: float = quantity(0.6, "What is added to it when none of its orders wait.", ge=0, le=1)
    tie_drift_per_month: float = quantity(0.1, "Share of the way there that is gone in a month.", unit="1/month", ge=0, le=1)

    @model_validator(mode="after")
    def _goal_is_a_relation(self) -> ContractsSpec:
        if self.tie_unserved + self.tie_supply_gain > 1.0 + 1e-9:
            raise ValueError("tie_unserved + tie_supply_gain must not exceed 1")
        return self


class ServicesSpec(Spec):
    """What services to distributors cost us, and what coaching brings."""

    information_system_cents_per_month: int = quantity(
        50_000, "Running a distributor's information system.", unit="cents/distributor/month", ge=0, le=10**10
    )
    coaching_gain_per_month: float = quantity(
        0.05, "Capability gained in a month of endless coaching, as a share of potential × what is missing to 1.",
        unit="1/month", ge=0, le=1,
    )  # fmt: skip
    coaching_half_cents: int = quantity(100_000, "Coaching that has half of this effect.", unit="cents/month", ge=1, le=10**12)


class DistributorsSpec(Spec):
    """Distributors in full, by a generator, or both; and their common conduct."""

    generate: DistributorGenerator | None = quantity(None, "Distributors for every company without any in the list.", unit="-")
    list: tuple[DistributorSpec, ...] = quantity((), "Distributors in full.", unit="list")
    policy: DistributorPolicy = quantity(text="Default inventory policy.", unit="-", factory=DistributorPolicy)
    delivery: DeliverySpec = quantity(text="Delivery.", unit="-", factory=DeliverySpec)
    push: PushSpec = quantity(text="Targets and overstock.", unit="-", factory=PushSpec)
    contracts: ContractsSpec = quantity(text="Winning and keeping distributors.", unit="-", factory=ContractsSpec)
    services: ServicesSpec = quantity(text="Costs of services.", unit="-", factory=ServicesSpec)
    opening_stock_days: float = quantity(20.0, "Stock at the beginning, in days of expected demand.", unit="days", ge=0, le=730)
    rating_error: float = quantity(0.15, "Standard deviation of our people's error when they rate a distributor's potential.", ge=0, le=1)
    payment_terms_days: int = quantity(30, "Days to pay the factory.", unit="days", ge=0, le=180)
    opening_cash_days: float = quantity(60.0, "Working capital in days of purchases.", unit="days", gt=0, le=3650)
    storage_cents_per_unit_day: float = quantity(0.05, "Cost of storage.", unit="cents/unit/day", ge=0, le=1000)
    shelf_life_days: int = quantity(360, "Stock turning slower than this is scrapped at that rate.", unit="days", ge=1, le=36500)
