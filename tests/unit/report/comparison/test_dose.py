"""What a comparison says of the dose: only what differs, with the places where it does."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from sim.questions.compare import Comparison
from sim.report.questions.compare.dose import dose_lines, dose_rows, dose_table
from sim.runs.arms import Arms
from sim.scenario.futures import PRESENT
from tests.markets import market


def compared(*rows: tuple[str, int, int, str, str, float]) -> Comparison:
    """A comparison of "baseline" and "far" over sixty days and two replications, with these rows of dose."""
    columns = ["strategy", "replication", "day", "note", "territory", "value"]
    table = pd.DataFrame(rows, columns=columns).assign(future=PRESENT)
    empty = pd.DataFrame()
    scenario = market({"calendar": {"duration_days": 60}})
    return Comparison(scenario, "baseline", ("baseline", "far"), (), Arms(empty, empty, empty, empty, table), 2)


ROWS = [
    *((name, r, day, "advisors", "T01", 4.0) for name in ("baseline",) for r in (0, 1) for day in (0, 30)),
    *(("far", r, day, "advisors", place, 2.0) for r in (0, 1) for day in (0, 30) for place in ("T01", "T02")),
    *((name, r, 0, "overhead", "", 100.0) for name in ("baseline", "far") for r in (0, 1)),
    ("far", 1, 30, "opening_cost", "", 50.0),
]


def test_means_by_month_and_territory() -> None:
    table = dose_table(compared(*ROWS))
    far = table[table["strategy"] == "far"].set_index(["month", "item", "territory"])["value"]
    assert far[2, "opening_cost", ""] == 25.0
    assert far[1, "advisors", "T02"] == 2.0
    assert set(table["unit"]) == {"persons", "CNY"}


def test_only_what_differs_is_said_and_where() -> None:
    rows = dose_rows(compared(*ROWS))
    assert rows == [
        ["far", "advisors [persons]", "4", "4", "T01 −2, T02 +2"],
        ["far", "opening cost [CNY]", "12.5", "0", "–"],
    ]
    assert dose_lines(compared(*ROWS))[1] == "  far, advisors [persons]: 4, baseline 4; T01 −2, T02 +2"


def test_equal_doses_are_said_to_be_equal() -> None:
    same = [(name, 0, 0, "advisors", "T01", 1.0) for name in ("baseline", "far")]
    assert dose_lines(compared(*same)) == ["Dose: every strategy uses what baseline uses."]
    none = compared()
    assert dose_lines(replace(none, arms=Arms(*[pd.DataFrame()] * 4))) == []
