"""One owner per column: every act changes only columns of the groups that its actor declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.agents.clock import Wake
from sim.engine import Session
from sim.world.columns import BY_NAME, COLUMNS
from tests.markets import ALL_OFF, STRESSED, market, merged

SHARED_DATA = {
    "distributors": {
        "generate": None,
        "list": [
            {"id": "D1", "territories": ["T01"], "information_system": True},
            {"id": "D2", "territories": ["T02"]},
            {"id": "E1", "company": "R1", "territories": ["T01", "T02"]},
            {"id": "E2", "company": "R2", "territories": ["T01", "T02"]},
        ],
    }
}


class Watch:
    """Compares the columns before and after every act; `found` collects the owners of what each actor changed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.found: dict[str, set[str]] = {}
        session.watch(self)

    def __call__(self, wake: Wake, act: Callable[[], None]) -> None:
        columns, actor = self._session.world.columns, wake.actor
        before = {name: column.copy() for name, column in columns.items()}
        act()
        changed = {name for name, column in columns.items() if before[name].tobytes() != column.tobytes()}
        foreign = {f"{name} (of {BY_NAME[name].owner})" for name in changed if BY_NAME[name].owner not in actor.writes}
        assert not foreign, f"{type(actor).__name__} at {wake.moment.phase.name} writes {sorted(foreign)}"
        self.found.setdefault(type(actor).__name__, set()).update(BY_NAME[name].owner for name in changed)


GROUND = {
    "mechanisms": {"ground": True},
    "ours": {"absent_from": ["T02"]},
    "rivals": {
        "generate": None,
        "list": [
            {
                "id": "R1",
                "absent_from": ["T02"],
                "ground": {"opening_days": 3, "notice_days": 3},
                "campaigns": [{"first_date": "2026-01-08", "duration_days": 9, "instrument": "ground"}],
            }
        ],
    },
}
COMPANIES: dict[str, Any] = {
    "mechanisms": {"distributor_companies": True},
    "distributors": {
        "partners": {"returns": {"outside_per_year": 9.0, "patience_months": 1, "leaving_per_month": 1.0}}
    },
}

CASES = {
    "own": STRESSED,
    "companies": merged(STRESSED, COMPANIES),
    "pool": merged(STRESSED, COMPANIES, {"mechanisms": {"distributor_pool": True}}),
    "shared": merged(STRESSED, SHARED_DATA),
    "off": {"mechanisms": ALL_OFF},
    "ground": GROUND,
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_every_act_changes_only_what_its_actor_declares(changes: dict[str, Any]) -> None:
    session = Session(market(changes, {"calendar": {"duration_days": 40}}))
    found = Watch(session).found
    session.step(session.calendar.n_days)
    assert "journal" in found["MarketDay"]
    assert "retailer" in found["Retailer"]


def test_recording_changes_nothing() -> None:
    session = Session(market())
    recording = next(a for a in session.agents if type(a).__name__ == "Recording")
    assert recording.writes == frozenset()


def test_every_column_has_one_declared_owner_that_some_actor_is() -> None:
    names = [c.name for c in COLUMNS]
    assert len(set(names)) == len(names)
    writers = set().union(*(agent.writes for agent in Session(market()).agents))
    owners = {c.owner for c in COLUMNS}
    assert owners - {"build", "levers"} <= writers
    assert writers <= owners, "an actor declares a group that owns no column"


def test_columns_can_not_be_replaced() -> None:
    from sim.errors import WorldError

    world = Session(market()).world
    with pytest.raises(WorldError, match="in place"):
        world.goodwill = world.goodwill + 1.0
    with pytest.raises(WorldError, match="declared"):
        world.fill("goodwill", np.zeros(3))
    with pytest.raises(AttributeError):
        _ = world.good_will


def test_what_is_built_and_never_moves_is_not_saved() -> None:
    world = Session(market()).world
    moving = {name for name, _ in world.dynamic()}
    assert "outlet_size" not in moving
    assert "outlet_stock_units" in moving
    assert moving == {c.name for c in COLUMNS if c.owner != "build"}
