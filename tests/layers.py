"""Which layer a test is of, by what it costs.

- `unit`: no market of any length, or one that is gone in a blink; all of them together take less than 40 s.
- `market`: markets, pages, studies and browsers, as far as a change needs them to be safe.
- `endurance`: kills, clusters, long markets and many of them. CI runs it, too.

`slow` stands beside the layer: what is left to `make validate`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

ENDURANCE = frozenset(
    {
        "analytic/test_calls_follow_potential",
        "analytic/test_focus_boundary",
        "benchmark/test_naive",
        "property/test_drawn_fields",
        "property/test_random_markets",
        "randomness/test_false_alarms",
        "unit/questions/sweeps/test_sweep",
        "unit/runs/test_kills",
        "unit/test_extremes",
    }
)
"""Files of tests that take long each; single tests elsewhere carry the mark themselves."""

SAFE = frozenset(
    {
        "test_any_field_within_its_bounds_is_run_or_refused[plain-0]",
        "test_random_markets_obey_every_law[0]",
        "test_the_table_is_tidy",
        "test_two_processes_give_the_same_table",
    }
)
"""Tests of such files that are worth their time at every change."""

MARKETS_OF_UNIT = frozenset(
    {
        "agents/test_belief",
        "agents/test_direction",
        "agents/test_lives",
        "agents/test_openings",
        "agents/test_ownership",
        "agents/test_patches",
        "kernels/test_ageing",
        "kernels/test_inventory",
        "kernels/test_laws",
        "kernels/test_observation",
        "kernels/test_routing",
        "kernels/test_stock_out",
        "levers/test_channel",
        "levers/test_promotion",
        "levers/test_stock",
        "metrics/test_table",
        "questions/sweeps/test_sweep",
        "questions/test_boundary",
        "questions/test_optimise",
        "questions/test_recipe",
        "questions/test_search",
        "questions/test_sizing",
        "questions/test_verdicts",
        "questions/test_why",
        "report/analysis/test_analysis_pictures",
        "report/comparison/test_card",
        "report/comparison/test_pictures",
        "report/comparison/test_real",
        "report/comparison/test_words",
        "report/comparison/test_write",
        "report/study/test_choosing_pictures",
        "report/study/test_exploring_pictures",
        "report/test_figures",
        "report/test_html",
        "report/test_write",
        "runs/test_execute",
        "runs/test_kills",
        "runs/test_store",
        "runs/test_stored",
        "scenario/test_load",
        "scenario/test_resolved",
        "statistics/test_best",
        "statistics/test_boundary",
        "statistics/test_money",
        "statistics/test_paired",
        "statistics/test_sizing",
        "statistics/test_stopping",
        "statistics/test_tradeoff",
        "strategies/test_through_the_engine",
        "terminal/test_storing",
        "terminal/test_studying",
        "terminal/test_sweeping",
        "test_documents",
        "test_extremes",
        "test_questions",
        "test_sampling",
    }
)
"""Files below tests/unit that run markets, draw pages, or try many cases."""


def layer_of(item: pytest.Item) -> str:
    """Return the layer of a test."""
    if item.get_closest_marker("endurance"):
        return "endurance"
    name = str(item.path.relative_to(ROOT / "tests").with_suffix(""))
    if name in ENDURANCE and item.name not in SAFE:
        return "endurance"
    folder, _, rest = name.partition("/")
    return "unit" if folder == "unit" and rest not in MARKETS_OF_UNIT else "market"
