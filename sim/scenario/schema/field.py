"""Our people, their knowledge, relations, and conflicts between territories."""

from __future__ import annotations

from datetime import date

from pydantic import model_validator

from sim.policies import VisitPlanName
from sim.scenario.schema.common import IDENTIFIER, Spec, quantity
from sim.scenario.schema.place import Share


class AdvisorSpec(Spec):
    """One customer advisor."""

    id: str = quantity(..., "Advisor identifier.", unit="-", source="user", pattern=IDENTIFIER)
    name: str = quantity("", "Name; the identifier when empty.", unit="-")
    territory: str = quantity(..., "Territory worked.", unit="-", source="user")
    selling: float = quantity(0.35, "Skill of getting listings and orders.", ge=0, le=1)
    service: float = quantity(0.35, "Skill of shelf work and stock advice.", ge=0, le=1)
    coaching: float = quantity(0.30, "Skill of teaching the customer and the team.", ge=0, le=1)
    farmer: float = quantity(0.4, "Orientation: 0 hunter, 1 farmer.", ge=0, le=1)
    past_visits: int = quantity(200, "Visits made before the beginning.", unit="visits", ge=0, le=1_000_000)


class AdvisorGenerator(Spec):
    """Advisors shared among territories by demand."""

    n: int = quantity(2, "Number of advisors.", unit="persons", ge=0, le=100_000)
    skill_mean: float = quantity(0.35, "Mean of each skill.", ge=0, le=1)
    skill_sd: float = quantity(0.10, "Standard deviation of each skill.", ge=0, le=0.5)
    farmer_mean: float = quantity(0.4, "Mean orientation.", ge=0, le=1)


class VisitSpec(Spec):
    """A day and a call."""

    minutes_per_day: int = quantity(480, "Working time.", unit="minutes/day", ge=30, le=960)
    start_minute: int = quantity(510, "Start of the working day after midnight.", unit="minutes", ge=0, le=1200)
    speed_km_per_hour: float = quantity(25.0, "Travel speed, stops included.", unit="km/h", gt=0, le=200)
    detour_factor: float = quantity(
        1.3, "Road distance against straight line.", ge=1, le=5, source="circuity 1.2–1.4 (Ballou et al. 2002)"
    )
    every_days_a: float = quantity(7.0, "Days between visits to class A.", unit="days", gt=0, le=730)
    every_days_b: float = quantity(14.0, "Days between visits to class B.", unit="days", gt=0, le=730)
    every_days_c: float = quantity(28.0, "Days between visits to class C.", unit="days", gt=0, le=730)
    plan: VisitPlanName = quantity("class", "How due visits are ranked.", unit="-")
    max_calls_per_day: int = quantity(
        40, "Most calls in a day.", unit="calls/day", ge=0, le=200, source="15–25 typical, up to 40 optimised"
    )
    improve_route: bool = quantity(True, "Whether the nearest-neighbour route is improved by 2-opt and Or-opt.", unit="-")
    hunter_order_lift: float = quantity(0.15, "Larger orders written by a pure hunter.", ge=0, le=2)
    order_safety_factor: float = quantity(1.4, "Safety stock of a suggested order, in standard deviations.", ge=-3, le=6)
    estimate_error: float = quantity(
        0.6, "Standard deviation of ln(error) of demand estimated at the first visit by an unskilled advisor.", ge=0, le=3
    )


class LearningSpec(Spec):
    """Skill and its spread."""

    wright_exponent: float = quantity(
        0.322, "Visit time falls as n^−exponent (80 % curve).", ge=0, le=2, source="Wright 1936"
    )
    wright_unit_visits: float = quantity(
        100.0, "Visits that count as one repetition n of the learning curve.", unit="visits", gt=0, le=1_000_000
    )
    wright_floor: float = quantity(0.45, "Least visit time as a share of the first.", gt=0, le=1)
    skill_per_visit: float = quantity(0.0001, "Share of the way to 1 that a call adds to each skill.", ge=0, le=1)
    sharing_per_week: float = quantity(0.01, "Share of the gap to the team's best closed in a week, same territory.", ge=0, le=1)
    sharing_between: float = quantity(0.25, "The same between territories, as a share of it.", ge=0, le=1)
    playbook_fidelity: float = quantity(0.5, "Share of a template's skill that a written playbook carries.", ge=0, le=1)
    training_gain: float = quantity(0.08, "Share of the way to 1 that a course adds.", ge=0, le=1)
    training_days: int = quantity(3, "Length of a course.", unit="days", ge=0, le=90)
    training_cost_cents: int = quantity(150_000, "Cost of a course.", unit="cents/person", ge=0, le=10**9)
    courses_per_year: float = quantity(1.0, "Courses a year for each advisor.", unit="1/year", ge=0, le=50)
    orientation_per_month: float = quantity(0.05, "Share of the way to the incentive's orientation gone in a month.", ge=0, le=1)
    incentive_farmer: float = quantity(0.4, "Orientation that the pay scheme rewards.", ge=0, le=1)


class TurnoverSpec(Spec):
    """Leaving and hiring."""

    leaving_per_year: float = quantity(0.20, "Share of advisors who leave in a year.", unit="1/year", ge=0, le=5)
    handover: bool = quantity(True, "Whether leavers hand over formally.", unit="-")
    handover_keeps: float = quantity(
        0.35, "Share of the personal tie that a formal handover saves.", ge=0, le=1,
        source="orders fall 46–72 % when the known rep goes; handovers recover in about 3 cycles (studies of sales-rep turnover)",
    )  # fmt: skip
    hiring_delay_days: int = quantity(30, "Days from vacancy to a new advisor.", unit="days", ge=0, le=730)
    hire_skill_mean: float = quantity(0.25, "Mean of each skill of a new advisor.", ge=0, le=1)
    hire_skill_sd: float = quantity(0.10, "Standard deviation of each skill of a new advisor.", ge=0, le=0.5)
    hire_farmer: float = quantity(0.4, "Orientation of a new advisor.", ge=0, le=1)
    hiring_cost_cents: int = quantity(300_000, "Cost of a hire.", unit="cents/person", ge=0, le=10**9)
    transfer_delay_days: int = quantity(7, "Days from leaving one territory to work in another.", unit="days", ge=0, le=365)
    transfer_cost_cents: int = quantity(200_000, "Cost of moving an advisor to another territory.", unit="cents/person", ge=0, le=10**9)


class DepartureSpec(Spec):
    """A day on which our most skilled advisors leave, such as when a rival hires them away."""

    when: date = quantity(..., "The day.", unit="date", source="user")
    advisors: int = quantity(1, "How many leave; those who sell best go first.", unit="persons", ge=1, le=10_000)


class TeamSpec(Spec):
    """Our field force."""

    generate: AdvisorGenerator | None = quantity(None, "Synthetic advisors.", unit="-")
    list: tuple[AdvisorSpec, ...] = quantity((), "Advisors in full.", unit="list")
    spare_posts: int | None = quantity(
        None, "Posts that may be added to those at the beginning; as many again, but at least 4, when absent.",
        unit="persons", ge=0, le=100_000,
    )  # fmt: skip
    wage_cents_per_month: int = quantity(700_000, "Pay of an advisor.", unit="cents/month", ge=0, le=10**9)
    travel_cents_per_km: int = quantity(40, "Travel cost.", unit="cents/km", ge=0, le=10**6)
    visit: VisitSpec = quantity(text="Days and calls.", unit="-", factory=VisitSpec)
    learning: LearningSpec = quantity(text="Skill.", unit="-", factory=LearningSpec)
    turnover: TurnoverSpec = quantity(text="Leaving and hiring.", unit="-", factory=TurnoverSpec)
    departures: tuple[DepartureSpec, ...] = quantity((), "Scheduled losses of our best people.", unit="list")


class RelationSpec(Spec):
    """Ties between a company and an outlet, in [0, 1]."""

    gain_per_contact: float = quantity(0.20, "Share of the way to 1 that a call of quality 1 adds.", ge=0, le=1)
    half_life_days: float = quantity(60.0, "Half-life between contacts.", unit="days", gt=0, le=36500)
    floor: float = quantity(0.05, "Tie that remains without any contact while the product is sold.", ge=0, le=1)
    personal_share: float = quantity(0.85, "Share of a contact's gain that hangs on the person.", ge=0, le=1)
    stock_out_loss: float = quantity(0.02, "Share lost when a delivery is late or short.", ge=0, le=1)
    dead_stock_loss: float = quantity(0.03, "Share lost a month with stock that does not sell.", ge=0, le=1)
    price_disorder_loss: float = quantity(0.5, "Share lost a month per unit of price disorder.", ge=0, le=10)
    order_acceptance_base: float = quantity(0.05, "Chance that a suggested order is accepted at a relation of 0.", ge=0, le=1)
    order_acceptance_gain: float = quantity(0.90, "Chance added at a relation of 1.", ge=0, le=1)
    exclusive_fee_cents: int = quantity(30_000, "Cost of an exclusive agreement.", unit="cents/outlet/month", ge=0, le=10**9)
    exclusive_days: int = quantity(180, "Term of an exclusive agreement.", unit="days", ge=1, le=3660)

    @model_validator(mode="after")
    def _acceptance_is_a_probability(self) -> RelationSpec:
        if self.order_acceptance_base + self.order_acceptance_gain > 1.0 + 1e-9:
            raise ValueError("order_acceptance_base + order_acceptance_gain must not exceed 1")
        return self


class DatabaseSpec(Spec):
    """What our people know of the market."""

    known_share: Share = quantity(0.6, "Share of outlets known at the beginning, larger ones first to be known.")
    known_size_effect: float = quantity(0.8, "Log-odds of being known per unit of ln(size/median).", ge=0, le=20)
    size_error: float = quantity(0.5, "Standard deviation of ln(error) of a size before the first visit.", ge=0, le=3)
    discover_radius_km: float = quantity(0.3, "Advisors may notice unknown outlets within this distance of a call.", unit="km", ge=0, le=50)
    discover_probability: Share = quantity(0.10, "Chance to notice each of them.")
    census_outlets_per_month: int = quantity(0, "Outlets surveyed a month.", unit="outlets/month", ge=0, le=10_000_000)
    census_cost_cents: int = quantity(800, "Cost of surveying one outlet.", unit="cents/outlet", ge=0, le=10**8)
    share_error: float = quantity(0.08, "Standard deviation of a share of purchases that a shopkeeper tells a stranger.", ge=0, le=1)
    look_weight: float = quantity(0.3, "Weight of the newest look in what is smoothed over looks (empty shelves, promoters met).", gt=0, le=1)
    unvisited_after_days: int = quantity(60, "An outlet not seen for this long counts as unvisited.", unit="days", ge=1, le=3660)


class DiversionSpec(Spec):
    """Grey goods between territories, and price disorder."""

    freight_cents_per_unit_km: float = quantity(0.06, "Cost of moving a unit.", unit="cents/unit/km", ge=0, le=1000)
    detection_base: float = quantity(0.15, "Chance of being caught without inspectors.", ge=0, le=1)
    detection_per_visit: float = quantity(
        0.002, "Chance added for each of a hundred outlets that our people saw in the last week.", ge=0, le=1
    )
    detection_per_inspector: float = quantity(0.15, "Chance added by an inspector in the territory.", ge=0, le=1)
    inspector_cents_per_month: int = quantity(600_000, "Pay of an inspector.", unit="cents/month", ge=0, le=10**9)
    penalty_cents_per_unit: float = quantity(60.0, "Penalty when caught.", unit="cents/unit", ge=0, le=1e6)
    rate: float = quantity(0.15, "Share of the overstock that flows in a week when it pays.", unit="1/week", ge=0, le=1)
    undercut: float = quantity(0.5, "Share of the price gap that the diverter passes on.", ge=0, le=1)
    disorder_gain: float = quantity(1.0, "Price disorder caused when diverted goods equal the territory's week.", ge=0, le=20)
    disorder_half_life_days: float = quantity(45.0, "Half-life of price disorder.", unit="days", gt=0, le=3650)
    disorder_price_effect: float = quantity(0.10, "Fall of street prices at a disorder of 1.", ge=0, le=0.9)
    buyers: int = quantity(30, "Outlets of a territory, the largest first, that buy grey goods.", unit="outlets", ge=1, le=1_000_000)


class MechanismsSpec(Spec):
    """Switches; a mechanism that is off leaves its trivial form."""

    season: bool = quantity(True, "Season, weekday, growth and holidays.", unit="-")
    overdispersion: bool = quantity(True, "Negative binomial instead of Poisson demand.", unit="-")
    segments: bool = quantity(True, "Segments; off: one average shopper.", unit="-")
    habit: bool = quantity(True, "State dependence of choice.", unit="-")
    goodwill: bool = quantity(True, "Advertising and word of mouth; off: goodwill stays.", unit="-")
    diffusion: bool = quantity(True, "Bass trial of launches; off: everybody tries at once.", unit="-")
    stock_outs: bool = quantity(True, "Limited shelf stock; off: shelves never run empty (goods are rushed in).", unit="-")
    other_store: bool = quantity(True, "Shoppers change store; off: they are lost.", unit="-")
    listing_changes: bool = quantity(True, "Sell-in and delisting; off: listings stay.", unit="-")
    shelf: bool = quantity(True, "Shelf weights move; off: equal facings.", unit="-")
    relations: bool = quantity(True, "Relations move; off: they stay.", unit="-")
    payment_delay: bool = quantity(True, "Terms and lateness; off: cash on delivery.", unit="-")
    outlet_turnover: bool = quantity(True, "Outlets open and close.", unit="-")
    delivery_limits: bool = quantity(True, "Limited drops; off: every order leaves the same day.", unit="-")
    lead_time_variability: bool = quantity(True, "Random transport time and factory stops.", unit="-")
    factory_limits: bool = quantity(True, "Limited capacity; off: the factory makes what is ordered.", unit="-")
    advisors: bool = quantity(True, "Our field force.", unit="-")
    promoters: bool = quantity(True, "Promoters of every company.", unit="-")
    learning: bool = quantity(True, "Skills move.", unit="-")
    advisor_turnover: bool = quantity(True, "Advisors leave and are replaced.", unit="-")
    rival_field: bool = quantity(True, "Rivals' field forces.", unit="-")
    rival_answers: bool = quantity(True, "Rivals' reactions.", unit="-")
    promotions: bool = quantity(True, "Regular promotions of every company.", unit="-")
    push: bool = quantity(True, "Targets, loading, markdown.", unit="-")
    diversion: bool = quantity(True, "Grey goods and price disorder.", unit="-")
    database_limits: bool = quantity(True, "Limited knowledge; off: every outlet is known exactly.", unit="-")


class RecordingSpec(Spec):
    """What is written down besides the daily panels."""

    visits: bool = quantity(True, "Every call of our advisors.", unit="-")
    outlet_panel: bool = quantity(False, "Daily sales and stock of every outlet and product.", unit="-")
