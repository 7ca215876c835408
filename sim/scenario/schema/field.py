"""Our people, their knowledge, relations, and conflicts between territories."""

from __future__ import annotations

from datetime import date

from pydantic import model_validator

from sim.policies import VisitPlanName
from sim.scenario.schema.common import IDENTIFIER, Spec, quantity
from sim.scenario.schema.people import IncentiveSpec, SupervisionSpec, TalentSpec, TaskSpec
from sim.scenario.schema.place import Share

REP_TURNOVER = (
    "orders fall 46–72 % when the known rep goes; handovers recover in about 3 cycles (studies of sales-rep turnover)"
)


class AdvisorSpec(Spec):
    """One customer advisor."""

    id: str = quantity(..., "Advisor identifier.", "-", source="user", pattern=IDENTIFIER)
    name: str = quantity("", "Name; the identifier when empty.", "-")
    territory: str = quantity(..., "Territory worked.", "-", source="user")
    selling: float = quantity(0.35, "Skill of getting listings and orders.", "[0, 1]")
    service: float = quantity(0.35, "Skill of shelf work and stock advice.", "[0, 1]")
    coaching: float = quantity(0.30, "Skill of teaching the customer and the team.", "[0, 1]")
    farmer: float = quantity(0.4, "Orientation: 0 hunter, 1 farmer.", "[0, 1]")
    past_visits: int = quantity(200, "Visits made before the beginning.", "[0, 1_000_000] visits")


class AdvisorGenerator(Spec):
    """Advisors shared among territories by demand."""

    n: int = quantity(2, "Number of advisors.", "[0, 100_000] persons")
    skill_mean: float = quantity(0.35, "Mean of each skill.", "[0, 1]")
    skill_sd: float = quantity(0.10, "Standard deviation of each skill.", "[0, 0.5]")
    farmer_mean: float = quantity(0.4, "Mean orientation.", "[0, 1]")


class VisitSpec(Spec):
    """A day and a call."""

    minutes_per_day: int = quantity(480, "Working time.", "[30, 960] minutes/day")
    start_minute: int = quantity(510, "Start of the working day after midnight.", "[0, 1200] minutes")
    speed_km_per_hour: float = quantity(25.0, "Travel speed, stops included.", "(0, 200] km/h")
    detour_factor: float = quantity(
        1.3, "Road distance against straight line.", "[1, 5]", source="circuity 1.2–1.4 (Ballou et al. 2002)"
    )
    every_days_a: float = quantity(7.0, "Days between visits to class A.", "(0, 730] days")
    every_days_b: float = quantity(14.0, "Days between visits to class B.", "(0, 730] days")
    every_days_c: float = quantity(28.0, "Days between visits to class C.", "(0, 730] days")
    plan: VisitPlanName = quantity("class", "How due visits are ranked.", "-")
    max_calls_per_day: int = quantity(
        40, "Most calls in a day.", "[0, 200] calls/day", source="15–25 typical, up to 40 optimised"
    )
    improve_route: bool = quantity(True, "Whether the nearest-neighbour route is improved by 2-opt and Or-opt.", "-")
    hunter_order_lift: float = quantity(0.15, "Larger orders written by a pure hunter.", "[0, 2]")
    order_safety_factor: float = quantity(1.4, "Safety stock of a suggested order, in standard deviations.", "[-3, 6]")
    estimate_error: float = quantity(
        0.6, "Standard deviation of ln(error) of demand estimated at the first visit by an unskilled advisor.", "[0, 3]"
    )
    estimate_skill_effect: float = quantity(0.6, "Share of that error taken away by full service skill.", "[0, 1]")
    due_share: float = quantity(0.95, "Share of the interval between visits after which the next is due.", "(0, 10]")
    nearness_km: float = quantity(
        4.0, "Distance from the day's most urgent outlet at which another counts half as urgent.", "(0, 1000] km"
    )


class LearningSpec(Spec):
    """Skill and its spread."""

    wright_exponent: float = quantity(
        0.322, "Visit time falls as n^−exponent (80 % curve).", "[0, 2]", source="Wright 1936"
    )
    wright_unit_visits: float = quantity(
        100.0, "Visits that count as one repetition n of the learning curve.", "(0, 1_000_000] visits"
    )
    wright_floor: float = quantity(0.45, "Least visit time as a share of the first.", "(0, 1]")
    skill_per_visit: float = quantity(0.0001, "Share of the way to 1 that a call adds to each skill.", "[0, 1]")
    sharing_per_week: float = quantity(
        0.01, "Share of the gap to the team's best closed in a week, same territory.", "[0, 1]"
    )
    sharing_between: float = quantity(0.25, "The same between territories, as a share of it.", "[0, 1]")
    playbook_fidelity: float = quantity(0.5, "Share of a template's skill that a written playbook carries.", "[0, 1]")
    training_gain: float = quantity(0.08, "Share of the way to 1 that a course adds.", "[0, 1]")
    training_days: int = quantity(3, "Length of a course.", "[0, 90] days")
    training_cost_cents: int = quantity(150_000, "Cost of a course.", "[0, 1e9] cents/person")
    courses_per_year: float = quantity(1.0, "Courses a year for each advisor.", "[0, 50] 1/year")
    orientation_per_month: float = quantity(
        0.05, "Share of the way to the incentive's orientation gone in a month.", "[0, 1]"
    )
    incentive_farmer: float = quantity(0.4, "Orientation that the pay scheme rewards.", "[0, 1]")


class TurnoverSpec(Spec):
    """Leaving and hiring."""

    leaving_per_year: float = quantity(0.20, "Share of advisors who leave in a year.", "[0, 5] 1/year")
    handover: bool = quantity(True, "Whether leavers hand over formally.", "-")
    handover_keeps: float = quantity(
        0.35, "Share of the personal tie that a formal handover saves.", "[0, 1]", source=REP_TURNOVER
    )
    hiring_delay_days: int = quantity(30, "Days from vacancy to a new advisor.", "[0, 730] days")
    hire_skill_mean: float = quantity(0.25, "Mean of each skill of a new advisor.", "[0, 1]")
    hire_skill_sd: float = quantity(0.10, "Standard deviation of each skill of a new advisor.", "[0, 0.5]")
    hire_farmer: float = quantity(0.4, "Orientation of a new advisor.", "[0, 1]")
    hiring_cost_cents: int = quantity(300_000, "Cost of a hire.", "[0, 1e9] cents/person")
    transfer_delay_days: int = quantity(7, "Days from leaving one territory to work in another.", "[0, 365] days")
    transfer_cost_cents: int = quantity(
        200_000, "Cost of moving an advisor to another territory.", "[0, 1e9] cents/person"
    )


class DepartureSpec(Spec):
    """A day on which our most skilled advisors leave, such as when a rival hires them away."""

    when: date = quantity(..., "The day.", "date", source="user")
    advisors: int = quantity(1, "How many leave; those who sell best go first.", "[1, 10_000] persons")


class TeamSpec(Spec):
    """Our field force."""

    generate: AdvisorGenerator | None = quantity(None, "Synthetic advisors.", "-")
    list: tuple[AdvisorSpec, ...] = quantity((), "Advisors in full.", "list")
    spare_posts: int | None = quantity(
        None,
        "Posts that may be added; as many as at the beginning, but at least 4, when absent.",
        "[0, 100_000] persons",
    )
    wage_cents_per_month: int = quantity(700_000, "Pay of an advisor.", "[0, 1e9] cents/month")
    travel_cents_per_km: int = quantity(40, "Travel cost.", "[0, 1e6] cents/km")
    visit: VisitSpec = quantity(text="Days and calls.", domain="-", factory=VisitSpec)
    learning: LearningSpec = quantity(text="Skill.", domain="-", factory=LearningSpec)
    turnover: TurnoverSpec = quantity(text="Leaving and hiring.", domain="-", factory=TurnoverSpec)
    tasks: TaskSpec = quantity(text="Minutes of tasks.", domain="-", factory=TaskSpec)
    incentives: IncentiveSpec = quantity(text="Pay by what is sold.", domain="-", factory=IncentiveSpec)
    supervision: SupervisionSpec = quantity(text="Supervisors.", domain="-", factory=SupervisionSpec)
    talent: TalentSpec = quantity(text="Differences among people.", domain="-", factory=TalentSpec)
    departures: tuple[DepartureSpec, ...] = quantity((), "Scheduled losses of our best people.", "list")


class ExclusiveSpec(Spec):
    """Degrees of exclusive agreements and their price (`mechanisms.exclusive_degrees`).

    A shop asks what it loses, by its own sales rates and margins, times the premium.
    """

    cooler_facings: float = quantity(
        0.25,
        "Share of the shelf left to all the others together in a cooler agreement, and in the stricter ones.",
        "[0.001, 1]",
    )
    shelf_products: int = quantity(
        1, "Products of each other company that stay on the list in a shelf agreement.", "[0, 1000] products"
    )
    premium: float = quantity(1.2, "What the shop asks, against the margin that it gives up.", "[1, 100]")


class RelationSpec(Spec):
    """Ties between a company and an outlet, in [0, 1]."""

    gain_per_contact: float = quantity(0.20, "Share of the way to 1 that a call of quality 1 adds.", "[0, 1]")
    half_life_days: float = quantity(60.0, "Half-life between contacts.", "(0, 36_500] days")
    floor: float = quantity(0.05, "Tie that remains without any contact while the product is sold.", "[0, 1]")
    personal_share: float = quantity(0.85, "Share of a contact's gain that hangs on the person.", "[0, 1]")
    stock_out_loss: float = quantity(0.02, "Share lost when a delivery is late or short.", "[0, 1]")
    dead_stock_loss: float = quantity(0.03, "Share lost a month with stock that does not sell.", "[0, 1]")
    price_disorder_loss: float = quantity(0.5, "Share lost a month per unit of price disorder.", "[0, 10]")
    order_acceptance_base: float = quantity(
        0.05, "Chance that a suggested order is accepted at a relation of 0.", "[0, 1]"
    )
    order_acceptance_gain: float = quantity(0.90, "Chance added at a relation of 1.", "[0, 1]")
    exclusive_fee_cents: int = quantity(30_000, "Cost of an exclusive agreement.", "[0, 1e9] cents/outlet/month")
    exclusive_days: int = quantity(180, "Term of an exclusive agreement.", "[1, 3660] days")
    exclusive: ExclusiveSpec = quantity(text="Degrees of exclusive agreements.", domain="-", factory=ExclusiveSpec)
    unskilled_contact: float = quantity(
        0.5, "Quality of a call by somebody without service skill, against full skill.", "[0, 1]"
    )
    hunter_contact: float = quantity(0.6, "Factor on the quality of a pure hunter's call.", "[0, 10]")
    farmer_contact_gain: float = quantity(0.8, "Added to that factor for a pure farmer.", "[0, 10]")

    @model_validator(mode="after")
    def _acceptance_is_a_probability(self) -> RelationSpec:
        if self.order_acceptance_base + self.order_acceptance_gain > 1.0 + 1e-9:
            raise ValueError("order_acceptance_base + order_acceptance_gain must not exceed 1")
        return self


class DatabaseSpec(Spec):
    """What our people know of the market."""

    known_share: Share = quantity(0.6, "Share of outlets known at the beginning, larger ones first to be known.")
    known_size_effect: float = quantity(0.8, "Log-odds of being known per unit of ln(size/median).", "[0, 20]")
    size_error: float = quantity(0.5, "Standard deviation of ln(error) of a size before the first visit.", "[0, 3]")
    discover_radius_km: float = quantity(
        0.3, "Advisors may notice unknown outlets within this distance of a call.", "[0, 50] km"
    )
    discover_probability: Share = quantity(0.10, "Chance to notice each of them.")
    census_outlets_per_month: int = quantity(0, "Outlets surveyed a month.", "[0, 10_000_000] outlets/month")
    census_cost_cents: int = quantity(800, "Cost of surveying one outlet.", "[0, 1e8] cents/outlet")
    share_error: float = quantity(
        0.08, "Standard deviation of a share of purchases that a shopkeeper tells a stranger.", "[0, 1]"
    )
    look_weight: float = quantity(
        0.3, "Weight of the newest look in what is smoothed over looks (empty shelves, promoters met).", "(0, 1]"
    )
    unvisited_after_days: int = quantity(60, "An outlet not seen for this long counts as unvisited.", "[1, 3660] days")
    trust_effect: float = quantity(0.5, "Share of `share_error` taken away by a relation of 1.", "[0, 1]")
    skill_effect: float = quantity(0.5, "Share of what is left of it taken away by full service skill.", "[0, 1]")


class DiversionSpec(Spec):
    """Grey goods between territories, and price disorder."""

    freight_cents_per_unit_km: float = quantity(0.06, "Cost of moving a unit.", "[0, 1000] cents/unit/km")
    detection_base: float = quantity(0.15, "Chance of being caught without inspectors.", "[0, 1]")
    detection_per_visit: float = quantity(
        0.002, "Chance added for each of a hundred outlets that our people saw in the last week.", "[0, 1]"
    )
    detection_per_inspector: float = quantity(0.15, "Chance added by an inspector in the territory.", "[0, 1]")
    inspector_cents_per_month: int = quantity(600_000, "Pay of an inspector.", "[0, 1e9] cents/month")
    penalty_cents_per_unit: float = quantity(60.0, "Penalty when caught.", "[0, 1e6] cents/unit")
    rate: float = quantity(0.15, "Share of the overstock that flows in a week when it pays.", "[0, 1] 1/week")
    undercut: float = quantity(0.5, "Share of the price gap that the diverter passes on.", "[0, 1]")
    disorder_gain: float = quantity(
        1.0, "Price disorder caused when diverted goods equal the territory's week.", "[0, 20]"
    )
    disorder_half_life_days: float = quantity(45.0, "Half-life of price disorder.", "(0, 3650] days")
    disorder_price_effect: float = quantity(0.10, "Fall of street prices at a disorder of 1.", "[0, 0.9]")
    buyers: int = quantity(
        30, "Outlets of a territory, the largest first, that buy grey goods.", "[1, 1_000_000] outlets"
    )


class MechanismsSpec(Spec):
    """Switches; a mechanism that is off leaves its trivial form."""

    season: bool = quantity(True, "Season, weekday, growth and holidays.", "-")
    overdispersion: bool = quantity(True, "Negative binomial instead of Poisson demand.", "-")
    segments: bool = quantity(True, "Segments; off: one average shopper.", "-")
    habit: bool = quantity(True, "State dependence of choice.", "-")
    goodwill: bool = quantity(True, "Advertising and word of mouth; off: goodwill stays.", "-")
    diffusion: bool = quantity(True, "Bass trial of launches; off: everybody tries at once.", "-")
    stock_outs: bool = quantity(True, "Limited shelf stock; off: shelves never run empty (goods are rushed in).", "-")
    other_store: bool = quantity(True, "Shoppers change store; off: they are lost.", "-")
    listing_changes: bool = quantity(True, "Sell-in and delisting; off: listings stay.", "-")
    shelf: bool = quantity(True, "Shelf weights move; off: equal facings.", "-")
    relations: bool = quantity(True, "Relations move; off: they stay.", "-")
    payment_delay: bool = quantity(True, "Terms and lateness; off: cash on delivery.", "-")
    interest: bool = quantity(False, "Interest on stock and receivables; terms of payment move credit lines.", "-")
    listing_fees: bool = quantity(False, "A new product on a full shelf costs its company a fee.", "-")
    pass_through: bool = quantity(False, "Shops and distributors hand part of their discounts on.", "-")
    trade_promotions: bool = quantity(False, "Promotions to shops, which buy ahead while a price is low.", "-")
    age_of_goods: bool = quantity(False, "Goods grow old, are marked down and expire by their age.", "-")
    capacity_plans: bool = quantity(False, "Factories' capacity moves by plans and our lever, with lead time.", "-")
    outlet_turnover: bool = quantity(True, "Outlets open and close.", "-")
    delivery_limits: bool = quantity(True, "Limited drops; off: every order leaves the same day.", "-")
    lead_time_variability: bool = quantity(True, "Random transport time and factory stops.", "-")
    factory_limits: bool = quantity(True, "Limited capacity; off: the factory makes what is ordered.", "-")
    advisors: bool = quantity(True, "Our field force.", "-")
    promoters: bool = quantity(True, "Promoters of every company.", "-")
    learning: bool = quantity(True, "Skills move.", "-")
    targets_act: bool = quantity(
        False, "Targets are split down to people, pay follows them, and plans are kept to; off: written down.", "-"
    )
    task_minutes: bool = quantity(
        False,
        "Tasks take minutes by outlet, skill and talent, spare time is filled, promoters report; off: a call is a call.",
        "-",
    )
    advisor_turnover: bool = quantity(True, "Advisors leave and are replaced.", "-")
    rival_field: bool = quantity(True, "Rivals' field forces.", "-")
    rival_answers: bool = quantity(True, "Rivals' reactions.", "-")
    entry: bool = quantity(False, "Newcomers enter; off: they stay outside.", "-")
    rival_companies: bool = quantity(
        False, "Rivals spend what they earn, leave and return, and notice us by degrees; off: fixed budgets.", "-"
    )
    promotions: bool = quantity(True, "Regular promotions of every company.", "-")
    distributor_companies: bool = quantity(
        False, "Distributors look at their return, have other business, salesmen and own lists of outlets.", "-"
    )
    distributor_pool: bool = quantity(
        False,
        "Distributors are so many, each works for one company at a time, and companies compete for them; off: each "
        "belongs to its company.",
        "-",
    )
    push: bool = quantity(True, "Targets, loading, markdown.", "-")
    diversion: bool = quantity(True, "Grey goods and price disorder.", "-")
    programme: bool = quantity(False, "Ways of working must be learned; off: everybody masters its own.", "-")
    database_limits: bool = quantity(True, "Limited knowledge; off: every outlet is known exactly.", "-")
    displacement: bool = quantity(False, "Calls push a rival's products off the shelf, and fill empty ones.", "-")
    ground: bool = quantity(False, "Territories are opened and closed, and open ones pay a platform.", "-")
    exclusive_degrees: bool = quantity(
        False,
        "Exclusive agreements come in degrees, at the shop's price; off: no new product of others, a fixed fee.",
        "-",
    )
    lasting_leads: bool = quantity(
        False, "Brand capital, shelf space by sales, shops that follow shops, spill-over; off: leads fade as ever.", "-"
    )


class RecordingSpec(Spec):
    """What is written down besides the daily panels."""

    visits: bool = quantity(True, "Every call of our advisors.", "-")
    outlet_panel: bool = quantity(False, "Daily sales and stock of every outlet and product.", "-")
