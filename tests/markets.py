"""Tiny markets for tests that run the whole engine: a base scenario, changes by nested mapping, tables as bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.agents.clock import Wake
from sim.engine import Session
from sim.scenario.schema import Scenario
from sim.scenario.schema.field import MechanismsSpec

Tables = dict[str, pd.DataFrame]

TINY: dict[str, Any] = {
    "name": "tiny",
    "calendar": {"burn_in_days": 5, "duration_days": 25},
    "territories": {"generate": {"n": 2}},
    "outlets": {"generate": {"n": 30}},
    "rivals": {"generate": {"n": 2}},
    "team": {"generate": {"n": 1}},
    "recording": {"outlet_panel": True},
}
"""Two territories, thirty outlets, three companies with two products each, one advisor, thirty days."""

SWITCHES: tuple[str, ...] = tuple(MechanismsSpec.model_fields)
ALL_OFF: dict[str, bool] = dict.fromkeys(SWITCHES, False)
ALL_ON: dict[str, bool] = dict.fromkeys(SWITCHES, True)

ALONE: dict[str, Any] = {
    "mechanisms": {
        "other_store": False,
        "delivery_limits": False,
        "advisors": False,
        "rival_field": False,
        "promoters": False,
        "relations": False,
        "factory_limits": False,
        "goodwill": False,
        "diffusion": False,
        "shelf": False,
        "push": False,
        "diversion": False,
        "rival_answers": False,
    },
    "retail": {"listing": {"initial_size": 0.0}},
    "distributors": {"opening_stock_days": 700.0, "shelf_life_days": 36500},
}
"""No outlet can touch another: shared things (stores nearby, trucks, people, rivals' eyes, goodwill by word of mouth)
are off, warehouses never run dry, and nothing is measured against the median size."""

STRESSED: dict[str, Any] = {
    "consumers": {"panel": {"households": 60}},
    "products": {
        "list": [
            {"id": "ours-1", "brand": "ours"},
            {"id": "ours-2", "brand": "ours", "appeal": -0.2, "retail_price_cents": 380, "launch_day": 7},
        ],
        "generate": {},
    },
    "distributors": {
        "opening_stock_days": 60.0,
        "push": {"rebate_rate": 0.1, "overstock_days": 10.0, "period_days": 7, "loading_reach": 2.0},
    },
    "diversion": {"freight_cents_per_unit_km": 0.0, "penalty_cents_per_unit": 1.0},
    "rivals": {
        "generate": None,
        "list": [
            {
                "id": "R1",
                "temperament": "aggressor",
                "answer_probability": 1.0,
                "poach_probability": 0.5,
                "exclusive_per_month": 2,
                "campaigns": [{"first_date": "2026-01-08", "duration_days": 9, "instrument": "price", "strength": 0.2}],
            },
            {
                "id": "R2",
                "temperament": "defender",
                "answer_probability": 1.0,
                "answer_threshold": 0.0,
                "observe_delay_days": 0,
            },
        ],
    },
    "retail": {"closing_per_year": 1.0, "opening_per_year": 1.0},
    "team": {"turnover": {"leaving_per_year": 0.9, "hiring_delay_days": 3}},
    "database": {"census_outlets_per_month": 6},
}
"""Every rare thing at once: panel, launch, loading, diversion, campaigns, exclusives, poaching, leaving, closing."""


def merged(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Merge nested mappings; later ones win, lists are replaced."""
    out: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            if isinstance(value, Mapping) and isinstance(out.get(key), dict):
                out[key] = merged(out[key], value)
            else:
                out[key] = merged(value) if isinstance(value, Mapping) else value
    return out


def market(*changes: Mapping[str, Any]) -> Scenario:
    """The tiny market with changes, as a checked scenario."""
    return Scenario.model_validate(merged(TINY, *changes))


def finished(scenario: Scenario, *, seed: int | None = None, replication: int = 0) -> Session:
    """A session that has run to its end; the ledger has been checked."""
    session = Session(scenario, seed=seed, replication=replication)
    session.step(session.calendar.n_days)
    return session


def ran(scenario: Scenario, *, replication: int = 0, pulls: Mapping[str, float] | None = None) -> Tables:
    """Tables of one replication; levers are pulled before the first day."""
    session = Session(scenario, replication=replication)
    for lever, value in (pulls or {}).items():
        session.pull(lever, value)
    session.step(session.calendar.n_days)
    return session.observe()


def watched(session: Session) -> list[Wake]:
    """Return a list that fills with the wake-ups of a market's actors from now on, in their order."""
    found: list[Wake] = []

    def observe(wake: Wake, act: Callable[[], None]) -> None:
        found.append(wake)
        act()

    session.watch(observe)
    return found


def wakes(session: Session) -> list[Wake]:
    """Step a market to its end, and return all wake-ups of its actors."""
    found = watched(session)
    session.step(session.calendar.n_days)
    return found


def column_bytes(values: pd.Series) -> bytes:
    """Bytes of one column; texts are joined, missing numbers keep their mark."""
    if values.dtype.kind in "biuf" and isinstance(values.dtype, np.dtype):
        return str(values.dtype).encode() + values.to_numpy().tobytes()
    return "\x1f".join("\x00" if v is pd.NA else str(v) for v in values).encode()


def digest(tables: Tables, leave_out: Iterable[str] = ()) -> dict[str, str]:
    """A hash of every table: names and order of columns, types and values to the last bit."""
    out = {}
    for name in sorted(set(tables) - set(leave_out)):
        state = hashlib.sha256()
        for column in tables[name].columns:
            state.update(str(column).encode() + b"\x1e" + column_bytes(tables[name][column]) + b"\x1d")
        out[name] = state.hexdigest()
    return out


def books_digest(session: Session) -> str:
    """A hash of every moving column of the world, books and stocks included."""
    state = hashlib.sha256()
    for name, column in session.world.dynamic():
        state.update(name.encode() + column.tobytes())
    for name, table in session.world.tables.items():
        for field, values in table.columns().items():
            state.update(f"{name}.{field}".encode() + values.tobytes())
    return state.hexdigest()


def assert_same(a: Tables, b: Tables, leave_out: Iterable[str] = ()) -> None:
    """Assert that two runs left the same bytes; the message names the tables and columns that differ."""
    assert set(a) - set(leave_out) == set(b) - set(leave_out)
    left, right = digest(a, leave_out), digest(b, leave_out)
    different = [name for name in left if left[name] != right[name]]
    where = {
        name: [c for c in a[name].columns if c not in b[name] or column_bytes(a[name][c]) != column_bytes(b[name][c])]
        for name in different
    }
    assert not different, f"tables differ: {where}"
