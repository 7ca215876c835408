"""The validation page speaks of every regularity, and its pictures exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from studies.validation import leads, page
from studies.validation.make import JOBS, MECHANISMS
from studies.validation.runs import MECHANISM_MARKETS

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "validation.md"
STORED = DOCS.parent / "studies" / "validation" / "results.json"
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
    "days until half of the lead is gone",
    "neighbours' gain over the lead",
    "platform cost a unit",
    "attention",
    "without an attack",
    "second territories",
    "idle share",
    "near the target",
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


def test_page_says_what_was_measured() -> None:
    measured = json.loads(STORED.read_text(encoding="utf-8"))
    # The table of analytic cases names test files, which move with the tests.
    printed, now = (text.split("## The twenty")[0] for text in (PAGE.read_text(encoding="utf-8"), page.text(measured)))
    assert printed == now


def test_every_experiment_is_stored_whole() -> None:
    measured = json.loads(STORED.read_text(encoding="utf-8"))
    assert set(measured["results"]) == set(JOBS)
    for job, found in measured["results"].items():
        most = MECHANISM_MARKETS if job in MECHANISMS else measured["size"]["replications"]
        assert 2 <= len(found) <= most


def test_a_half_life_is_that_of_a_known_decline() -> None:
    half = 30.0
    days = np.arange(200)
    assert leads.half_life(0.1 * 0.5 ** (days / half)) == pytest.approx(half, abs=1.0)
    # It is told from what is left where half is never reached, and unknown where nothing fades.
    assert leads.half_life(0.1 * 0.5 ** (days[:20] / half)) == pytest.approx(half)
    assert np.isnan(leads.half_life(np.full(200, 0.1)))
