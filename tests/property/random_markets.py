"""Hypothesis strategies for small markets: random places, goods, people, policies, and every switch on or off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from sim.scenario.schema import Scenario
from sim.scenario.schema.field import MechanismsSpec
from sim.world.levers import LEVERS
from tests.markets import SWITCHES

START = date(2026, 1, 5)
POLICIES = ("base_stock", "s_S", "r_Q", "moving_average", "exponential_smoothing", "vendor_managed")
TEMPERAMENTS = ("passive", "follower", "defender", "aggressor")
INSTRUMENTS = ("price", "promotion", "advertising", "field")


def share(top: float = 1.0) -> st.SearchStrategy[float]:
    """A fraction, its ends included."""
    return st.one_of(st.sampled_from([0.0, top]), st.floats(0.0, top).map(lambda x: round(x, 4)))


def between(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda x: round(x, 4)).filter(lambda x: low <= x <= high)


def often(value: Any, other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(value), other)


DAYS = st.dates(START - timedelta(days=8), START + timedelta(days=24))

calendar = st.fixed_dictionaries(
    {
        "burn_in_days": st.integers(0, 8),
        "duration_days": st.integers(2, 17),
        "rest_weekdays": st.sampled_from([(5, 6), (), (0, 1, 2, 3, 4, 5, 6)]),
        "holidays": st.lists(
            st.fixed_dictionaries(
                {
                    "first_date": DAYS,
                    "duration_days": st.integers(1, 6),
                    "demand_multiplier": st.sampled_from([0.0, 0.3, 1.0, 5.0]),
                    "field_works": st.booleans(),
                }
            ),
            max_size=2,
        ).map(tuple),
    }
)

territories = st.fixed_dictionaries(
    {
        "generate": st.fixed_dictionaries(
            {
                "n": st.integers(1, 3),
                "spacing_km": between(1, 120),
                "radius_km": between(1, 30),
                "population_median": st.sampled_from([5.0, 3000.0, 300_000.0]),
            }
        ),
        "adjacency_gap_km": st.sampled_from([0.0, 60.0, 500.0]),
    }
)


@st.composite
def outlets(draw: st.DrawFn) -> dict[str, Any]:
    listed = [
        {
            "outlet_id": f"L{k}",
            "x_km": draw(between(-300, 300)),
            "y_km": draw(between(-30, 30)),
            "size": draw(st.sampled_from([0.001, 3.0, 90.0])),
            "channel": draw(st.sampled_from(["hypermarket", "catering"])),
            "opening_date": draw(st.none() | DAYS),
        }
        for k in range(draw(st.integers(0, 3)))
    ]
    return {
        "generate": {
            "n": draw(st.integers(4, 22)),
            "size_median_shoppers": draw(st.sampled_from([0.01, 2.0, 8.0, 30.0])),
            "size_sigma": draw(between(0, 1.7)),
            "towns_per_territory": draw(st.integers(1, 4)),
            "town_spread_km": draw(between(0.05, 5)),
        },
        "list": tuple(listed),
    }


goodwill = st.fixed_dictionaries(
    {
        "law": st.sampled_from(["nerlove_arrow", "vidale_wolfe", "lanchester"]),
        "response": st.sampled_from(["square_root", "adbudg"]),
        "word_of_mouth": share(0.1),
        "response_scale": share(0.5),
        "decay_per_day": share(0.5),
    }
)
SEGMENTS = (
    ({"name": "all", "share": 1.0},),
    (
        {"name": "price", "share": 0.4, "price_coefficient": 6.0, "habit_weight": 0.0},
        {"name": "loyal", "share": 0.6, "price_coefficient": 0.0, "quality_taste": 3.0, "habit_weight": 6.0},
    ),
)
REACTIONS = (
    {},
    {"other_store": 1.0, "other_brand": 0.0, "same_brand": 0.0, "later": 0.0, "nothing": 0.0},
    {"other_store": 0.0, "other_brand": 0.0, "same_brand": 0.0, "later": 1.0, "nothing": 0.0},
    {"other_store": 0.2, "other_brand": 0.4, "same_brand": 0.4, "later": 0.0, "nothing": 0.0},
)
consumers = st.fixed_dictionaries(
    {},
    optional={
        "segments": st.sampled_from(SEGMENTS),
        "mix_concentration": st.sampled_from([0.0, 0.5, 8.0]),
        "no_purchase_utility": st.sampled_from([-50.0, -0.4, 3.0]),
        "shelf_coefficient": share(2.0),
        "stock_out": st.sampled_from(REACTIONS),
        "stock_out_rule": st.sampled_from(["reactions", "choose_again"]),
        "huff": st.fixed_dictionaries(
            {
                "neighbours": st.integers(0, 8),
                "radius_km": st.sampled_from([0.2, 2.0, 200.0]),
                "decay": st.sampled_from(["power", "exponential"]),
            }
        ),
        "goodwill": goodwill,
        "panel": st.fixed_dictionaries(
            {"households": st.integers(1, 40), "trips_per_week": st.sampled_from([1.5, 50.0])}
        ),
    },
)


@st.composite
def product(draw: st.DrawFn, brand: str, k: int, last_day: int) -> dict[str, Any]:
    price = draw(st.integers(1, 500))
    trade = price + draw(st.integers(0, 80))
    return {
        "id": f"{brand}-p{k}",
        "brand": brand,
        "appeal": draw(between(-2, 2)),
        "factory_cost_cents": draw(st.integers(0, 600)),
        "list_price_cents": price,
        "trade_price_cents": trade,
        "retail_price_cents": trade + draw(st.integers(0, 200)),
        "case_units": draw(st.sampled_from([1, 5, 12, 48])),
        "launch_day": draw(st.one_of(st.none(), st.none(), st.integers(-9, last_day))),
    }


def company(identifier: str) -> st.SearchStrategy[dict[str, Any]]:
    money = st.sampled_from([0, 10**5, 10**8])
    return st.fixed_dictionaries(
        {"id": st.just(identifier)},
        optional={
            "brands": st.sampled_from([(identifier,), (f"{identifier}a", f"{identifier}b")]),
            "goodwill": between(0, 3),
            "relation": share(),
            "listing_bonus": st.sampled_from([-20.0, 0.0, 4.0]),
            "factory": st.fixed_dictionaries(
                {
                    "capacity_factor": st.sampled_from([0.0, 0.5, 1.4]),
                    "stock_days": share(30),
                    "transport_days": st.integers(1, 9),
                    "transport_days_extra": share(4),
                    "reliability": share(),
                }
            ),
            "promotion": st.fixed_dictionaries(
                {
                    "every_days": st.integers(0, 9),
                    "length_days": st.integers(1, 12),
                    "price_cut": share(0.9),
                    "product_share": share(),
                }
            ),
            "budget": st.fixed_dictionaries(
                {},
                optional={
                    "advertising_cents": money,
                    "display_cents": money,
                    "overhead_cents": money,
                    "promoters": st.integers(0, 6),
                },
            ),
        },
    )


@st.composite
def rival(draw: st.DrawFn, identifier: str) -> dict[str, Any]:
    extra = {
        "temperament": draw(st.sampled_from(TEMPERAMENTS)),
        "answer_probability": draw(share()),
        "answer_threshold": draw(share(0.05)),
        "answer_length_days": draw(st.integers(1, 30)),
        "observe_delay_days": draw(st.integers(0, 40)),
        "poach_probability": draw(share()),
        "exclusive_per_month": draw(st.sampled_from([0, 3])),
        "field_calls_per_outlet_month": draw(st.sampled_from([0.0, 2.0, 31.0])),
        "answer_price_cut": draw(share(0.9)),
        "campaigns": tuple(
            draw(
                st.lists(
                    st.fixed_dictionaries(
                        {
                            "first_date": DAYS,
                            "duration_days": st.integers(1, 9),
                            "instrument": st.sampled_from(INSTRUMENTS),
                            "strength": st.sampled_from([0.0, 0.3, 3.0]),
                        }
                    ),
                    max_size=2,
                )
            )
        ),
    }
    return {**draw(company(identifier)), **extra}


retail = st.fixed_dictionaries(
    {},
    optional={
        "ordering": st.fixed_dictionaries(
            {
                "policy": st.sampled_from(["order_up_to", "s_S", "r_Q"]),
                "safety_factor": between(-3, 4),
                "s_S_cover_days": between(0.5, 20),
                "late_share": share(0.5),
                "late_probability": share(),
                "over_share": share(0.25),
                "under_share": share(0.25),
                "minimum_cases": st.integers(1, 3),
            }
        ),
        "listing": st.fixed_dictionaries(
            {
                "initial_intercept": st.sampled_from([-20.0, 0.6, 20.0]),
                "intercept": st.sampled_from([-2.2, 5.0]),
                "delist_weeks": st.integers(1, 8),
                "unprompted_per_month": share(),
            }
        ),
        "payment": st.fixed_dictionaries(
            {
                "late_probability": share(),
                "late_days": st.integers(1, 9),
                "credit_limit_days": st.sampled_from([0.1, 30.0]),
                "opening_cash_days": st.sampled_from([0.1, 30.0]),
            }
        ),
        "shelf": st.fixed_dictionaries({"visit_gain": share(), "best_weight": st.sampled_from([1.0, 10.0])}),
        "closing_per_year": share(),
        "opening_per_year": share(),
    },
)

policy = st.fixed_dictionaries(
    {
        "policy": st.sampled_from(POLICIES),
        "review_days": st.integers(1, 9),
        "cover_days": share(30),
        "safety_factor": between(-3, 4),
        "memory_days": st.integers(1, 56),
        "expected_lead_days": share(12),
    }
)
distributors = st.fixed_dictionaries(
    {"generate": st.fixed_dictionaries({"per_territory": st.integers(1, 2)})},
    optional={
        "policy": policy,
        "opening_stock_days": share(90),
        "payment_terms_days": st.sampled_from([0, 7, 180]),
        "opening_cash_days": st.sampled_from([0.01, 60.0]),
        "shelf_life_days": st.sampled_from([1, 20, 360]),
        "storage_cents_per_unit_day": share(5.0),
        "delivery": st.fixed_dictionaries(
            {
                "spare_capacity": st.sampled_from([0.05, 1.5]),
                "promised_days": st.integers(1, 5),
                "cancel_days": st.integers(1, 9),
                "works_on": st.sampled_from([(0,), (0, 2, 4), tuple(range(7))]),
            }
        ),
        "push": st.fixed_dictionaries(
            {
                "period_days": st.integers(7, 12),
                "rebate_rate": share(0.5),
                "target_growth": between(0.5, 3),
                "loading_window_days": st.integers(1, 7),
                "loading_reach": share(2.0),
                "overstock_days": between(0.5, 45),
                "markdown_rate": share(0.9),
                "markdown_order_lift": share(5.0),
            }
        ),
    },
)


@st.composite
def listed_distributors(draw: st.DrawFn, n_territories: int) -> tuple[dict[str, Any], ...]:
    """Sometimes our company's own: far away, small, with shared data, each covering something."""
    if draw(st.booleans()):
        return ()
    every = [f"T{k + 1:02d}" for k in range(n_territories)]
    return tuple(
        {
            "id": f"OD{k}",
            "territories": tuple(draw(st.lists(st.sampled_from(every), min_size=1, unique=True))),
            "information_system": draw(st.booleans()),
            "drops_per_day": draw(st.sampled_from([None, 0, 3, 100])),
            "service_radius_km": draw(st.sampled_from([0.5, 20.0, 5000.0])),
            "core": draw(st.booleans()),
            "warehouse_days": draw(st.sampled_from([0.1, 60.0])),
            "policy": draw(st.none() | policy),
            "relation": draw(share()),
            "signed": draw(often(True, st.booleans())),
        }
        for k in range(draw(st.integers(1, 3)))
    )


MOST_POSTS = 5
"""Of a territory: more posts than a market was built for are refused."""
team = st.fixed_dictionaries(
    {
        "generate": st.fixed_dictionaries({"n": st.integers(0, 4), "skill_mean": share(), "skill_sd": share(0.5)}),
        "spare_posts": st.just(3 * MOST_POSTS),
    },
    optional={
        "visit": st.fixed_dictionaries(
            {
                "minutes_per_day": st.sampled_from([30, 480]),
                "every_days_a": between(0.5, 9),
                "every_days_b": between(0.5, 20),
                "plan": st.sampled_from(["class", "need", "coverage", "habit"]),
                "max_calls_per_day": st.sampled_from([0, 3, 40]),
                "hunter_order_lift": share(2.0),
                "estimate_error": share(3.0),
                "improve_route": st.booleans(),
            }
        ),
        "learning": st.fixed_dictionaries(
            {
                "courses_per_year": st.sampled_from([0.0, 1.0, 50.0]),
                "skill_per_visit": share(),
                "sharing_per_week": share(),
                "sharing_between": share(),
                "incentive_farmer": share(),
                "training_days": st.integers(0, 5),
            }
        ),
        "turnover": st.fixed_dictionaries(
            {
                "leaving_per_year": st.sampled_from([0.0, 0.99, 5.0]),
                "handover": st.booleans(),
                "hiring_delay_days": st.integers(0, 9),
            }
        ),
    },
)
relations = st.fixed_dictionaries(
    {},
    optional={
        "gain_per_contact": share(),
        "half_life_days": st.sampled_from([0.1, 90.0]),
        "personal_share": share(),
        "stock_out_loss": share(),
        "dead_stock_loss": share(),
        "price_disorder_loss": share(10.0),
        "exclusive_days": st.integers(1, 40),
        "exclusive_fee_cents": st.sampled_from([0, 30_000]),
    },
)
database = st.fixed_dictionaries(
    {},
    optional={
        "known_share": share(),
        "size_error": share(3.0),
        "discover_probability": share(),
        "discover_radius_km": st.sampled_from([0.0, 50.0]),
        "census_outlets_per_month": st.sampled_from([0, 9]),
        "unvisited_after_days": st.integers(1, 10),
    },
)
diversion = st.fixed_dictionaries(
    {},
    optional={
        "freight_cents_per_unit_km": st.sampled_from([0.0, 0.06]),
        "penalty_cents_per_unit": st.sampled_from([0.0, 900.0]),
        "rate": share(),
        "undercut": share(),
        "disorder_gain": share(20.0),
        "detection_base": share(),
        "disorder_price_effect": share(0.9),
    },
)


@st.composite
def switches(draw: st.DrawFn) -> dict[str, bool]:
    """All on, or each for itself."""
    if draw(st.booleans()):
        return {}
    turned = draw(st.lists(st.sampled_from(SWITCHES), unique=True, max_size=len(SWITCHES)))
    return {name: not MechanismsSpec.model_fields[name].default for name in turned}


@st.composite
def random_markets(draw: st.DrawFn) -> Scenario:
    """A small market that the schema accepts."""
    when = draw(calendar)
    places = draw(territories)
    ours = draw(company("ours"))
    rivals = [draw(rival(f"R{k + 1}")) for k in range(draw(st.integers(0, 3)))]
    brands = [b for c in (ours, *rivals) for b in c.get("brands", (c["id"],))]
    if draw(st.booleans()):
        goods: dict[str, Any] = {"generate": {"per_brand": draw(st.integers(1, 2))}}
    else:
        listed = [draw(product(b, k, when["duration_days"])) for b in brands for k in range(draw(st.integers(1, 2)))]
        goods = {"generate": None, "list": tuple(listed)}
    trade = draw(distributors)
    trade["list"] = draw(listed_distributors(places["generate"]["n"]))
    return Scenario.model_validate(
        {
            "name": "random",
            "seed": draw(st.integers(0, 2**63 - 1)),
            "calendar": when,
            "territories": places,
            "outlets": draw(outlets()),
            "category": {"dispersion": draw(st.sampled_from([0.0, 0.3, 18.0]))},
            "consumers": draw(consumers),
            "products": goods,
            "ours": ours,
            "rivals": {"generate": None, "list": tuple(rivals)},
            "retail": draw(retail),
            "distributors": trade,
            "team": draw(team),
            "relations": draw(relations),
            "database": draw(database),
            "diversion": draw(diversion),
            "mechanisms": draw(switches()),
            "recording": {"outlet_panel": True},
        }
    )


LARGEST = 10**8
"""Beyond it a market of this size has nothing left to lose."""


@st.composite
def random_pulls(draw: st.DrawFn) -> list[tuple[int, str, float]]:
    """Pulls of any levers on any days, everywhere: (day, lever, value), often at the ends of what is allowed."""
    pulls = []
    for name in draw(st.lists(st.sampled_from(sorted(LEVERS)), max_size=8)):
        lever = LEVERS[name]
        top = MOST_POSTS if name == "advisors" else min(lever.high, LARGEST)
        value = draw(st.sampled_from([lever.low, min(top, lever.low + 1.0), top, (lever.low + top) / 2.0]))
        pulls.append((draw(st.integers(0, 12)), name, value))
    return pulls
