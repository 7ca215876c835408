"""Copies of one strategy: exactly equal on common luck, and hardly ever called different on independent luck.

The study of 400 comparisons is made by studies/validation/false_alarms.py, with the functions that are tested here.
"""

from __future__ import annotations

import json

import pytest
from scipy.stats import binom

from sim.questions.compare import verdicts
from studies.validation import false_alarms

LEVEL = 0.05
LONG = 40


def test_copies_are_exactly_equal_on_common_luck() -> None:
    comparison = false_alarms.compared(1, luck="common", until_halfwidth=None, max_replications=2)
    table = verdicts(comparison)
    assert len(table) == 4
    assert table["identical"].all()
    assert (table["difference"] == 0.0).all()
    assert comparison.outcomes()["value"].nunique() == 4


def test_copies_have_luck_of_their_own_when_asked_for() -> None:
    comparison = false_alarms.compared(1, until_halfwidth=None, max_replications=2)
    assert not verdicts(comparison)["identical"].any()


def test_two_comparisons_are_not_both_wrong() -> None:
    short = [false_alarms.compared(seed, max_replications=8) for seed in (1, 2)]
    assert [comparison.replications for comparison in short] == [8, 8]
    assert sum(false_alarms.alarms(comparison) > 0 for comparison in short) <= 1


@pytest.mark.slow
def test_few_of_forty_comparisons_report_a_difference() -> None:
    alarms = sum(false_alarms.one(seed)["alarms"] > 0 for seed in range(1001, 1001 + LONG))
    print(f"{alarms} of {LONG} comparisons report a difference")
    # Right rules exceed this bound once in a thousand such tests.
    assert alarms <= binom.ppf(0.999, LONG, LEVEL)


def test_the_recorded_study_is_whole_and_within_its_bound() -> None:
    recorded = json.loads(false_alarms.STORE.read_text(encoding="utf-8"))
    assert recorded["study"] == false_alarms.study(), "the market or the rule has changed: run the study"
    assert recorded["comparisons"] == len(recorded["results"]) == false_alarms.COMPARISONS
    assert recorded["alarms"] == sum(r["alarms"] > 0 for r in recorded["results"].values()) <= false_alarms.ALLOWED
    assert len(recorded["replications"]) > 1, "the rule always stopped at once: optional stopping was not tried"
