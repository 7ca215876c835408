"""The programme that companies learn: how new and how alike it is, how it is looked at, told, forgotten, and lost."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.effects.company import each
from tests.effects.field import EVERY_DAY, KNOWN
from tests.effects.market import Measure, Row, days, down, on, up
from tests.effects.measures import left, seen
from tests.markets import merged

LEARNING: dict[str, Any] = merged(
    on("programme", "advisors", "rival_field"),
    KNOWN,
    days(61),
    {
        "team": {"visit": EVERY_DAY},
        "ours": {"programme": {"novelty": 0.5, "full_calls": 40.0}},
        "rivals": {"list": [{"id": "R1", "programme": {"novelty": 0.5, "full_calls": 40.0}}]},
    },
)
"""Both companies have a new programme and work for two months."""
ROLLED: dict[str, Any] = merged(
    LEARNING,
    {
        "territories": {"generate": {"n": 2}},
        "team": {"generate": None, "list": [{"id": "A1", "territory": "T01"}]},
        "rivals": {"list": [{"id": "R1", "absent_from": ["T02"], "programme": {"novelty": 0.5, "full_calls": 40.0}}]},
    },
)
"""Both work in one of two territories."""
OF_BOTH: dict[str, Any] = {"ours": {"programme": {"unlikeness": 0.0, "fidelity": 0.0}}}


def knowledge(name: str, c: int, t: int = 0) -> Measure:
    """What a company expects its work to achieve in a territory at the end."""
    return left(lambda w: w.programme_knowledge[c, t])


def at_first(name: str, c: int) -> Measure:
    """The same before the first morning."""
    return seen(lambda w: w.programme_knowledge[c, 0])


ROWS = [
    Row("mechanisms.programme", False, True, LEARNING, left(lambda w: w.efficiency.mean()), down),
    *each("programme.novelty", 0.1, 1.0, LEARNING, at_first, down),
    *each("programme.unlikeness", 0.0, 2.0, LEARNING, at_first, down),
    *each("programme.choices", 1, 6, LEARNING, at_first, down),
    *each("programme.sharpness", 0.5, 2.0, LEARNING, at_first, down),
    *each("programme.look_error", 0.1, 1.0, LEARNING, knowledge, down),
    *each("programme.full_calls", 10.0, 1000.0, LEARNING, knowledge, down),
    *each("programme.half_life_days", 30.0, 3000.0, LEARNING, knowledge, up),
    *each("programme.fidelity", 0.0, 1.0, ROLLED, partial(knowledge, t=1), up),
    Row(
        "ours.programme.leaver_share",
        0.0,
        1.0,
        merged(LEARNING, {"team": {"departures": [{"when": "2026-02-25", "advisors": 1}]}}),
        knowledge("ours", 0),
        down,
    ),
]
