"""docs/coverage.md says where each claim of deep marketing is in the code; here it is held to the code."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.metrics.catalogue import KPIS
from sim.scenario.describe import explain
from sim.world.levers import LEVERS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
CLAIMS = 102
MOST_ABSENT = 8


class Line(NamedTuple):
    """A row of the table: its cells, the names in backticks taken out of five of them."""

    number: int
    claim: str
    state: str
    where: list[str]
    fields: list[str]
    levers: list[str]
    kpis: list[str]
    tests: list[str]
    remark: str

    @classmethod
    def read(cls, text: str) -> Line:
        number, claim, state, *names, remark = (cell.strip() for cell in text.strip().strip("|").split("|"))
        where, fields, levers, kpis, tests = (re.findall(r"`([^`]+)`", cell) for cell in names)
        return cls(int(number), claim, state, where, fields, levers, kpis, tests, remark)


LINES = [Line.read(text) for text in PAGE.splitlines() if re.match(r"\| +\d+ +\|", text)]


def test_every_claim_stands_once_and_in_order() -> None:
    assert [line.number for line in LINES] == list(range(1, CLAIMS + 1))


def test_the_counts_of_the_head_are_those_of_the_table() -> None:
    states = Counter(line.state for line in LINES)
    assert f"{states['present']} present, {states['partly']} partly, {states['absent']} absent." in PAGE
    assert states.total() == states["present"] + states["partly"] + states["absent"]
    assert states["absent"] <= MOST_ABSENT


@pytest.mark.parametrize("line", LINES, ids=lambda line: str(line.number))
def test_what_a_row_names_exists(line: Line) -> None:
    assert not [name for name in line.where if not (name.startswith("sim/") and (ROOT / name).is_file())]
    assert not [name for name in line.tests if not (name.startswith("tests/") and (ROOT / name).is_file())]
    for field in line.fields:
        explain(field)
    assert not [name for name in line.levers if name not in LEVERS]
    assert not [name for name in line.kpis if name not in KPIS]


@pytest.mark.parametrize("line", LINES, ids=lambda line: str(line.number))
def test_a_row_says_where_or_why_not(line: Line) -> None:
    if line.state != "absent":
        assert line.where
        assert line.tests
    if line.state != "present":
        assert len(line.remark) > len("–")
