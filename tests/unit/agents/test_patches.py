"""Who is in charge of which shops when posts come and go."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine import Session
from tests.markets import market

ONE_PLACE = {
    "calendar": {"burn_in_days": 0, "duration_days": 60},
    "territories": {"generate": {"n": 1}},
    "outlets": {"generate": {"n": 60}},
    "team": {"generate": {"n": 1}, "spare_posts": 2, "turnover": {"hiring_delay_days": 20}},
    "mechanisms": {"advisor_turnover": False, "outlet_turnover": False},
}
DELAY = 20


def patches(session: Session) -> list[int]:
    """Known outlets in charge by post."""
    owner = session.world.outlet_advisor
    return np.bincount(owner[owner >= 0], minlength=session.world.sizes["advisor"]).tolist()


def test_a_new_post_gets_its_patch_when_somebody_comes() -> None:
    """Until then all shops stay with those who work; the calls of the first weeks are those without the post."""
    session, alone = Session(market(ONE_PLACE)), Session(market(ONE_PLACE))
    session.step(7)
    alone.step(7)
    session.pull("advisors", 2)
    session.step(7 + DELAY)
    alone.step(7 + DELAY)
    assert patches(session) == patches(alone)
    calls = [s.observe()["advisor"]["calls"].sum() for s in (session, alone)]
    assert calls[0] == calls[1] > 0
    session.step(7 + DELAY + 1)
    first, second, _ = patches(session)
    assert min(first, second) > 0.3 * (first + second)


def test_a_leavers_patch_waits_for_the_successor() -> None:
    session = Session(market(ONE_PLACE))
    session.step(10)
    world = session.world
    world.is_employed[0] = False
    world.available_day[0] = 15
    before = patches(session)
    session.step(15)
    assert patches(session)[0] >= before[0] > 0
    session.step(20)
    assert patches(session)[0] >= before[0]
    assert world.is_employed[0]


def test_posts_elsewhere_change_no_patch_here() -> None:
    changes = {"territories": {"generate": {"n": 2}}, "team": {"generate": {"n": 2}}}
    session = Session(market(ONE_PLACE, changes))
    session.step(8)
    owner = session.world.outlet_advisor
    elsewhere, here = session.world.advisor_territory[:2].tolist()
    before = owner[session.world.outlet_territory == here].copy()
    session.pull("advisors", 2, territory=session.world.names.territories[elsewhere])
    session.step(8 + DELAY + 1)
    after = owner[session.world.outlet_territory == here]
    known = before >= 0
    assert elsewhere != here
    np.testing.assert_array_equal(after[known], before[known])


@pytest.mark.parametrize("plan", [0, 1, 2, 3])
def test_every_plan_keeps_to_the_interval_between_visits(plan: int) -> None:
    """The plan ranks what is due; it makes nothing due before its time."""
    session = Session(market(ONE_PLACE))
    session.world.lever_visit_every_days[:] = 14.0
    session.pull("visit_plan", plan)
    session.step(60)
    visits = session.observe()["visits"].sort_values(["outlet", "day"])
    gaps = visits.groupby("outlet", observed=True)["day"].diff().dropna()
    assert len(gaps) > 20
    assert gaps.min() >= 13
