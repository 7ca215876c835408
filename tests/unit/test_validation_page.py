"""The validation page speaks of every regularity, and its pictures exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "validation.md"
REGULARITIES = (
    "double jeopardy",
    "weighted distribution",
    "stock-out",
    "store ordering",
    "bullwhip",
    "end of a period",
    "lost advisor",
    "diminishing returns of visits",
    "negative binomial",
    "top 20 %",
    "main store",
    "HHI",
    "variance",
    "store size",
    "travel",
    "own price",
    "shelf space",
    "advertising",
    "visits",
    "calls follow potential",
    "analytic cases",
    "what does not emerge",
)


@pytest.mark.parametrize("regularity", REGULARITIES)
def test_page_speaks_of(regularity: str) -> None:
    assert regularity.lower() in PAGE.read_text(encoding="utf-8").lower()


def test_pictures_exist_and_none_is_left_over() -> None:
    named = set(re.findall(r"\(images/(validation-[\w-]+\.png)\)", PAGE.read_text(encoding="utf-8")))
    drawn = {path.name for path in (DOCS / "images").glob("validation-*.png")}
    assert named == drawn
    assert all((DOCS / "images" / name).read_bytes().startswith(b"\x89PNG") for name in named)


def test_every_number_has_a_verdict() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and line.count("|") == 6]
    measured = [row for row in rows if "n = " in row]
    assert len(measured) >= 25
    assert all(re.search(r"\| (emerges|emerges partly|open|built in) \|$", row) for row in measured)


def test_nothing_is_missing_from_a_sentence() -> None:
    assert not re.search(r"\bnan\b|\bNone\b", PAGE.read_text(encoding="utf-8"))
