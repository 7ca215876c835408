"""The demonstration market stays near the real category from which its companies were set."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.metrics.table import kpi_table
from sim.runs.replications import run
from sim.scenario.load import load_scenario

FILE = Path(__file__).parents[2] / "scenarios" / "sichuan.yaml"
# Soft drinks in Complete Journey, units among the four largest makers (scenarios/data/fit_category.txt).
REAL_SHARES = {"jinlong": 0.331, "qinghe": 0.311, "shuquan": 0.205, "yunling": 0.153}


@pytest.mark.slow
def test_shares_and_availability_come_near_the_real_ones() -> None:
    result = run(load_scenario(FILE, ["replications=1"]))
    market = result.tables["market"].query("day >= 0")
    share = market.groupby("company")["sell_out_units"].sum() / market["sell_out_units"].sum()
    assert share.to_dict() == pytest.approx(REAL_SHARES, abs=0.025)
    kpis = kpi_table(result).set_index("kpi")["mean"]
    # 8.3 % of listings are missing on average (Gruen, Corsten & Bharadwaj 2002); nothing in the file asks for it.
    assert kpis["on_shelf_availability_category"] == pytest.approx(0.917, abs=0.025)
    assert kpis["profit_manufacturer"] > 0.0
    assert 15.0 < kpis["calls_per_day"] < 40.0
