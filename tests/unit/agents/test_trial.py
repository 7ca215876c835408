"""How far a new product is tried: people try what they can find."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents.goodwill import Goodwill
from sim.engine import Session
from sim.kernels.laws import bass_step
from tests.laboratory.laws import bass_fraction
from tests.markets import market

LAUNCHED = {
    "products": {
        "list": [{"id": "old", "brand": "ours"}, {"id": "new", "brand": "ours", "launch_day": 0}],
        "generate": {},
    }
}
NEW = 1
DAYS = 200


@pytest.fixture
def launched() -> tuple[Session, Goodwill]:
    """A market in which the new product has just been launched and nobody has tried it."""
    session = Session(market(LAUNCHED))
    session.world.launched[NEW] = True
    session.world.is_listed[:, NEW] = False
    return session, next(a for a in session.agents if isinstance(a, Goodwill))


def tried(session: Session, agent: Goodwill, days: int) -> np.ndarray:
    for _ in range(days):
        agent._spread_trial()
    return session.world.trial[:, NEW]


def test_what_no_shop_lists_is_never_tried(launched: tuple[Session, Goodwill]) -> None:
    assert (tried(*launched, DAYS) == 0.0).all()


def test_trial_spreads_by_the_size_of_the_open_shops_that_list_the_product(launched: tuple[Session, Goodwill]) -> None:
    """Half of the trade lists it in one territory: Bass with half of p and half of q, which is half as fast."""
    session, agent = launched
    world, spec = session.world, session.scenario.consumers.diffusion
    here = np.flatnonzero(world.is_open & (world.outlet_territory == 0))
    world.outlet_size[here] = 1.0
    world.is_listed[here[0], NEW] = True
    # A shop that has closed counts for nothing, whatever it listed.
    world.is_open[here[1]], world.is_listed[here[1], NEW] = False, True
    world.outlet_size[here[0]] = here.shape[0] - 2.0
    found = tried(session, agent, DAYS)
    exact = bass_fraction(DAYS / spec.period_days / 2.0, spec.innovation, spec.imitation)
    assert found[0] == pytest.approx(exact, rel=1e-9)
    assert (found[1:] == 0.0).all()


def test_where_every_shop_lists_it_trial_is_the_curve_of_bass(launched: tuple[Session, Goodwill]) -> None:
    session, agent = launched
    spec = session.scenario.consumers.diffusion
    session.world.is_listed[:, NEW] = True
    exact = 0.0
    for _ in range(DAYS):
        exact = bass_step(exact, spec.innovation, spec.imitation, 1.0 / spec.period_days)
    np.testing.assert_allclose(tried(session, agent, DAYS), exact, rtol=1e-12)


def test_what_everybody_knows_stays_known(launched: tuple[Session, Goodwill]) -> None:
    session, agent = launched
    tried(session, agent, 1)
    assert (session.world.trial[:, 0] == 1.0).all()
