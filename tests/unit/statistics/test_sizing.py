"""The best size of a force on a known curve."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.statistics import sizing
from sim.statistics.sizing import adbudg, size_force
from tests.unit.statistics.tables import normals

SIZES = np.array([4.0, 8, 12, 16, 24, 32])
COST = 30.0


def truth(size: np.ndarray) -> np.ndarray:
    return adbudg(size, 200.0, 2000.0, 12.0, 1.6) - COST * size


FINE = np.linspace(4, 32, 5001)
BEST = float(FINE[np.argmax(truth(FINE))])


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizing, "RESAMPLES", 60)


def runs(study: str = "sizing", own: float = 15.0, common: float = 60.0, n: int = 12) -> pd.DataFrame:
    luck = common * normals(f"common {study}", n) + own * normals(f"own {study}", len(SIZES), n)
    values = truth(SIZES)[:, None] + luck
    rows = [(s, r, values[i, r]) for i, s in enumerate(SIZES) for r in range(n)]
    return pd.DataFrame(rows, columns=["size", "replication", "profit"])


def test_exact_curve_gives_the_exact_optimum() -> None:
    found = size_force(runs(own=0, common=0), 8, cost_per_person=COST)
    assert found.optimum.value == pytest.approx(BEST, abs=0.2)
    gain = truth(np.array(BEST)) - truth(np.array(8.0))
    assert found.gain.value == pytest.approx(gain, rel=0.01)
    assert found.three_years.value == pytest.approx(3 * gain, rel=0.01)
    assert found.at_edge == 0
    assert found.curve["profit"].to_numpy() == pytest.approx(truth(found.curve["size"].to_numpy()), abs=2)


def test_intervals_hold_the_truth_and_common_luck_does_not_widen_them() -> None:
    found = size_force(runs(), 8, cost_per_person=COST)
    assert found.optimum.low <= BEST <= found.optimum.high
    gain = float(truth(np.array(BEST)) - truth(np.array(8.0)))
    assert found.gain.low <= gain <= found.gain.high
    more = size_force(runs(common=600), 8, cost_per_person=COST)
    assert more.gain == pytest.approx(found.gain, rel=0.05)
    assert more.seen["high"].iloc[0] - more.seen["low"].iloc[0] > 5 * (
        found.seen["high"].iloc[0] - found.seen["low"].iloc[0]
    )


def test_curves_without_a_form() -> None:
    quadratic = size_force(runs(own=0, common=0), 8, cost_per_person=COST, curve="quadratic")
    assert quadratic.optimum.value == pytest.approx(BEST, abs=5)
    isotonic = size_force(runs(own=0, common=0), 8, cost_per_person=COST, curve="isotonic")
    assert isotonic.optimum.value == 24
    assert isotonic.curve["profit"].max() == pytest.approx(truth(np.array(24.0)))


def test_an_optimum_at_the_edge_is_told() -> None:
    table = runs()
    found = size_force(table[table["size"] <= 16], 8, cost_per_person=1.0)
    assert found.optimum.value == 16
    assert found.at_edge > 0.9


def test_people_who_bring_nothing_are_not_wanted() -> None:
    flat = runs(own=0, common=0).assign(profit=lambda t: 500 - COST * t["size"])
    assert size_force(flat, 8, cost_per_person=COST).optimum.value == 4


def test_adbudg_by_hand() -> None:
    assert adbudg([0, 12, 1e9], 200.0, 2000.0, 12.0, 2.0).tolist() == pytest.approx([200, 1200, 2200])


def test_what_cannot_be_asked() -> None:
    table = runs()
    with pytest.raises(InputError, match="within the sizes run"):
        size_force(table, 40, cost_per_person=COST)
    with pytest.raises(InputError, match="4 sizes"):
        size_force(table[table["size"] < 16], 8, cost_per_person=COST)
    with pytest.raises(InputError, match="every replication"):
        size_force(table.iloc[1:], 8, cost_per_person=COST)
