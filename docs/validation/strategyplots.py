"""Figures of the validation page: where concentrating pays, and false alarms."""

# ruff: noqa: E501  (headings of figures are kept whole)

from __future__ import annotations

from typing import Any

import false_alarms as study
import numpy as np
from figures import GREY, label, mean_error
from focus import CHOSEN, MARKETS, POSTS, TERRITORIES
from matplotlib.figure import Figure
from runs import estimate
from strategyfacts import JOB, worth

from sim.report.style import BAD, GOOD, SERIES, page, styled

Results = dict[str, Any]


@styled
def focus(results: Results) -> Figure:
    """Response curves on both sides, and gains of concentrating, predicted and tried."""
    figure = page(
        "Whether concentrating pays is in the response curve",
        "Left: a year's sales of a territory over those without an advisor; dashed: every advisor brings as much as the first. Right: gain of four\n"
        f"advisors on k of {TERRITORIES} equal territories over one in each. Predicted from the curve, tried in other markets; 95 % t intervals.",
        height=4.6, width=9.5,
    )  # fmt: skip
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.2))
    found = results[JOB]
    left.plot([0, max(POSTS)], [0, max(POSTS)], color=GREY, ls="--", lw=1.0)
    for kind, colour in zip(MARKETS, SERIES, strict=False):
        curves = [np.array(r[kind]["curve"]) for r in found]
        rows = [((c - c[0]) / (c[1] - c[0])).tolist() for c in curves]
        mean, error = mean_error(rows)
        left.errorbar(POSTS, mean, error, color=colour, marker="o", ms=4, capsize=2, label=f"calls {kind}")
    left.set_xticks(POSTS)
    left.legend(loc="upper left")
    label(left, "Response", "advisors in a territory", "gain over none, first advisor = 1")
    places = [(kind, k) for kind in MARKETS for k in range(len(CHOSEN))]
    for which, shift, colour in (("predicted", -0.16, SERIES[0]), ("tried", 0.16, GOOD)):
        each = [estimate([100 * worth(r, which, kind, k) for r in found]) for kind, k in places]
        mean = np.array([e.mean for e in each])
        reach = np.nan_to_num(np.array([e.high - e.mean for e in each]))
        right.bar(np.arange(len(places)) + shift, mean, 0.3, yerr=reach, color=colour, capsize=3, label=which)
    right.axhline(0, color=GREY, lw=0.8)
    right.set_xticks(range(len(places)), [f"{kind}\non {CHOSEN[k]} of {TERRITORIES}" for kind, k in places])
    right.legend(loc="lower left")
    label(right, "Gain of concentrating", "", "% of what spread advisors bring")
    return figure


@styled
def false_alarms(results: Results) -> Figure:  # noqa: ARG001 (the study keeps a file of its own)
    """How long comparisons of equal strategies ran, and how small their smallest p values were."""
    kept = study.stored().values()
    figure = page(
        "Where nothing differs, few comparisons say that something does",
        f"{len(kept)} comparisons of a strategy with two copies of itself on independent luck. Left: when the rule stopped. Right: share of comparisons whose\n"
        "smallest adjusted p lies at or below a value; a test that keeps its word stays on or under the dashed line.", height=4.2, width=9.5,
    )  # fmt: skip
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
