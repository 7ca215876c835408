"""Minutes of tasks, and talent."""

from __future__ import annotations

from typing import Any

from tests.effects.field import CALLS, COURSES, LEAVING, ORDERS, PER_CALL, WEEKLY, WORK, _skill, person
from tests.effects.market import Row, changes, days, down, equal, on, starts, times, up, up_by
from tests.effects.measures import built, left, money, total
from tests.markets import merged

NO_SHARES = dict.fromkeys(
    ("stock_share", "order_share", "shelf_share", "listing_share", "data_share", "coach_share"), 0.0
)
EQUAL_PEOPLE: dict[str, Any] = {
    **on("task_minutes"),
    "team": {"talent": {"spread": 0.0}, "tasks": {"survey_minutes": 0.0, "coaching_minutes": 0.0}},
}
SOLD = {"ours": {"history_growth_target": 0.5}}
"""Half of what is sold already is the target: it is within reach, and then reached."""
ACT: dict[str, Any] = merged(
    ORDERS, on("targets_act"), SOLD, {"team": {"supervision": {"unled_adherence": 1.0}}}, days(70)
)
"""Advisors who write orders, with targets that act."""
PAID = merged(ACT, {"team": {"incentives": {"commission_cents": 500.0, "bonus_cents": 500_000}}})
LED = merged(ACT, {"team": {"supervision": {"unled_adherence": 0.0, "supervisors": 0.1}}})
BY_PLAN = total("advisor", "by_plan")
WORKED = total("advisor", "effort")
TASKS = merged(
    WORK, EQUAL_PEOPLE, person(selling=0.35, service=0.35, coaching=0.35), {"team": {"tasks": NO_SHARES}}, days(1)
)
"""A day of calls that take no time but what a row gives them, in shops that list all of our products."""
BARE = {"retail": {"listing": {"initial_intercept": -20.0}}, "mechanisms": {"listing_changes": True}}
"""No shop lists anything at first."""
CALLING = merged(TASKS, {"team": {"tasks": {"data_share": 1.0}}})
FINDING: dict[str, Any] = merged(
    EQUAL_PEOPLE,
    on("advisors", "database_limits"),
    {
        "outlets": {"generate": {"n": 60, "town_spread_km": 0.5}},
        "database": {"known_share": 0.3, "discover_probability": 0.0},
        "consumers": {"huff": {"neighbours": 20}},
    },
    days(3),
)
"""Sixty shops of one town, most of them unknown, and spare time."""
FOUND = total("advisor", "found_outlets")
SURVEYED = total("advisor", "survey_minutes")
COACHED: dict[str, Any] = merged(
    COURSES, EQUAL_PEOPLE, {"team": {"learning": {"courses_per_year": 0.0}, "tasks": {"coaching_minutes": 30.0}}}
)
HIRED = merged(LEAVING, EQUAL_PEOPLE, {"team": {"talent": {"spread": 0.4, "applicants": 5.0}}})
NEW_TALENT = left(lambda w: w.talent[w.occupant > 1].mean())
NEW_PAY = left(lambda w: w.pay_factor[w.occupant > 1].mean())


def _share(name: str, *changes: dict[str, Any]) -> Row:
    return Row(f"team.tasks.{name}", 0.1, 0.2, merged(TASKS, *changes), PER_CALL, times(2.0, 1e-6))


ROWS = [
    Row("mechanisms.task_minutes", False, True, FINDING, SURVEYED, starts),
    *[_share(name) for name in ("stock_share", "order_share", "shelf_share", "data_share", "coach_share")],
    _share("listing_share", BARE),
    Row(
        "mechanisms.targets_act",
        False,
        True,
        merged(ACT, {"mechanisms": {"targets_act": False}}),
        total("targets", "units"),
        changes,
    ),
    Row("team.incentives.commission_cents", 0.0, 500.0, ACT, money("advisor_cost"), up),
    Row("team.incentives.bonus_cents", 0, 500_000, ACT, money("advisor_cost"), up),
    Row("team.incentives.effort_gain", 0.0, 1.0, PAID, WORKED, up),
    Row(
        "team.incentives.effort_most",
        1.0,
        1.5,
        merged(PAID, {"team": {"incentives": {"effort_gain": 5.0}}}),
        WORKED,
        up,
    ),
    Row("team.incentives.outlook_error", 0.01, 2.0, PAID, WORKED, changes),
    Row("team.supervision.supervisors", 0.0, 1.0, LED, BY_PLAN, up),
    Row("team.supervision.span", 1.0, 30.0, LED, BY_PLAN, up),
    Row("team.supervision.supervisor_cents_per_month", 0, 1_000_000, LED, money("overhead"), up),
    Row("team.supervision.unled_adherence", 0.0, 1.0, ACT, BY_PLAN, up),
    Row(
        "team.supervision.skill_gain_per_month",
        0.0,
        0.2,
        merged(LED, on("learning"), {"team": {"supervision": {"supervisors": 1.0}}}),
        left(lambda w: w.selling.mean()),
        up,
    ),
    Row("lever:commission_cents", 0.0, 500.0, ACT, money("advisor_cost"), up),
    Row("lever:bonus_cents", 0, 500_000, ACT, money("advisor_cost"), up),
    Row("lever:supervisors", 0.0, 1.0, LED, BY_PLAN, up),
    Row("team.tasks.usual_skill", 0.2, 0.6, merged(TASKS, {"team": {"tasks": {"shelf_share": 1.0}}}), PER_CALL, up),
    Row(
        "team.tasks.skill_pace",
        0.0,
        2.0,
        merged(TASKS, person(service=0.9), {"team": {"tasks": {"shelf_share": 1.0}}}),
        PER_CALL,
        down,
    ),
    Row("team.tasks.early_share", 0.3, 0.9, merged(WEEKLY, EQUAL_PEOPLE), CALLS, down),
    Row("team.tasks.survey_minutes", 0.0, 200.0, {}, built("lever_survey_minutes"), equal(0.0, 200.0)),
    Row("team.tasks.search_minutes", 5.0, 10.0, FINDING, SURVEYED, up),
    Row("team.tasks.found_minutes", 5.0, 10.0, FINDING, SURVEYED, up),
    Row("team.tasks.search_radius_km", 0.0, 1.0, FINDING, FOUND, starts),
    Row("team.tasks.search_again_days", 1, 90, merged(WEEKLY, EQUAL_PEOPLE), SURVEYED, down),
    Row("team.tasks.coaching_minutes", 0.0, 20.0, COACHED, total("advisor", "coaching_minutes"), starts),
    Row("team.tasks.coaching_gain_per_hour", 0.0, 0.2, COACHED, _skill("novice", "selling"), up_by(0.05)),
    Row(
        "team.talent.spread",
        0.0,
        0.8,
        {"team": {"generate": {"n": 9}, "spare_posts": 0}},
        left(lambda w: w.talent.std()),
        lambda low, high: low == 0.0 and high > 0.3,
    ),
    Row("team.talent.validity", 0.0, 1.0, HIRED, NEW_TALENT, up),
    Row("team.talent.pay_elasticity", 0.0, 5.0, merged(HIRED, {"team": {"talent": {"hire_pay": 2.0}}}), NEW_TALENT, up),
    Row("team.talent.hire_pay", 1.0, 1.5, HIRED, NEW_PAY, equal(1.0, 1.5)),
    Row("team.talent.hire_pay", 1.0, 1.5, HIRED, money("advisor_cost"), up, note="costs"),
    Row("team.talent.applicants", 1.0, 50.0, HIRED, NEW_TALENT, up),
    Row("team.talent.applicant_cents", 0, 50_000, HIRED, money("hiring_training"), up),
    Row("lever:hire_pay", 1.0, 2.0, HIRED, NEW_PAY, equal(1.0, 2.0)),
    Row("lever:hire_applicants", 1.0, 50.0, HIRED, NEW_TALENT, up),
    Row(
        "lever:survey_minutes",
        0.0,
        240.0,
        merged(CALLING, FINDING, {"team": {"visit": {"minutes_per_day": 300}}}),
        SURVEYED,
        up,
    ),
    Row("lever:coaching_minutes", 0.0, 30.0, COACHED, total("advisor", "coaching_minutes"), starts),
]
