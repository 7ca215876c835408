"""Bundles are made by name, and a name that is missing or stands twice is an error."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from sim.engine import Session
from sim.world.bundles import bundle
from tests.markets import market


class Some(NamedTuple):
    relation: Any
    gain_per_contact: float
    mine: int


def test_fields_are_found_by_name() -> None:
    session = Session(market())
    made = bundle(Some, session.world, session.scenario.relations, mine=3)
    assert made.relation is session.world.relation
    assert made.gain_per_contact == session.scenario.relations.gain_per_contact
    assert made.mine == 3


def test_a_name_in_two_sources_is_refused() -> None:
    session = Session(market())
    with pytest.raises(TypeError, match=r"Some\.relation stands in several sources: World, ListingSpec"):
        bundle(Some, session.world, session.scenario.relations, session.scenario.retail.listing, mine=3)


def test_a_missing_and_an_unknown_name_are_refused() -> None:
    session = Session(market())
    with pytest.raises(TypeError, match=r"Some\.gain_per_contact stands in no source"):
        bundle(Some, session.world, mine=3)
    with pytest.raises(TypeError, match="has no field his"):
        bundle(Some, session.world, session.scenario.relations, mine=3, his=1)
