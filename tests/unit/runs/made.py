"""Made-up runs for tests of the store: no simulation."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pandas as pd

from sim.runs.arms import COLUMNS, Arms
from sim.runs.store import Facts

FACTS = Facts("made", "0" * 64, "as stated", 'it\'s "new" 策略', 7, 3)


def key(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:32]


def arms(number: float = 0.0, kpis: tuple[str, ...] = ("share", "profit"), decisions: int = 2) -> Arms:
    """Tables whose numbers depend on `number`; a missing value, quotes and Chinese among them."""
    values = [math.nan, *(number + k / 3 for k in range(1, len(kpis)))]
    tables = {
        "outcomes": pd.DataFrame({"kpi": kpis, "value": values}),
        "territories": pd.DataFrame({"territory": ["成都", "O'B"], "kpi": kpis[0], "value": [number, -0.0]}),
        "daily": pd.DataFrame(
            {
                "day": np.arange(30),
                "profit_cents": number + np.arange(30) / 7,
                "cash_cents": 1e12 + 0.25,
                "spending_cents": 0.0,
                "sold_units": np.arange(30) * 2**40,
                "advisors": 3,
            }
        ),
        "decisions": pd.DataFrame(
            {"day": np.arange(decisions), "part": "budget", "note": "a; 'b'", "territory": "", "value": number}
        ),
        "dose": pd.DataFrame({"day": [0, 30], "note": "advisors", "territory": ["T01", ""], "value": number / 3}),
    }
    return Arms(**{name: tables[name].astype(columns) for name, columns in COLUMNS.items()})


def assert_same(a: Arms | None, b: Arms) -> None:
    assert a is not None
    for name in COLUMNS:
        pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name), check_exact=True)
