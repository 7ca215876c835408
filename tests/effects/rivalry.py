"""Companies against each other: products displaced at calls, empty shelves taken over, rivals that live and leave."""

from __future__ import annotations

from typing import Any

from tests.effects.channel import COURTED
from tests.effects.field import EVERY_DAY, KNOWN
from tests.effects.market import Row, changes, days, down, on, starts, stops, up, up_by
from tests.effects.measures import event, mean, money, state, total
from tests.markets import merged

PUSHING: dict[str, Any] = merged(
    on("displacement", "advisors", "shelf"), KNOWN, {"team": {"visit": EVERY_DAY}, "pulls": {"displace": 1}}
)
"""We call every day on shops that list a rival's product, and try to displace it."""
PUSHED = total("market", "displaced", company="R1")
DRY: dict[str, Any] = merged(
    on("displacement", "advisors", "shelf", "stock_outs", "factory_limits"),
    KNOWN,
    days(40),
    {
        "team": {"visit": EVERY_DAY},
        "distributors": {"opening_stock_days": 3.0},
        "rivals": {"list": [{"id": "R1", "factory": {"capacity_factor": 0.0}}]},
    },
)
"""The rival's goods run out for good."""
NEW: dict[str, Any] = merged(
    DRY,
    on("listing_changes"),
    {
        "ours": {"listing_bonus": -20.0},
        "retail": {
            "listing": {"initial_intercept": 8.0, "intercept": -6.0, "unprompted_per_month": 0.0, "delist_weeks": 100}
        },
    },
)
"""Nobody lists us yet."""

CONDUCT = "rivals.list.0.conduct."


def company(*switches: str, days_: int = 130, conduct: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A market whose rival lives on what it earns."""
    spec = {"id": "R1", "conduct": conduct or {}, **fields}
    return {**on("rival_companies", *switches), **days(days_), "rivals": {"list": [spec]}}


LOSING = company(days_=200, conduct={"retreat_months": 2}, budget={"overhead_cents": 10**9})
"""The rival's office costs more than it can ever earn."""
HIT: dict[str, Any] = merged(
    company(
        days_=420,
        conduct={"retreat_months": 1, "revenue_memory": 1.0, "return_half_life_months": 1.0, "invest_months": 0},
        budget={"overhead_cents": 50_000, "advertising_cents": 0, "display_cents": 0, "promoters": 0},
    ),
    {"products": {"list": [{"id": "ours-1", "brand": "ours", "appeal": 6.0, "launch_day": 70}], "generate": {}}},
    on("listing_changes"),
    {"retail": {"listing": {"unprompted_per_month": 1.0}}},
)
"""A product of ours takes its sales away, once it is used to them."""
LOOKING = company(
    "rival_answers", days_=250, temperament="follower", answer_probability=1.0, answer_length_days=1, observe_noise=0.0
)

OUTSIDE: dict[str, Any] = {
    **on("entry"),
    **days(200),
    "territories": {"generate": {"n": 4}},
    "rivals": {"list": [{"id": "R1", "entry": {"first_date": None, "probability_per_year": 0.9, "barrier": 0.0}}]},
}
"""The rival is not in the market yet."""
NEVER: dict[str, Any] = {"id": "R1", "entry": {"first_date": None, "probability_per_year": 0.0, "barrier": 0.0}}
ENTRY = "rivals.list.0.entry."
ENTERED = event("rival_entry")

ROWS = [
    # --- newcomers ---
    Row("mechanisms.entry", False, True, OUTSIDE, ENTERED, starts),
    Row(
        ENTRY + "first_date",
        "2027-01-01",
        "2026-02-01",
        merged(OUTSIDE, {"rivals": {"list": [NEVER]}}),
        ENTERED,
        starts,
    ),
    Row(ENTRY + "probability_per_year", 0.0, 0.99, OUTSIDE, ENTERED, starts),
    Row(ENTRY + "barrier", 0.0, 50.0, merged(OUTSIDE, {"ours": {"relation": 1.0}}), ENTERED, stops),
    Row(
        "distributors.contracts.outlets_brought",
        0.0,
        1.0,
        merged(COURTED, on("rival_companies")),
        state("relation", slice(None), 0),
        up,
    ),
    # --- rivals as companies ---
    Row("mechanisms.rival_companies", False, True, LOSING, event("rival_retreat"), starts),
    Row(CONDUCT + "spending_rate", 0.01, 0.05, company(), money("advertising", "R1"), up),
    Row(CONDUCT + "revenue_memory", 0.05, 1.0, company(), state("revenue_reckoned", 1), changes),
    Row(CONDUCT + "retreat_months", 1, 10, LOSING, event("rival_retreat"), stops),
    Row(CONDUCT + "leave_months", 1, 100, LOSING, state("is_contracted"), up),
    Row(CONDUCT + "return_half_life_months", 0.5, 240.0, HIT, event("rival_return"), stops),
    Row(CONDUCT + "invest_months", 0, 120, HIT, event("rival_retreat"), down),
    Row(CONDUCT + "notice_width", 0.0, 1.0, LOOKING, event("rival_answer"), starts),
    Row(CONDUCT + "notice_moves", 0.0, 50.0, {**LOOKING, "pulls": {"price_cut": 0.1}}, event("rival_answer"), up),
    Row(
        CONDUCT + "notice_dependence",
        0.0,
        50.0,
        merged(LOOKING, {"territories": {"generate": {"n": 2, "population_sigma": 1.0}}}),
        event("rival_answer"),
        up,
    ),
    # --- displacement ---
    Row("mechanisms.displacement", False, True, PUSHING, PUSHED, starts),
    Row("lever:displace", 0, 1, {**PUSHING, "pulls": {}}, PUSHED, starts),
    Row("retail.displacement.intercept", -5.0, 1.0, PUSHING, PUSHED, up),
    Row(
        "retail.displacement.relation",
        0.0,
        8.0,
        merged(PUSHING, {"ours": {"relation": 0.9}, "rivals": {"list": [{"id": "R1", "relation": 0.1}]}}),
        PUSHED,
        up,
    ),
    Row("retail.displacement.skill", 0.0, 8.0, PUSHING, PUSHED, up),
    Row(
        "retail.displacement.sales",
        0.0,
        9.0,
        merged(PUSHING, {"ours": {"appeal": -3.0}, "retail": {"displacement": {"intercept": 0.0}}}),
        PUSHED,
        down,
    ),
    Row("retail.displacement.facings_taken", 0.01, 5.0, PUSHING, state("is_listed", slice(None), 1), down),
    Row("retail.displacement.empty_shelf", 0.0, 20.0, NEW, event("listing_won"), up_by(5)),
    Row("retail.displacement.empty_facings", 0.0, 10.0, DRY, mean("market", "facings_share", company="ours"), up),
]
