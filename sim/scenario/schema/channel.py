"""Retailers and distributors: the channel between factory and shelf."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from sim.policies import ReplenishmentPolicyName, ShopPolicyName
from sim.scenario.schema.common import IDENTIFIER, Placed, Spec, quantity
from sim.scenario.schema.partner import PartnersSpec
from sim.scenario.schema.place import Share
from sim.scenario.schema.rivalry import DisplacementSpec

CALL_MINUTES = "leads to about 10 minutes a call in practice"
SHOP_LISTS = "large shops list more (Reibstein & Farris 1995)"
ASSORTMENT = "below the 3.3 of a whole assortment in the bakery panel"
STORE_ORDERING = "half of 8.3 % non-availability is caused by store ordering (Gruen, Corsten & Bharadwaj 2002)"
FEATURES = "feature uplift of ×2.1 (orange juice) is not known to shops in full"


class ChannelSpec(Spec):
    """A type of outlet."""

    size_multiplier: float = quantity(1.0, "Shoppers of a generated outlet against a traditional shop.", "(0, 1000]")
    facings: int = quantity(12, "Facings for the category.", "[1, 10_000] facings")
    storage_days: float = quantity(21.0, "Storage room, in days of the outlet's category demand.", "(0, 730] days")
    review_days: int = quantity(7, "Days between looks at the shelf to reorder.", "[1, 60] days")
    price_factor: float = quantity(1.0, "Shelf price against the recommended one.", "(0, 10]")
    visit_minutes: float = quantity(
        20.0, "Time of a first call by an untrained advisor, tasks included.", "(0, 480] minutes", source=CALL_MINUTES
    )
    payment_terms_days: int = quantity(7, "Agreed days to pay an invoice.", "[0, 180] days")


def _default_channels() -> dict[str, ChannelSpec]:
    return {
        "hypermarket": ChannelSpec(
            size_multiplier=12.0,
            facings=60,
            review_days=2,
            price_factor=0.96,
            visit_minutes=60.0,
            payment_terms_days=25,
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

    intercept: float = quantity(-3.2, "Log-odds of a first sell-in attempt with all terms at zero.", "[-20, 20]")
    relation: float = quantity(2.4, "Log-odds per unit of relation.", "[0, 50]")
    margin: float = quantity(4.0, "Log-odds per unit of retail margin above `usual_margin`.", "[0, 50]")
    pull: float = quantity(0.8, "Log-odds per unit of goodwill plus appeal.", "[0, 50]")
    skill: float = quantity(1.5, "Log-odds per unit of the advisor's selling skill.", "[0, 50]")
    free_shelf: float = quantity(1.2, "Log-odds per unit of (1 − listed facings need / facings).", "[0, 50]")
    rival_relation: float = quantity(1.0, "Log-odds lost per unit of the best other company's relation.", "[0, 50]")
    facings_per_product: float = quantity(3.0, "Facings that one listed product wants.", "(0, 1000] facings")
    initial_intercept: float = quantity(
        0.6, "Log-odds that a product of average appeal is listed at the beginning of the burn-in.", "[-20, 20]"
    )
    initial_size: float = quantity(
        0.5, "Log-odds of the initial listing per unit of ln(size/median).", "[0, 20]", source=SHOP_LISTS
    )
    delist_units_per_week: float = quantity(
        0.4, "Weekly sale below which a shop thinks of delisting.", "[0, 1e6] units/week"
    )
    delist_weeks: int = quantity(8, "Weeks below the threshold before the product is delisted.", "[1, 104] weeks")
    delist_relation: float = quantity(0.05, "Relation below which a slow product goes at once.", "[0, 1]")
    crowding_rate_per_week: float = quantity(
        0.06, "Chance that an average product without any relation leaves a shelf as crowded as 2.", "[0, 1] 1/week"
    )
    unprompted_per_month: float = quantity(
        0.02, "Chance a month that a shop asks by itself for an unlisted product, at average pull.", "[0, 1] 1/month"
    )
    usual_margin: float = quantity(0.25, "Retail margin at which its term is zero.", "[-1, 1]")
    first_rate: float = quantity(
        0.3, "Sales that a shop which lists nothing yet expects of its first product.", "[0, 1e6] units/day"
    )


class OrderingSpec(Spec):
    """How a shop reorders without an advisor."""

    policy: ShopPolicyName = quantity("order_up_to", "Reorder rule.", "-")
    safety_factor: float = quantity(
        1.4, "Safety stock in standard deviations of demand over review plus lead time.", "[-3, 6]"
    )
    smoothing: float = quantity(0.05, "Weight of today in the shop's estimate of daily sales.", "(0, 1] 1/day")
    expected_lead_days: float = quantity(2.0, "Lead time the shop reckons with.", "[0, 60] days")
    dispersion_index: float = quantity(
        1.8, "Variance of a product's daily sales over their mean, as the trade reckons.", "[0, 100]", source=ASSORTMENT
    )
    s_S_cover_days: float = quantity(14.0, "S of (s,S), and Q of (r,Q), in days of demand above s.", "(0, 365] days")
    late_share: Share = quantity(
        0.25, "Shops that often forget a review (half of stock-outs arise in store ordering).", source=STORE_ORDERING
    )
    late_probability: Share = quantity(0.35, "Chance that such a shop skips a review.")
    teaching_gain: float = quantity(
        0.08, "Share of the way to a perfect habit that a call of an advisor with full coaching skill brings.", "[0, 1]"
    )
    teaching_effect: float = quantity(0.7, "Share of forgetfulness that perfect teaching removes.", "[0, 1]")
    teaching_half_life_days: float = quantity(120.0, "Half-life of what a shop was taught.", "(0, 36_500] days")
    over_share: Share = quantity(0.15, "Shops that order too much.")
    over_factor: float = quantity(1.4, "Their order against the rule's.", "[1, 10]")
    under_share: Share = quantity(0.20, "Shops that order too little.")
    under_factor: float = quantity(0.75, "Their order against the rule's.", "(0, 1]")
    promotion_lift: float = quantity(
        0.6, "How much larger shops reckon their sales of a promoted product.", "[0, 10]", source=FEATURES
    )
    minimum_cases: int = quantity(1, "Least cases of one product in an order.", "[1, 1000] cases")
    opening_stock: float = quantity(
        1.2, "Shelf stock at the beginning, against the sales that a shop expects in review and lead time.", "[0, 20]"
    )

    @model_validator(mode="after")
    def _habits_fit(self) -> OrderingSpec:
        if self.late_share + self.over_share + self.under_share > 1.0 + 1e-9:
            raise ValueError("late_share + over_share + under_share must not exceed 1")
        return self


class ShelfSpec(Spec):
    """Facings between and after visits."""

    visit_gain: float = quantity(
        0.35, "A merchandising visit moves facings this share of the way to the brand's best place.", "[0, 1]"
    )
    best_weight: float = quantity(2.2, "Best shelf weight against a product's fair share of 1.", "[1, 10]")
    decay_half_life_days: float = quantity(14.0, "Time in which half of that gain is lost.", "(0, 3650] days")
    relation_weight: float = quantity(0.5, "Shelf weight gained at a relation of 1.", "[0, 10]")
    display_weight: float = quantity(0.6, "Shelf weight gained by a paid display.", "[0, 10]")
    unskilled_visit: float = quantity(0.5, "Part of `visit_gain` that a call without service skill brings.", "[0, 1]")


class PaymentSpec(Spec):
    """How shops pay."""

    late_probability: Share = quantity(0.25, "Chance that a due invoice waits, at a relation of 0.")
    relation_effect: float = quantity(0.6, "Share of that chance removed at a relation of 1.", "[0, 1]")
    late_days: int = quantity(7, "Days an unpaid invoice is put off.", "[1, 90] days")
    credit_limit_days: float = quantity(
        30.0, "Distributors stop deliveries when unpaid invoices exceed this many days of purchases.", "(0, 365] days"
    )
    opening_cash_days: float = quantity(30.0, "Working capital of a shop in days of purchases.", "[0.01, 365] days")


class RetailSpec(Spec):
    """Shops' conduct."""

    channels: dict[str, ChannelSpec] = quantity(
        text="Outlet types by name.", domain="-", min_length=1, max_length=30, factory=_default_channels
    )
    listing: ListingSpec = quantity(text="Sell-in and delisting.", domain="-", factory=ListingSpec)
    ordering: OrderingSpec = quantity(text="Own reordering.", domain="-", factory=OrderingSpec)
    shelf: ShelfSpec = quantity(text="Facings.", domain="-", factory=ShelfSpec)
    payment: PaymentSpec = quantity(text="Payment.", domain="-", factory=PaymentSpec)
    displacement: DisplacementSpec = quantity(
        text="A rival's products pushed off the shelf.", domain="-", factory=DisplacementSpec
    )
    closing_per_year: float = quantity(0.06, "Share of outlets that close in a year.", "[0, 1] 1/year")
    opening_per_year: float = quantity(0.06, "New outlets a year, as a share of the first number.", "[0, 1] 1/year")


class DistributorPolicy(Spec):
    """Inventory policy of a distributor."""

    policy: ReplenishmentPolicyName = quantity("exponential_smoothing", "How orders to the factory are set.", "-")
    review_days: int = quantity(7, "Days between reviews.", "[1, 60] days")
    cover_days: float = quantity(
        10.0, "Days of demand covered on top of review and lead time (base_stock, (s,S), (r,Q)).", "[0, 365] days"
    )
    safety_factor: float = quantity(1.3, "Safety stock in standard deviations of demand over the risk time.", "[-3, 6]")
    memory_days: int = quantity(28, "Days averaged by moving_average; 2/(n+1) is the smoothing weight.", "[1, 56] days")
    expected_lead_days: float = quantity(5.0, "Lead time the distributor reckons with.", "[0, 90] days")


class DistributorSpec(Placed):
    """One distributor; one company's goods. Without a position its warehouse is near the first territory's centre."""

    id: str = quantity(..., "Distributor identifier.", "-", source="user", pattern=IDENTIFIER)
    name: str = quantity("", "Name; the identifier when empty.", "-")
    company: str = quantity("", "Company it buys from; ours when empty.", "-")
    territories: tuple[str, ...] = quantity(..., "Territories covered.", "-", source="user", min_length=1)
    signed: bool = quantity(
        True, "Whether it has a contract at the beginning; without one it is a candidate and serves nobody.", "-"
    )
    core: bool = quantity(True, "Whether it is served as a core distributor (first in allocation).", "-")
    capability: float = quantity(0.6, "Skill of running stock and delivery.", "[0, 1]")
    potential: float = quantity(0.5, "Room to grow; only partly observed.", "[0, 1]")
    relation: float = quantity(0.5, "Relation with the company.", "[0, 1]")
    information_system: bool = quantity(False, "Whether it shares daily sell-out data.", "-")
    drops_per_day: int | None = quantity(
        None, "Deliveries a day; sized to the outlets when absent.", "[0, 10_000_000] drops/day"
    )
    warehouse_days: float = quantity(60.0, "Warehouse room in days of the opening demand.", "(0, 3650] days")
    service_radius_km: float = quantity(150.0, "Farthest outlet served.", "(0, 5000] km")
    policy: DistributorPolicy | None = quantity(
        None, "Own policy; the default of `distributors.policy` when absent.", "-"
    )


class DistributorGenerator(Spec):
    """Distributors for every company."""

    per_territory: int = quantity(1, "Distributors of each company in a territory.", "[1, 50] distributors")
    capability_mean: float = quantity(0.6, "Mean capability.", "[0, 1]")
    capability_sd: float = quantity(0.12, "Standard deviation of capability.", "[0, 0.5]")


class DeliverySpec(Spec):
    """Distributors' trucks."""

    spare_capacity: float = quantity(
        1.5, "Drops a day against the average need, where `drops_per_day` is absent.", "(0, 100]"
    )
    works_on: tuple[Annotated[int, Field(ge=0, le=6)], ...] = quantity(
        (0, 1, 2, 3, 4, 5), "Weekdays with deliveries (0 Monday).", "weekday", min_length=1
    )
    promised_days: int = quantity(2, "Deliveries later than this count as late.", "[1, 60] days")
    cancel_days: int = quantity(10, "An order unfilled for this long is cancelled.", "[1, 90] days")
    cost_cents_per_drop: int = quantity(350, "Cost of a drop.", "[0, 10_000_000] cents/drop")
    cost_cents_per_km: int = quantity(60, "Cost of a kilometre between drops.", "[0, 1_000_000] cents/km")
    unskilled_capacity: float = quantity(
        0.7, "Drops that a distributor without any capability makes, against `drops_per_day`.", "[0, 5]"
    )
    capacity_gain: float = quantity(
        0.5, "Drops that full capability adds to it; the usual 0.6 makes what was planned.", "[0, 5]"
    )
    drops_per_truck: int = quantity(40, "Drops of a full van, for the length of rounds.", "[1, 1000] drops")


class PushSpec(Spec):
    """Period targets, loading and overstock."""

    period_days: int = quantity(30, "Length of a target period.", "[7, 366] days")
    target_growth: float = quantity(1.03, "Target against the average of the last periods' purchases.", "(0, 5]")
    rebate_rate: float = quantity(0.0, "Rebate on the period's purchases when the target is reached.", "[0, 0.5]")
    loading_window_days: int = quantity(
        5, "Last days of a period in which a distributor loads to reach it.", "[1, 30] days"
    )
    loading_reach: float = quantity(0.35, "Largest gap, as a share of the target, that is still loaded.", "[0, 2]")
    holding_cost_per_year: float = quantity(0.25, "Yearly cost of stock, as a share of its value.", "[0, 2] 1/year")
    overstock_days: float = quantity(45.0, "Days of stock above which a distributor marks down.", "(0, 730] days")
    markdown_rate: float = quantity(0.06, "Discount to outlets on overstocked products.", "[0, 0.9]")
    markdown_order_lift: float = quantity(0.5, "Outlets' larger orders at that discount (forward buying).", "[0, 5]")
    history_weight: float = quantity(
        0.4, "Weight of the last period in the smoothed purchases from which targets are set.", "[0, 1] 1/period"
    )


class ContractsSpec(Spec):
    """How distributors are won and kept."""

    intercept: float = quantity(
        -2.0, "Log-odds a month that a candidate of middling fit signs for no money.", "[-20, 20]"
    )
    fit: float = quantity(3.0, "Log-odds per unit of fit above one half.", "[0, 50]")
    offer: float = quantity(
        3.0, "Log-odds when the retainer offered equals the candidate's expected monthly margin.", "[0, 50]"
    )
    poach_probability: Share = quantity(
        0.5, "Chance a month that endless money wins a rival's distributor who has no tie at all with its company."
    )
    outlets_brought: Share = quantity(
        0.2, "Share of the way to a full relation that the shops go which a distributor brings to who won it."
    )
    tie_gain_per_month: float = quantity(
        0.05, "Share of the way to a full relation that a very large retainer goes in a month.", "[0, 1]"
    )
    tie_half_cents: int = quantity(100_000, "Retainer that has half of this effect.", "[1, 1e12] cents/month")
    tie_unserved: float = quantity(0.3, "Relation to which a distributor drifts whose orders all wait.", "[0, 1]")
    tie_supply_gain: float = quantity(0.6, "What is added to it when none of its orders wait.", "[0, 1]")
    tie_drift_per_month: float = quantity(0.1, "Share of the way there that is gone in a month.", "[0, 1] 1/month")

    @model_validator(mode="after")
    def _goal_is_a_relation(self) -> ContractsSpec:
        if self.tie_unserved + self.tie_supply_gain > 1.0 + 1e-9:
            raise ValueError("tie_unserved + tie_supply_gain must not exceed 1")
        return self


class PoolSpec(Spec):
    """The firms that companies compete for; acts with `mechanisms.distributor_pool` only."""

    free_per_territory: int = quantity(
        1, "Firms of each territory that work for no company at the beginning.", "[0, 50] distributors/territory"
    )
    sought: int = quantity(
        1,
        "Contracts sought in a territory: with fewer, a rival asks free firms, and any company replaces owners who left.",
        "[0, 50] distributors/territory",
    )


class ServicesSpec(Spec):
    """What services to distributors cost us, and what coaching brings."""

    information_system_cents_per_month: int = quantity(
        50_000, "Running a distributor's information system.", "[0, 1e10] cents/distributor/month"
    )
    coaching_gain_per_month: float = quantity(
        0.05, "Share of potential × what is missing to 1 gained by a month of endless coaching.", "[0, 1] 1/month"
    )
    coaching_half_cents: int = quantity(100_000, "Coaching that has half of this effect.", "[1, 1e12] cents/month")


class DistributorsSpec(Spec):
    """Distributors in full, by a generator, or both; and their common conduct."""

    generate: DistributorGenerator | None = quantity(
        None, "Distributors for every company without any in the list.", "-"
    )
    list: tuple[DistributorSpec, ...] = quantity((), "Distributors in full.", "list")
    policy: DistributorPolicy = quantity(text="Default inventory policy.", domain="-", factory=DistributorPolicy)
    delivery: DeliverySpec = quantity(text="Delivery.", domain="-", factory=DeliverySpec)
    push: PushSpec = quantity(text="Targets and overstock.", domain="-", factory=PushSpec)
    contracts: ContractsSpec = quantity(text="Winning and keeping distributors.", domain="-", factory=ContractsSpec)
    pool: PoolSpec = quantity(text="Firms for which companies compete.", domain="-", factory=PoolSpec)
    services: ServicesSpec = quantity(text="Costs of services.", domain="-", factory=ServicesSpec)
    partners: PartnersSpec = quantity(text="Distributors as companies.", domain="-", factory=PartnersSpec)
    opening_stock_days: float = quantity(20.0, "Stock at the beginning, in days of expected demand.", "[0, 730] days")
    rating_error: float = quantity(
        0.15, "Standard deviation of our people's error when they rate a distributor's potential.", "[0, 1]"
    )
    payment_terms_days: int = quantity(30, "Days to pay the factory.", "[0, 180] days")
    opening_cash_days: float = quantity(60.0, "Working capital in days of purchases.", "[0.01, 3650] days")
    storage_cents_per_unit_day: float = quantity(0.05, "Cost of storage.", "[0, 1000] cents/unit/day")
    shelf_life_days: int = quantity(360, "Stock turning slower than this is scrapped at that rate.", "[1, 36_500] days")
