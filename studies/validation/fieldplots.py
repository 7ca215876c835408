"""Figures of the validation page: field work, elasticities and the trap of confounding."""

# ruff: noqa: E501  (headings of figures are kept whole)

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.report.style import BAD, GOOD, MUTED, OURS, SERIES, page, styled
from studies.validation.figures import GREY, band, label, mean_error, plain_logs
from studies.validation.runs import estimate, line

Results = dict[str, Any]
BLOCK_WEEKS = 4


@styled
def visits(results: Results) -> Figure:
    """Sales against the frequency of visits."""
    figure = page(
        "Diminishing returns of visits",
        "Our sales against calls, last half year; seven frequencies in the same markets on the same luck. "
        "Bars: standard errors over markets.",
        height=4.4,
        width=9.5,
    )
    left, right = figure.subplots(1, 2)
    found = results["fieldwork.visit_curve"]
    calls, _ = mean_error([r["calls"] for r in found])
    sales, error = mean_error([np.array(r["sales"]) / r["sales"][-1] for r in found])
    order = np.argsort(calls)
    left.errorbar(calls[order], sales[order], error[order], color=SERIES[0], marker="o", ms=4, capsize=2)
    left.plot(calls[2], sales[2], "o", ms=9, mfc="none", mec=OURS, mew=1.6, label="usual intervals: 7, 14, 28 days")
    left.set_ylim(0.9, None)
    left.set_xlim(0, None)
    left.legend(loc="lower right")
    label(left, "Response", "calls a month per shop of the market", "sales, times those without visits")
    pairs = list(pairwise(order))
    marginal = [
        [(r["sales"][b] - r["sales"][a]) / max(r["calls"][b] - r["calls"][a], 1e-9) / r["sales"][-1] for a, b in pairs]
        for r in found
    ]
    mean, error = mean_error(marginal)
    centre = np.array([(calls[a] + calls[b]) / 2 for a, b in pairs])
    right.errorbar(centre, 100 * mean, 100 * error, color=GOOD, marker="o", ms=4, capsize=2)
    right.set_ylim(0, None)
    right.set_xlim(0, None)
    label(right, "Gain of one more call", "calls a month per shop of the market", "% of sales without visits")
    return figure


@styled
def lost_advisor(results: Results) -> Figure:
    """Orders and sales of the patch after its advisor went, against the same market with the advisor."""
    figure = page(
        "A lost advisor",
        "The patch of an advisor who goes on day 0, against the same market and luck with the advisor.\n"
        "Blocks of four weeks (one full round of calls). Bands: standard errors over markets.",
        height=4.6,
        width=9.5,
    )
    axes = figure.subplots(1, 3, sharey=True)
    ways = list(results["fieldwork.lost_advisor"][0])
    for ax, what, title in zip(
        axes,
        ("advised", "sell_in", "sales"),
        ("Orders at calls", "Deliveries to shops", "Sales to consumers"),
        strict=True,
    ):
        for k, way in enumerate(ways):
            rows = [
                blocks(r[way][f"{what}_lost"]) / blocks(r[way][f"{what}_kept"])
                for r in results["fieldwork.lost_advisor"]
            ]
            mean, error = mean_error(rows)
            band(
                ax,
                BLOCK_WEEKS * (np.arange(mean.shape[0]) + 1),
                100 * mean,
                100 * error,
                (BAD, SERIES[0], SERIES[1])[k],
                way,
            )
        ax.axhline(100, color=MUTED, lw=0.8)
        if what == "advised":
            ax.axhspan(28, 54, color=GREY, alpha=0.15, lw=0)
            ax.text(23.5, 29.5, "published trough", fontsize=8, color=MUTED, ha="right")
        label(ax, title, "weeks after the loss", "% of the undisturbed run" if what == "advised" else "")
    axes[0].set_ylim(0, 112)
    axes[2].legend(loc="lower right", fontsize=8)
    return figure


def blocks(weekly: list[float]) -> np.ndarray:
    """Sums over blocks of four weeks."""
    n = len(weekly) // BLOCK_WEEKS
    return np.array(weekly[: n * BLOCK_WEEKS], dtype=float).reshape(n, BLOCK_WEEKS).sum(axis=1)


@styled
def travel(results: Results) -> Figure:
    """Calls a day and travel by density."""
    from studies.validation.fieldwork import RADII_KM

    figure = page(
        "Dense territories need less travel",
        "One advisor with more due calls than time, the same shops in a smaller or larger area. "
        "Bars: standard errors over markets.",
        height=4.0,
        width=9.5,
    )
    left, right = figure.subplots(1, 2)
    found = results["fieldwork.travel"]
    for ax, what, scale, title, unit in (
        (left, "calls", 1.0, "Calls of a day", "calls"),
        (right, "share", 100.0, "Travel", "% of driving and visiting time"),
    ):
        mean, error = mean_error([r[what] for r in found])
        ax.errorbar(RADII_KM, scale * mean, scale * error, color=SERIES[0], marker="o", ms=4, capsize=2)
        ax.set_ylim(0, None)
        label(ax, title, "radius of the territory, km", unit)
    left.axhspan(15, 25, color=GREY, alpha=0.12, lw=0)
    left.text(23.5, 15.8, "typical: 15–25", fontsize=8, color=MUTED, ha="right")
    left.axhline(40, color=MUTED, lw=0.8, ls="--")
    left.text(23.5, 40.6, "most: 40", fontsize=8, color=MUTED, ha="right")
    left.set_ylim(0, 45)
    return figure


@styled
def elasticities(results: Results) -> Figure:
    """Elasticities by length of the run with 95 % intervals, and the published values."""
    figure = page(
        "Elasticities of the default market",
        "Paired runs on the same luck from a shared burn-in; 95 % t intervals over markets. Dashed: published.",
        height=4.8,
        width=9.5,
    )
    axes = figure.subplots(1, 4, width_ratios=(1, 1, 1.5, 0.6))
    paired, low = results["elasticities.paired"], results["elasticities.from_few_visits"]
    days = paired[0]["days"]
    for ax, name, values in ((axes[0], "Own price", (-2.62,)), (axes[1], "Advertising", (0.12, 0.24))):
        key = "price" if name == "Own price" else "advertising"
        dots(ax, [r[key] for r in paired], days, SERIES[0], "")
        for value in values:
            ax.axhline(value, color=BAD, ls="--", lw=1.1)
        label(ax, name, "first days", "elasticity" if ax is axes[0] else "")
    axes[0].set_ylim(-3.6, 0)
    axes[1].set_ylim(0, 0.4)
    styles = (
        ("visits doubled", paired, SERIES[0], "usual, doubled"),
        ("visits halved", paired, SERIES[2], "usual, halved"),
        ("visits doubled", low, OURS, "few, doubled"),
        ("visits halved", low, SERIES[1], "few, halved"),
    )
    for k, (key, found, colour, text) in enumerate(styles):
        dots(
            axes[2],
            [[*r[key], r[f"{key}, late"]] for r in found],
            [*days, "2nd half"],
            colour,
            text,
            shift=0.14 * (k - 1.5),
        )
    axes[2].axhline(0.34, color=BAD, ls="--", lw=1.1)
    axes[2].set_ylim(-0.02, 0.48)
    axes[2].legend(loc="upper left", ncols=2, fontsize=7.5)
    label(axes[2], "Visits", "first days", "")
    dots(axes[3], [[r["elasticity"]] for r in results["elasticities.shelf_space"]], [min(90, days[-1])], SERIES[0], "")
    axes[3].axhline(0.17, color=BAD, ls="--", lw=1.1)
    axes[3].set_ylim(0, 0.3)
    label(axes[3], "Shelf space", "first days", "")
    return figure


def dots(ax: Any, rows: list[list[float]], names: list[Any], colour: str, text: str, shift: float = 0.0) -> None:
    """Draw means with 95 % intervals side by side."""
    found = [estimate([row[k] for row in rows]) for k in range(len(names))]
    x = np.arange(len(names)) + shift
    mean = np.array([f.mean for f in found])
    low, high = (np.nan_to_num(np.array([getattr(f, side) for f in found]), nan=0.0) for side in ("low", "high"))
    reach = np.maximum(np.array([mean - low, high - mean]), 0.0)
    ax.errorbar(x, mean, reach, color=colour, marker="o", ms=4, ls="none", capsize=2, label=text or None)
    ax.set_xticks(range(len(names)), [str(n) for n in names], fontsize=8)
    ax.set_xlim(-0.6, len(names) - 0.4)


@styled
def confounding(results: Results) -> Figure:
    """The naive regression, fixed effects, and the truth."""
    figure = page(
        "Calls follow potential",
        "Left: a year under the usual plan; one dot is a shop of one market. Middle: the same shops when the plan changes at half time,\n"
        "whatever they sell. Right: elasticity of sales to calls by method; 95 % t intervals over markets.",
        height=4.6,
        width=9.5,
    )
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.1, 1.1, 1))
    found = results["confounding.calls_follow_potential"]
    first = found[0]
    x, y = np.array(first["points_calls"]), np.array(first["points_sales"])
    # Calls come in few sizes; a little spread, the same in every drawing, keeps dots apart.
    spread = np.exp(0.12 * (np.modf(np.arange(x.shape[0]) * 0.618)[0] - 0.5))
    left.scatter(x * spread, y, s=9, color=SERIES[0], alpha=0.45, linewidths=0)
    slope, intercept = line(np.log(x), np.log(y))
    grid = np.geomspace(x.min(), x.max(), 30)
    left.plot(grid, np.exp(intercept) * grid**slope, color=BAD, label=f"slope {slope:.2f}")
    plain_logs(left, (10, 25, 50), (100, 1000, 10000))
    left.legend(loc="upper left")
    label(left, "Between shops", "calls in a year (log scale)", "our units in a year (log scale)")
    x, y = np.array(first["change_calls"]), np.array(first["change_sales"])
    spread = 0.10 * (np.modf(np.arange(x.shape[0]) * 0.618)[0] - 0.5)
    middle.scatter(x + spread, y, s=9, color=SERIES[0], alpha=0.35, linewidths=0)
    slope, intercept = line(x, y)
    grid = np.linspace(x.min(), x.max(), 3)
    middle.plot(grid, intercept + slope * grid, color=GOOD, label=f"slope {slope:.2f}")
    middle.set_ylim(-1.5, 1.5)
    middle.legend(loc="upper left")
    label(middle, "Within shops", "change of ln(calls)", "change of ln(our units)")
    for k, (key, colour) in enumerate((("naive", BAD), ("fixed", GOOD), ("truth", SERIES[0]))):
        e = estimate([r["elasticity"][key] for r in found])
        reach = 0.0 if e.n < 2 else e.high - e.mean
        right.bar(k, e.mean, 0.6, yerr=reach, color=colour, capsize=3)
        right.text(k, e.mean + reach + 0.02, f"{e.mean:.2f}", ha="center", fontsize=9.5)
    right.set_xticks(range(3), ["naive", "fixed\neffects", "truth\n(paired runs)"])
    right.set_ylim(0, None)
    right.margins(y=0.12)
    label(right, "Elasticity of sales to calls", "", "")
    return figure
