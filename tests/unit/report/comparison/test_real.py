"""A comparison that was simulated: the same tables, one market a replication, a strategy of a user's own file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.questions.compare import Comparison, compare
from sim.report.questions.compare import summary_lines, write_comparison
from tests.markets import market

VISITS = '''
from typing import ClassVar

from sim.strategies.base import Decision, Pull, Strategy


class Visits(Strategy):
    """See every shop each three days."""

    kind: ClassVar[str] = "visits"

    def decide(self, view, memory):
        return Decision((Pull("visit_every_days", 3.0),))
'''


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Two strategies that are the same, on a tiny market with one future."""
    file = tmp_path_factory.mktemp("strategies") / "visits.py"
    file.write_text(VISITS, encoding="utf-8")
    block = [{str(file): {}}]
    world = market(
        {
            "strategies": {"often": block, "again": block},
            "direction": {"budget": {"on_excess": "allow"}},
            "futures": {"dear people": {"team": {"wage_cents_per_month": 900_000}}},
        }
    )
    return compare(world, max_replications=2)


def test_it_is_written_whole(comparison: Comparison, tmp_path: Path) -> None:
    write_comparison(comparison, {}, tmp_path)
    assert (tmp_path / "decision.pdf").stat().st_size > 10_000
    rows = pd.read_csv(tmp_path / "differences.csv").set_index(["kpi", "strategy"])
    assert rows.loc[("profit_manufacturer", "often"), "difference"] == pytest.approx(
        rows.loc[("profit_manufacturer", "again"), "difference"]
    )
    budgets = pd.read_csv(tmp_path / "budgets.csv").set_index("strategy")
    assert budgets.loc["often", "planned_per_month"] > 0
    outcomes = comparison.outcomes(kpis=["spending"])
    spent = outcomes[outcomes["strategy"] == "baseline"]["value"].mean()
    assert budgets.loc["baseline", "spending"] == pytest.approx(spent)


def test_profit_over_time_adds_up_to_the_kpi(comparison: Comparison) -> None:
    daily = comparison.arms.daily
    present = daily[daily["future"] == "as stated"]
    sums = present.groupby(["strategy", "replication"])["profit_cents"].sum() / 100.0
    values = comparison.outcomes(kpis=["profit_manufacturer"]).set_index(["strategy", "replication"])["value"]
    pd.testing.assert_series_equal(sums.sort_index(), values.sort_index(), check_names=False)


def test_the_terminal_says_every_line(comparison: Comparison) -> None:
    lines = summary_lines(comparison)
    assert lines[0].startswith(("Equal budgets", "Unequal budgets"))
    assert all("n = 2" in line for line in lines[2:6])
    assert not any("n = 2" in line for line in lines[6:])
    assert "what was used" in lines[6].lower() or "dose" in lines[6].lower()
    assert lines[-1].startswith("Recommendation: ")
