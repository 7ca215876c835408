"""The table of events: every kind at its minute, on its day, about whom it is about, where it happened."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim.calendar import Phase
from sim.engine import Session
from tests.markets import STRESSED, market

PLAN, ORDER_OR_CALL = {Phase.PLAN}, {Phase.FIELD, Phase.AGE}
DECIDE, EVERYWHERE, NOBODY = {Phase.DECIDE}, "everywhere", "nobody"
KINDS: dict[str, tuple[set[Phase], str, str, str]] = {
    "advisor_hired": (PLAN, "advisor", NOBODY, "territory"),
    "advisor_left": (DECIDE, "advisor", NOBODY, "territory"),
    "advisor_moved": (PLAN, "advisor", "territory", "territory"),
    "census": (DECIDE, "territory", NOBODY, "territory"),
    "credit_stop": ({Phase.DISPATCH}, NOBODY, NOBODY, EVERYWHERE),
    "delisted": ({Phase.AGE}, "outlet", "product", "territory"),
    "distributor_dismissed": (DECIDE, "distributor", "company", "territory"),
    "distributor_loading": (DECIDE, "distributor", NOBODY, "territory"),
    "diversion": (DECIDE, "distributor", "product", "territory"),
    "exclusive_signed": (DECIDE, "outlet", "company", "territory"),
    "factory_stopped": (DECIDE, "company", NOBODY, EVERYWHERE),
    "listing_won": (ORDER_OR_CALL, "outlet", "product", "territory"),
    "markdown": (DECIDE, "distributor", NOBODY, "territory"),
    "outlet_closed": (PLAN, "outlet", NOBODY, "territory"),
    "outlet_opened": (PLAN, "outlet", NOBODY, "territory"),
    "product_launched": (PLAN, "company", "product", EVERYWHERE),
    "promotion_ended": (PLAN, "company", "product", EVERYWHERE),
    "promotion_started": (PLAN, "company", "product", EVERYWHERE),
    "rival_answer": (PLAN, "company", NOBODY, "territory"),
    "rival_campaign": (PLAN, "company", NOBODY, EVERYWHERE),
    "target_set": (DECIDE, "company", NOBODY, EVERYWHERE),
    "training": (DECIDE, "advisor", NOBODY, "territory"),
}
"""When, about whom, what or who else, and where."""

ONCE = {"product_launched": 7, "rival_campaign": 3, "advisor_moved": 25, "distributor_dismissed": 25}
"""Days of what happens once, by the scenario or by a lever that is pulled on day 25."""


@pytest.fixture(scope="module")
def session() -> Session:
    changes: dict[str, Any] = {
        "calendar": {"duration_days": 60},
        "team": {"generate": {"n": 3}, "learning": {"courses_per_year": 12}},
        "ours": {"factory": {"reliability": 0.8}},
    }
    made = Session(market(STRESSED, changes))
    for lever, value in {
        "promotion_every_days": 14,
        "promotion_length_days": 5,
        "promotion_cut": 0.1,
        "exclusive_outlets": 2,
        "overstock_days": 3,
        "transfer": 2,
    }.items():
        made.pull(lever, value)
    made.step(30)
    made.pull("dismiss", 1, distributor=made.world.names.distributors[0])
    made.pull("advisors", 0, territory=made.world.names.territories[0])
    made.pull("advisors", 3, territory=made.world.names.territories[1])
    made.step(made.calendar.n_days)
    return made


@pytest.fixture(scope="module")
def events(session: Session) -> pd.DataFrame:
    return session.observe()["events"]


def test_every_kind_happened(events: pd.DataFrame) -> None:
    assert set(events["kind"]) == set(KINDS)
    assert events["day"].between(-5, 59).all()
    assert events["day"].is_monotonic_increasing


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_when_who_and_where(session: Session, events: pd.DataFrame, kind: str) -> None:
    minutes, subject, other, where = KINDS[kind]
    names = session.world.names
    known = {axis: set(getattr(names, f"{axis}s")) for axis in ("territory", "outlet", "distributor", "advisor")[1:]}
    known |= {"territory": set(names.territories), "company": set(names.companies), "product": set(names.products)}
    known[NOBODY] = {""}
    rows = events[events["kind"] == kind]
    assert set(rows["minute"]) <= {int(minute) for minute in minutes}
    assert set(rows["subject"]) <= known[subject]
    assert set(rows["object"]) <= known[other]
    assert set(rows["territory"]) <= (known["territory"] if where == "territory" else {""})
    if kind in ONCE:
        assert rows["day"].tolist() == [ONCE[kind]]


def test_places_are_those_of_the_subject(session: Session, events: pd.DataFrame) -> None:
    world, names = session.world, session.world.names
    place = dict(zip(names.outlets, world.outlet_territory.tolist(), strict=True))
    place |= dict(zip(names.distributors, world.distributor_territory.tolist(), strict=True))
    rows = events[
        events["kind"].isin(["delisted", "exclusive_signed", "outlet_closed", "markdown", "distributor_loading"])
    ]
    assert [names.territories[place[s]] for s in rows["subject"]] == rows["territory"].tolist()


def test_values(events: pd.DataFrame) -> None:
    value = events.groupby("kind")["value"]
    assert value.get_group("promotion_started").eq(0.1).all()
    assert value.get_group("rival_campaign").eq(0.2).all()
    assert value.get_group("markdown").eq(0.06).all()
    assert value.get_group("census").between(0, 6).all()
    assert value.get_group("diversion").ge(1).all()
    assert value.get_group("target_set").gt(1000).all()
    for kind in ("advisor_left", "outlet_closed", "training", "exclusive_signed", "product_launched", "advisor_moved"):
        assert value.get_group(kind).eq(0).all()
