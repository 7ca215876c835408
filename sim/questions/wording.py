"""Names and numbers as answers say them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim.questions.sweeps.load import Experiment

_RULES: Final = {
    "cut": "a plan that costs more than the common budget of a month is cut: advertising, displays and promoters give "
    "way in one proportion, so that a lever that spends more takes from these",
    "refuse": "a plan that costs more than the common budget of a month is refused, and the study ends there",
    "allow": "a plan may cost more than today's, and profit carries the cost",
}


def names_of(paths: Sequence[str]) -> dict[str, str]:
    """Return path → words: the end of the path, as long as it must be for every dimension to have a name of its own."""
    return {path: _name(path, paths) for path in paths}


def number(value: float) -> str:
    """Return a value of a dimension for a reader: 0.0123, 28.71, 1,200,000."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def interval(value: float, low: float, high: float) -> str:
    """Return a number and its interval for a reader: 1,200 (900 to 1,500)."""
    return f"{number(value)} ({number(low)} to {number(high)})"


def budget_rule(experiment: Experiment) -> str:
    """Return what happens to levers that spend more than all strategies may."""
    rule = experiment.base.direction.budget.on_excess
    return f"Money: {_RULES[rule]} (direction.budget.on_excess: {rule})."


def _name(path: str, paths: Sequence[str]) -> str:
    parts = path.split(".")
    for n in range(1, len(parts)):
        if sum(other.split(".")[-n:] == parts[-n:] for other in paths) == 1:
            return " ".join(parts[-n:]).replace("_", " ")
    return path.replace(".", " ").replace("_", " ")
