"""Any market the schema accepts runs to its end under any levers, closes its books and obeys the laws of its tables."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, seed, settings

from sim.engine import Session
from sim.ledger.closing import check_ledger
from sim.scenario.schema import Scenario
from sim.world.setup.market import SEEN_INSIDE
from sim.world.world import World
from tests.identities import check_tables
from tests.markets import assert_same, books_digest
from tests.property.random_markets import random_markets, random_pulls

PARTS = 4
EXAMPLES = 50
SLOW_PARTS = 20
SLOW_EXAMPLES = 200
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


Pulls = list[tuple[int, str, float]]


def run_to_the_end(scenario: Scenario, pulls: Pulls) -> None:
    """Close the books every night, and look at every number of the world; a warning of NumPy's is a mistake."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _run(scenario, pulls)


def _run(scenario: Scenario, pulls: Pulls) -> None:
    session = Session(scenario, replication=1)
    while not session.finished:
        for day, lever, value in pulls:
            if day == session.day:
                session.pull(lever, value)
        session.step()
        check_ledger(session.world)
        check_columns(session.world)
    check_tables(session.observe(), scenario)


def check_columns(world: World) -> None:
    """Numbers are finite; what is seen in shops lies in its bounds where somebody has been, and is NaN elsewhere."""
    for name, column in world.columns.items():
        if name in SEEN_INSIDE:
            assert not np.isinf(column).any(), f"world.{name} is infinite"
            most = 1.0 + 1e-6 if name in {"seen_share", "seen_empty", "seen_promoter"} else np.inf
            assert not ((column < 0.0) | (column > most)).any(), f"world.{name} is out of bounds"
        else:
            assert column.dtype.kind != "f" or np.isfinite(column).all(), f"world.{name} is not finite"
    assert not np.isnan(world.seen_share[world.visit_count > 0]).any(), "every call looks"


def explore(part: int, examples: int) -> None:
    @seed(part)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=QUIET)
    @given(random_markets(), random_pulls())
    def holds(scenario: Scenario, pulls: Pulls) -> None:
        note(scenario.model_dump_json(exclude_defaults=True))
        note(repr(pulls))
        run_to_the_end(scenario, pulls)

    holds()


@pytest.mark.parametrize("part", [0, 1, *(pytest.param(part, marks=pytest.mark.slow) for part in range(2, PARTS))])
def test_random_markets_obey_every_law(part: int) -> None:
    explore(part, EXAMPLES)


@pytest.mark.slow
@pytest.mark.skipif("ARSIM_THOROUGH" not in os.environ, reason="an hour of random markets: set ARSIM_THOROUGH=1")
@pytest.mark.parametrize("part", range(PARTS, PARTS + SLOW_PARTS))
def test_many_more_random_markets_obey_every_law(part: int) -> None:
    explore(part, SLOW_EXAMPLES)


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=QUIET)
@given(random_markets())
def test_random_markets_continue_over_any_midnight(scenario: Scenario) -> None:
    whole = Session(scenario)
    half = whole.calendar.n_days // 2
    whole.step(half)
    continued = Session.restore(scenario, whole.save())
    for session in (whole, continued):
        session.step(session.calendar.n_days)
    assert_same(whole.observe(), continued.observe())
    assert books_digest(whole) == books_digest(continued)
