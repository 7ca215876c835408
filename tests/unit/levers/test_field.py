"""Levers of the field force: where our people go, who they are, what they do at a call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.errors import InputError
from tests.markets import market

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
        next(a for a in session.agents if type(a).__name__ == "People").divide(place)
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
