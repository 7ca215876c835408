"""Rivals' answers: how long they last, and what a rival without delay has seen."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine import Session
from tests.markets import market

LENGTH = 10


def rival(**spec: Any) -> dict[str, Any]:
    """A market of one territory with one rival."""
    return {
        "calendar": {"burn_in_days": 0, "duration_days": 120},
        "territories": {"generate": {"n": 1}},
        "rivals": {"generate": None, "list": [{"id": "R1", **spec}]},
    }


def test_an_answer_lasts_as_many_days_as_stated() -> None:
    scenario = market(rival(temperament="aggressor", answer_probability=1.0, answer_length_days=LENGTH))
    session = Session(scenario)
    world = session.world
    while world.answer_until[1, 0] <= session.day:
        session.step()
    decided, days = session.day - 1, 0
    while world.answer_until[1, 0] > session.day:
        days += 1
        session.step()
    assert decided > 0
    assert days == LENGTH


def test_who_observes_without_delay_sees_the_last_full_week() -> None:
    """A decision on the first day of a week is taken before that week's share is written."""
    session = Session(market(rival(temperament="follower", observe_delay_days=0, observe_noise=0.0)))
    world = session.world
    session.step(91)
    believed, last_week = float(world.share_seen[1, 0]), float(world.share_history[1, 0, (91 - 1) // 7])
    session.step(92)
    assert last_week > 0.0
    memory = session.scenario.rivals.list[0].reference_memory
    assert world.share_seen[1, 0] == pytest.approx(believed + memory * (last_week - believed), rel=1e-12)
