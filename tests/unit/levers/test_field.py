"""Levers of the field force: where our people go, who they are, what they do at a call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.agents.personnel import Personnel
from sim.engine import Session
from sim.errors import InputError
from tests.markets import assert_same, market

CALM: dict[str, Any] = {"mechanisms": {"advisor_turnover": False, "outlet_turnover": False}}
"""Nobody leaves, no shop closes: what moves is the lever's doing."""


def session_of(*changes: dict[str, Any]) -> Session:
    return Session(market(CALM, *changes))


def to_the_end(session: Session) -> Session:
    session.step(session.calendar.n_days)
    return session


class TestOutletInterval:
    def test_a_single_outlet_is_visited_more_often(self) -> None:
        session = session_of()
        known = np.flatnonzero(session.world.is_known)
        chosen = int(known[np.argmin(session.world.known_size[known])])
        session.pull("outlet_interval", 0.05, outlet=session.world.names.outlets[chosen])
        plain, pulled = to_the_end(session_of()), to_the_end(session)
        assert pulled.world.visit_count[chosen] > 3 * plain.world.visit_count[chosen] > 0

    def test_an_outlet_put_off_is_not_visited(self) -> None:
        session = session_of()
        session.world.last_visit_day[:] = 0
        session.pull("outlet_interval", 100.0)
        assert to_the_end(session).world.visit_count.sum() == 0

    def test_work_follows_the_interval_when_patches_are_divided(self) -> None:
        """Shops that are to be seen ten times as often fill one patch, so it holds fewer of them."""
        session = session_of({"team": {"generate": {"n": 4}}, "outlets": {"generate": {"n": 60}}})
        session.step()
        world = session.world
        place = int(np.argmax(np.bincount(world.advisor_territory[world.is_post])))
        first = int(np.flatnonzero(world.is_post & (world.advisor_territory == place))[0])
        mine = np.flatnonzero(world.outlet_advisor == first)
        session.pull("outlet_interval", 0.1, outlet=mine)
        next(a for a in session.agents if isinstance(a, Personnel)).divide(place, session._today())
        assert 0 < (world.outlet_advisor == first).sum() < mine.shape[0]

    def test_places_are_named_by_identifier_or_row(self) -> None:
        session = session_of()
        names = session.world.names.outlets
        session.pull("outlet_interval", 2.0, outlet=[names[3], names[4]])
        session.pull("outlet_interval", 0.5, outlet=np.array([4, 5]))
        session.pull("outlet_interval", 3.0, outlet=7)
        lever = session.world.lever_outlet_interval
        assert [lever[k] for k in (2, 3, 4, 5, 6, 7)] == [1.0, 2.0, 0.5, 0.5, 1.0, 3.0]

    @pytest.mark.parametrize("place", ["O00001", 10**6, -1])
    def test_a_place_that_does_not_exist_is_refused(self, place: str | int) -> None:
        with pytest.raises(InputError, match="no such outlet"):
            session_of().pull("outlet_interval", 2.0, outlet=place)


FOUR: dict[str, Any] = {
    "territories": {
        "generate": None,
        "list": [
            {"id": f"T{k}", "x_km": x, "y_km": 0.0, "population": 100_000.0} for k, x in enumerate((0.0, 30.0, 200.0))
        ],
    },
    "team": {
        "generate": None,
        "list": [
            {"id": "novice", "territory": "T0", "past_visits": 10, "selling": 0.5, "service": 0.5, "coaching": 0.5},
            {"id": "master", "territory": "T0", "past_visits": 9000, "selling": 0.9, "service": 0.9, "coaching": 0.9},
            {"id": "near", "territory": "T1"},
            {"id": "far", "territory": "T2"},
        ],
        "learning": {"courses_per_year": 0.0},
    },
    "calendar": {"burn_in_days": 5, "duration_days": 40},
}
"""Three territories in a row and two advisors of different kind in the first."""


class TestTransfer:
    DAY = 7

    def moved(self, order: int, target: str = "T1") -> Session:
        """A run in which one post goes from T0 to another territory on day 7."""
        session = session_of(FOUR)
        session.pull("transfer", order)
        session.step(self.DAY)
        session.pull("advisors", 1, territory="T0")
        session.pull("advisors", 2, territory=target)
        return session

    def test_today_s_way_dismisses_and_hires(self) -> None:
        session = to_the_end(self.moved(0))
        kinds = set(session.observe()["events"]["kind"])
        assert "advisor_moved" not in kinds
        assert "advisor_hired" in kinds

    @pytest.mark.parametrize(("order", "who"), [(1, "novice"), (2, "master")])
    def test_who_moves(self, order: int, who: str) -> None:
        tables = to_the_end(self.moved(order)).observe()
        events = tables["events"].query("kind == 'advisor_moved'")
        assert events[["day", "territory", "subject", "object"]].to_numpy().tolist() == [[2, "T1", who, "T0"]]
        assert "advisor_hired" not in set(tables["events"]["kind"])
        days = tables["advisor"].query("advisor == @who").groupby("territory")["day"].agg(["min", "max"])
        assert days.loc["T0", "max"] < 2
        assert days.loc["T1", "min"] >= 2 + 7

    def test_the_person_goes_with_the_skills_and_without_the_ties(self) -> None:
        session = self.moved(2)
        world = session.world
        master = session.world.names.advisors.index("master")
        patch = np.flatnonzero(world.outlet_advisor == master)
        before, visits = world.personal_tie[patch].copy(), int(world.visits_made[master])
        next(a for a in session.agents if isinstance(a, Personnel))._staff(session._today())
        kept = session.scenario.team.turnover.handover_keeps
        np.testing.assert_allclose(world.personal_tie[patch], kept * before, atol=1e-9)
        assert world.visits_made[master] == visits
        assert world.selling[master] >= 0.9
        assert world.advisor_x_km[master] == 30.0
        assert not np.isin(patch, np.flatnonzero(world.outlet_advisor == master)).any()

    def test_the_move_is_paid_and_wages_go_on(self) -> None:
        stay, move = session_of(FOUR), self.moved(1)
        stay.step(self.DAY)
        paid = [to_the_end(s).observe()["money"].query("party == 'ours'") for s in (stay, move)]
        cents = [m.groupby("account")["amount_cents"].sum() for m in paid]
        assert cents[1]["hiring_training"] == stay.scenario.team.turnover.transfer_cost_cents
        assert "hiring_training" not in cents[0]
        assert cents[1]["advisor_cost"] == cents[0]["advisor_cost"]

    def test_the_nearest_pair_comes_first(self) -> None:
        session = session_of(FOUR)
        session.pull("transfer", 1)
        session.step(self.DAY)
        session.pull("advisors", 1, territory="T0")
        session.pull("advisors", 0, territory="T2")
        session.pull("advisors", 2, territory="T1")
        session.step()
        world = session.world
        assert world.names.territories[world.advisor_territory[world.names.advisors.index("novice")]] == "T1"
        assert not world.is_employed[world.names.advisors.index("far")]


class TestConduct:
    def test_without_proposals_no_call_ends_with_an_order(self) -> None:
        session = session_of()
        session.pull("suggested_orders", 0)
        pulled, plain = to_the_end(session).observe()["advisor"], to_the_end(session_of()).observe()["advisor"]
        assert plain["order_units"].sum() > 0
        assert pulled["order_units"].sum() == 0
        assert pulled["calls"].sum() > 0

    def test_rivals_go_on_proposing(self) -> None:
        """Without our advisors the lever has nobody to tell, so rivals' calls must be what they were."""
        alone = {"mechanisms": {"advisors": False}}
        pulled = session_of(alone)
        pulled.pull("suggested_orders", 0)
        assert_same(to_the_end(session_of(alone)).observe(), to_the_end(pulled).observe())

    def test_plain_routes_are_longer(self) -> None:
        crowd = {"outlets": {"generate": {"n": 200}}, "database": {"known_share": 1.0}}
        session = session_of(crowd)
        session.pull("improve_route", 0)
        plain, improved = (
            to_the_end(s).observe()["advisor"][["km", "calls"]].sum() for s in (session, session_of(crowd))
        )
        assert plain["km"] / plain["calls"] > 1.02 * improved["km"] / improved["calls"]

    def test_a_handover_saves_part_of_the_ties(self) -> None:
        left = []
        for handover in (0, 1):
            session = session_of()
            session.pull("handover", handover)
            session.step(6)
            patch = session.world.outlet_advisor == 0
            before = float(session.world.personal_tie[patch].sum())
            next(a for a in session.agents if isinstance(a, Personnel)).dismiss(session._today(), 0)
            left.append(float(session.world.personal_tie[patch].sum()) / before)
        assert left == pytest.approx([0.0, session.scenario.team.turnover.handover_keeps], abs=1e-9)

    def test_new_people_have_the_orientation_that_is_hired(self) -> None:
        session = session_of({"team": {"turnover": {"hiring_delay_days": 0}}})
        session.step(6)
        session.pull("hire_farmer", 1.0)
        session.pull("advisors", 3, territory=0)
        was = session.world.is_employed.copy()
        session.step()
        new = session.world.is_employed & ~was
        assert new.sum() >= 2
        assert (session.world.farmer[new] == 1.0).all()
