"""Limits of the field force that must not act in silence: posts beyond the room, shops beyond a day's reach."""

from __future__ import annotations

import pytest

from sim.engine import Session, rehearse
from sim.errors import InputError
from tests.markets import finished, market


def test_posts_beyond_the_room_are_refused():
    strategies = {"many": ({"people": {"extra_advisors": 30}},)}
    scenario = market({"strategies": strategies, "direction": {"budget": {"on_excess": "allow"}}})
    with pytest.raises(InputError, match=r"strategy 'many': advisors: 31: .* room for 5 posts; .* team\.spare_posts"):
        rehearse(scenario, "many")
    roomy = scenario.model_copy(update={"team": scenario.team.model_copy(update={"spare_posts": 30})})
    assert rehearse(roomy, "many")["advisors"] == 31 * 700_000


def test_spare_posts_change_nothing_by_themselves():
    plain, roomy = (finished(market({"team": {"spare_posts": n}})).observe() for n in (None, 20))
    for name in ("market", "advisor", "money", "visits"):
        assert plain[name].equals(roomy[name]), name


def test_a_shop_beyond_a_day_s_reach_does_not_keep_the_advisor_at_home():
    session = Session(market({"database": {"known_share": 1.0}}))
    world = session.world
    home = int(world.advisor_territory[0])
    (mine,) = (world.outlet_territory == home).nonzero()
    # Columns of the build are written here on purpose: one shop is moved a day's drive away, and is the most urgent.
    world.outlet_x_km[mine[0]] += 2000.0
    world.last_visit_day[mine[0]] = -10_000
    world.is_known[mine] = True
    session.step(session.calendar.n_days)
    visits = session.observe()["visits"]
    assert len(visits) > 20
    assert world.names.outlets[mine[0]] not in set(visits["outlet"])
