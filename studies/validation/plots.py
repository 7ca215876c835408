"""Figures of the validation page: shoppers, shops and the channel."""

# ruff: noqa: E501  (headings of figures are kept whole)

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

from sim.report.style import BAD, GOOD, MUTED, OURS, SERIES, page, render, styled
from studies.validation import fieldplots, mechanismplots, strategyplots
from studies.validation.figures import GREY, band, label, mean_error, plain_logs
from studies.validation.runs import line

Results = dict[str, Any]
CAUSES = (
    ("ordering", "the shop had not ordered"),
    ("delivery", "the truck had not come"),
    ("supply", "the distributor had none"),
)
TIERS = ("consumers", "shops", "distributors", "factory orders", "factory output")


@styled
def jeopardy(results: Results) -> Figure:
    """Purchases per buyer against penetration, four and twelve brands."""
    figure = page(
        "Double jeopardy",
        "Small brands have fewer buyers, who also buy the brand less often. One dot: a brand in one of the markets; four weeks.",
        height=4.6,
        width=9.5,
    )
    axes = figure.subplots(1, 2)
    for ax, job, title in (
        (axes[0], "shoppers.default_market", "Default: 4 brands"),
        (axes[1], "shoppers.many_brands", "12 brands"),
    ):
        found = [r["jeopardy"]["28"] for r in results[job]]
        x = np.concatenate([f["penetration"] for f in found])
        y = np.concatenate([f["frequency"] for f in found])
        ax.scatter(x, y, s=16, color=SERIES[0], alpha=0.55, linewidths=0)
        grid = np.geomspace(x.min(), x.max(), 60)
        slope, intercept = line(np.log(x), np.log(y))
        ax.plot(grid, np.exp(intercept) * grid**slope, color=OURS, label=f"fitted slope {slope:.2f}")
        free = float(np.mean(y * (1.0 - x)))
        ax.plot(
            grid,
            free / (1.0 - grid),
            color=GREY,
            ls="--",
            label="Ehrenberg's law: frequency·(1 − penetration) constant",
        )
        plain_logs(ax, (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (1, 1.5, 2, 3, 4))
        label(ax, title, "penetration (log scale)", "purchases per buyer (log scale)")
        ax.legend(loc="upper left", fontsize=7.5)
        ax.set_ylim(0.93, y.max() * 1.45)
    return figure


@styled
def distribution(results: Results) -> Figure:
    """Share against weighted distribution: between products, and along a path of listings."""
    figure = page(
        "Distribution and share",
        "Left: products × territories × quarters of the default market. "
        "Right: our share when only the history of listings differs; bars are standard errors.",
        height=4.6,
        width=9.5,
    )
    left, right = figure.subplots(1, 2)
    found = results["shoppers.default_market"]
    x = np.concatenate([r["distribution"]["distribution"] for r in found])
    y = np.concatenate([r["distribution"]["share"] for r in found])
    left.scatter(100 * x, 100 * y, s=9, color=SERIES[0], alpha=0.35, linewidths=0)
    slope, intercept = line(np.log(x), np.log(y))
    grid = np.linspace(x.min(), x.max(), 50)
    left.plot(100 * grid, 100 * np.exp(intercept) * grid**slope, color=OURS, label=f"share ∝ distribution^{slope:.1f}")
    left.legend(loc="upper left")
    left.set_ylim(0, None)
    label(left, "Between products", "weighted distribution of a product, %", "unit share of a product, %")
    for name, colour, text in (("frozen", GOOD, "listings frozen"), ("free", OURS, "listings free to move")):
        paths = [r[name] for r in results["channel.distribution_path"]]
        d, _ = mean_error([p["distribution"] for p in paths])
        s, error = mean_error([p["share"] for p in paths])
        right.errorbar(100 * d, 100 * s, 100 * error, color=colour, marker="o", ms=4, capsize=2, label=text)
    right.set_xlim(0, 102)
    right.set_ylim(0, None)
    right.legend(loc="upper left")
    label(
        right, "One brand, other things equal", "weighted distribution of our products (mean), %", "our unit share, %"
    )
    return figure


@styled
def stock_outs(results: Results) -> Figure:
    """Rate of stock-outs over time, and their causes."""
    figure = page(
        "Stock-outs",
        "Listed product-days without stock (mean of opening and closing), and the causes of lost units. "
        "Bands and bars: standard errors over markets.",
        height=4.2,
        width=9.5,
    )
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    found = [r["stock_outs"] for r in results["shoppers.default_market"]]
    mean, error = mean_error([f["monthly"] for f in found])
    weeks = 4 * np.arange(1, mean.shape[0] + 1)
    band(left, weeks, 100 * mean, 100 * error, SERIES[0], "default market")
    left.axhline(8.3, color=BAD, ls="--", lw=1.2, label="published: 8.3 %")
    left.set_ylim(0, 14)
    left.legend(loc="lower left")
    label(left, "On-shelf non-availability", "weeks", "%")
    for k, (cause, _) in enumerate(CAUSES):
        m, e = mean_error([[f[cause]] for f in found])
        right.barh(k, 100 * m[0], xerr=100 * e[0], color=SERIES[k], capsize=2, height=0.6)
        right.text(100 * (m[0] + e[0]) + 2, k, f"{100 * m[0]:.0f} %", va="center", fontsize=9)
    right.axvline(50, color=BAD, ls="--", lw=1.2)
    right.set_yticks(range(len(CAUSES)), [text for _, text in CAUSES])
    right.invert_yaxis()
    right.set_xlim(0, 80)
    right.grid(axis="y", visible=False)
    label(right, "Causes (dashed: half)", "% of lost units", "")
    return figure


@styled
def bullwhip(results: Results) -> Figure:
    """Swing of the orders by tier and by what distributors see."""
    figure = page(
        "Bullwhip",
        "Squared coefficient of variation of weekly units, against that of consumers' purchases; mean of product streams, ours.\n"
        "Bars: standard errors over markets.",
        height=4.4,
        width=9.5,
    )
    ax = figure.subplots()
    modes = list(results["channel.bullwhip"][0])
    for k, mode in enumerate(modes):
        rows = [[r[mode][t] / r[mode]["consumers"] for t in TIERS] for r in results["channel.bullwhip"]]
        mean, error = mean_error(rows)
        ax.bar(np.arange(len(TIERS)) + 0.27 * (k - 1), mean, 0.25, yerr=error, capsize=2, color=SERIES[k], label=mode)
    names = (
        "consumers'\npurchases",
        "shops'\norders",
        "distributors'\norders",
        "orders at\nthe factory",
        "factory's\noutput",
    )
    ax.set_xticks(range(len(TIERS)), names)
    ax.axhline(1, color=MUTED, lw=0.8)
    ax.legend(loc="upper left", title="what distributors order by", title_fontsize=8.5)
    label(ax, "", "", "times consumers' swing")
    return figure


@styled
def loading(results: Results) -> Figure:
    """Distributors' orders by day of the period, without and with a rebate."""
    figure = page(
        "Loading at the end of a period",
        "Orders of our distributors by day of the 30-day target period, against the mean day; same markets and luck.\n"
        "Bands: standard errors over markets.",
        height=4.2,
        width=9.5,
    )
    ax = figure.subplots()
    for name, colour, text in (("none", SERIES[0], "no rebate"), ("rebate", OURS, "rebate of 5 % at the target")):
        mean, error = mean_error([r[name]["by_day"] for r in results["channel.loading"]])
        band(ax, np.arange(1, mean.shape[0] + 1), mean, error, colour, text)
    ax.axvspan(25.5, 30.5, color="#F4F5F7", zorder=0)
    ax.axhline(1, color=MUTED, lw=0.8)
    ax.set_xlim(0.5, 30.5)
    ax.set_ylim(0, None)
    ax.legend(loc="upper left")
    label(ax, "", "day of the period (shaded: last five days)", "orders against the mean day")
    return figure


@styled
def households(results: Results) -> Figure:
    """Purchase counts against the negative binomial, and the noise of daily demand."""
    figure = page(
        "Households and days",
        "Left: category purchases of tracked households in a quarter. "
        "Right: daily shoppers of a shop, variance against mean (one market).",
        height=4.4,
        width=9.5,
    )
    left, right = figure.subplots(1, 2)
    facts = [r["households"] for r in results["shoppers.default_market"]]
    seen = np.sum([f["histogram"] for f in facts], axis=0).astype(float)
    k, mean = np.mean([f["k"] for f in facts]), np.mean([f["mean"] for f in facts])
    n = np.arange(41)
    fitted = stats.nbinom.pmf(n, k, k / (k + mean))
    left.bar(n[:40], 100 * (seen / seen.sum())[:40], color=SERIES[2], label="simulated")
    left.plot(n[:40], 100 * fitted[:40], color=OURS, marker=".", ms=5, lw=1, label=f"negative binomial, k = {k:.2f}")
    left.legend(loc="upper right")
    label(left, "Purchases of a household", "purchases in 13 weeks (up to 39)", "% of households")
    noise = results["shoppers.default_market"][0]["noise"]
    x, y = np.array(noise["mean"]), np.array(noise["variance"])
    right.scatter(x, y, s=12, color=SERIES[0], alpha=0.5, linewidths=0, label="a shop")
    grid = np.geomspace(x.min(), x.max(), 40)
    right.plot(grid, 0.54 * grid**1.47, color=BAD, ls="--", label="bakery panel: .54·mean^1.47")
    right.plot(grid, grid, color=GREY, lw=1.2, label="Poisson")
    plain_logs(right, (5, 10, 20, 50), (5, 10, 30, 100, 300))
    right.legend(loc="upper left")
    label(right, "Noise of a shop's days", "mean shoppers a day (log scale)", "variance (log scale)")
    return figure


@styled
def concentration(results: Results) -> Figure:
    """Sales of the largest shops, and shares of companies."""
    figure = page("Large shops, large companies", "Bars: standard errors over markets.", height=4.2, width=9.5)
    left, right = figure.subplots(1, 2)
    facts = [r["market"] for r in results["shoppers.default_market"]]
    mean, _ = mean_error([f["lorenz"] for f in facts])
    x = np.linspace(0, 100, mean.shape[0])
    left.plot(x, 100 * mean, color=SERIES[0], label="default market")
    left.plot([0, 100], [0, 100], color=GREY, lw=1, ls="--", label="equal shops")
    left.plot(20, 58, marker="o", color=BAD, ls="none", label="evidence: top 20 % hold 58 %")
    left.plot(20, 80, marker="^", color=MUTED, ls="none", label="textbook 80:20")
    left.legend(loc="lower right")
    label(left, "Shops, largest first", "% of shops", "% of units sold")
    share, error = mean_error([sorted(f["share"], reverse=True) for f in facts])
    place = np.arange(1, share.shape[0] + 1)
    right.bar(
        place - 0.2, 100 * share, 0.4, yerr=100 * error, capsize=2, color=SERIES[0], label="default market, 4 companies"
    )
    right.bar(
        place + 0.2, (19.1, 17.6, 16.3, 13.4)[: place.shape[0]], 0.4, color=SERIES[5], label="orange juice, 11 brands"
    )
    right.set_xticks(place)
    right.legend(loc="upper right")
    label(right, "Companies by rank", "rank", "% of units sold")
    return figure


FIGURES: dict[str, Callable[[Results], Figure]] = {
    "double-jeopardy": jeopardy,
    "distribution": distribution,
    "stock-outs": stock_outs,
    "bullwhip": bullwhip,
    "loading": loading,
    "households": households,
    "concentration": concentration,
    "visits": fieldplots.visits,
    "lost-advisor": fieldplots.lost_advisor,
    "travel": fieldplots.travel,
    "elasticities": fieldplots.elasticities,
    "confounding": fieldplots.confounding,
    "focus": strategyplots.focus,
    "false-alarms": strategyplots.false_alarms,
}


def draw_all(results: Results, folder: Path) -> None:
    """Write every figure as validation-<name>.png."""
    of_mechanisms = {name: draw for name, (job, draw) in mechanismplots.FIGURES.items() if job in results}
    for name, draw in {**FIGURES, **of_mechanisms}.items():
        (folder / f"validation-{name}.png").write_bytes(render(draw(results), "png"))
