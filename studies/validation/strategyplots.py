"""Figures of the validation page: where concentrating pays, and false alarms."""

# ruff: noqa: E501  (headings of figures are kept whole)

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.report.style import BAD, GOOD, SERIES, page, styled
from studies.validation import false_alarms as study
from studies.validation.figures import GREY, label, mean_error
from studies.validation.focus import CHOSEN, MARKETS, POSTS, TERRITORIES
from studies.validation.focus import label as name
from studies.validation.runs import Array, estimate
from studies.validation.strategyfacts import FORGETS, JOB, by_forgetting, worth

Results = dict[str, Any]
WHICH = (("predicted", -0.08, SERIES[0]), ("tried", 0.08, GOOD))


@styled
def focus(results: Results) -> Figure:
    """Response curves on both sides of the boundary; gains of concentrating, predicted and tried; the crossing."""
    figure = page(
        "Whether concentrating pays is in the response curve",
        f"Left: a year's sales of a territory over those without an advisor; dashed: every advisor brings as much as the first. Middle: gain of four advisors on k of {TERRITORIES} equal "
        "territories\nover one in each. Right: the same where shops forget more and more of their looks at the shelf. Predicted from the curve, tried in other markets; 95 % t intervals.",
        height=4.6,
        width=12.5,
    )
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1.35, 1))
    found = results[JOB]
    left.plot([0, max(POSTS)], [0, max(POSTS)], color=GREY, ls="--", lw=1.0)
    for kind, colour in zip(MARKETS, SERIES, strict=False):
        curves = [np.array(r[kind]["curve"]) for r in found]
        rows = [((c - c[0]) / (c[1] - c[0])).tolist() for c in curves]
        mean, error = mean_error(rows)
        left.errorbar(POSTS, mean, error, color=colour, marker="o", ms=4, capsize=2, label=name(kind))
    left.set_xticks(POSTS)
    left.legend(loc="upper left")
    label(left, "Response", "advisors in a territory", "gain over none, first advisor = 1")
    places = [(kind, k) for kind in MARKETS for k in range(len(CHOSEN))]
    for which, shift, colour in WHICH:
        mean, reach = _percent([[worth(r[kind], which, k) for r in found] for kind, k in places])
        middle.bar(np.arange(len(places)) + 2 * shift, mean, 0.3, yerr=reach, color=colour, capsize=3, label=which)
    middle.axhline(0, color=GREY, lw=0.8)
    middle.set_xticks(
        range(len(places)), [f"{kind}\non {CHOSEN[k]} of {TERRITORIES}" for kind, k in places], fontsize=8
    )
    middle.legend(loc="upper left")
    label(middle, "Gain of concentrating", "", "% of what spread advisors bring")
    steps = by_forgetting(results)
    chances = 100 * np.array(FORGETS)
    for k, (style, marker) in zip(range(len(CHOSEN)), (("-", "o"), ("--", "s")), strict=True):
        told, tried = (
            _percent([[worth(x[n], which, k) for x in steps] for n in range(chances.size)]) for which, *_ in WHICH
        )
        on = f"on {CHOSEN[k]} of {TERRITORIES}"
        right.errorbar(chances, *told, color=SERIES[0], ls=style, capsize=3, label=f"predicted, {on}")
        right.errorbar(chances + 1, *tried, color=GOOD, ls="none", marker=marker, ms=5, capsize=3, label=f"tried, {on}")
    right.axhline(0, color=GREY, lw=0.8)
    right.set_xticks([100 * x for x in FORGETS])
    right.legend(loc="upper left")
    label(
        right, "Where it begins to pay", "% of looks at the shelf that shops forget", "% of what spread advisors bring"
    )
    return figure


def _percent(rows: list[list[float]]) -> tuple[Array, Array]:
    """Return mean and half width of the 95 % t interval of each row [%]."""
    each = [estimate([100 * x for x in row]) for row in rows]
    return np.array([e.mean for e in each]), np.nan_to_num(np.array([e.high - e.mean for e in each]))


@styled
def false_alarms(results: Results) -> Figure:  # noqa: ARG001 (the study keeps a file of its own)
    """How long comparisons of equal strategies ran, and how small their smallest p values were."""
    kept = study.stored().values()
    figure = page(
        "Where nothing differs, few comparisons say that something does",
        f"{len(kept)} comparisons of a strategy with two copies of itself on independent luck. Left: when the rule stopped. Right: share of comparisons whose\n"
        "smallest adjusted p lies at or below a value; a test that keeps its word stays on or under the dashed line.",
        height=4.2,
        width=9.5,
    )
    left, right = figure.subplots(1, 2)
    sizes = np.array([r["n"] for r in kept])
    values, counts = np.unique(sizes, return_counts=True)
    left.bar(values, counts, 0.8 * np.diff(values).min() if values.size > 1 else 1.0, color=SERIES[0])
    label(left, "Length", "replications of each strategy", "comparisons")
    p = np.sort(np.array([r["p"] for r in kept]))
    right.step(p, np.arange(1, p.size + 1) / p.size, where="post", color=SERIES[0])
    right.plot([0, 0.3], [0, 0.3], color=GREY, ls="--", lw=1.0)
    right.axvline(0.04, color=BAD, lw=0.9)
    right.text(0.043, 0.27, "verdict at .04", fontsize=8, color=BAD)
    right.set_xlim(0, 0.3)
    right.set_ylim(0, 0.3)
    label(right, "Smallest p of a comparison", "p, adjusted by Holm", "share of comparisons")
    return figure
