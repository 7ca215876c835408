"""Goods upstream, money and field work of the made-up result."""

from __future__ import annotations

import numpy as np
import pandas as pd


def upstream(
    rng: np.random.Generator, ids: list[str], span: np.ndarray, market: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, made_rows = [], []
    for (company, product), part in market.groupby(["company", "product"]):
        total = 0 * span
        for t in ids:
            sold = part[part["territory"] == t]["sell_out_units"].to_numpy()
            wanted = np.maximum(np.convolve(sold, np.ones(3) / 3, "same") * rng.uniform(0.6, 1.4, len(sold)), 0).astype(
                int
            )
            order = np.where(span % 7 == 0, wanted * 7 * rng.uniform(0.5, 1.6, len(span)), 0).astype(int)
            total = total + order
            rows.append(
                pd.DataFrame(
                    {
                        "day": span,
                        "distributor": f"d-{company}-{t}",
                        "company": company,
                        "territory": t,
                        "product": product,
                        "stock_units": (sold.mean() * 16 + rng.normal(0, 30, len(span))).astype(int).clip(0),
                        "transit_units": order,
                        "ordered_by_outlets": wanted,
                        "delivered_units": wanted,
                        "cancelled_units": 0,
                        "backlog_units": 0,
                        "ordered_units": order,
                        "received_units": order,
                        "diverted_units": 0,
                        "scrapped_units": 0,
                    }
                )
            )
        made_rows.append(
            pd.DataFrame(
                {
                    "day": span,
                    "company": company,
                    "product": product,
                    "made_units": (total * rng.uniform(0.6, 1.5, len(span))).astype(int),
                    "shipped_units": total,
                    "ordered_units": total,
                    "stock_units": int(total.mean() * 11),
                    "backlog_units": 0,
                }
            )
        )
    return pd.concat(rows, ignore_index=True), pd.concat(made_rows, ignore_index=True)


def money(rng: np.random.Generator, span: np.ndarray, sales: float) -> pd.DataFrame:
    daily = {
        "revenue": -420_000 * sales,
        "cogs": 268_000 * sales,
        "price_variance": 1_500 * sales,
        "rebate_cost": 6_000 * sales,
        "display_cost": 18_000,
        "promotion_cost": 14_000,
        "advertising": 21_000,
        "promoter_cost": 9_000,
        "advisor_cost": 34_000,
        "hiring_training": 3_000,
        "travel": 3_500,
        "logistics": 9_000,
        "storage": 1_200,
        "services_cost": 1_000,
        "overhead": 16_000,
        "bad_debt": 700,
        "cash": 12_000,
    }
    rows = [
        pd.DataFrame(
            {
                "day": span,
                "tier": "manufacturer",
                "party": "ours",
                "account": a,
                "amount_cents": (v * rng.uniform(0.9, 1.1) * rng.uniform(0.6, 1.4, len(span))).astype(int),
            }
        )
        for a, v in daily.items()
        if v
    ]
    return pd.concat(rows, ignore_index=True)


def field_work(
    rng: np.random.Generator, ids: list[str], span: np.ndarray, spots: pd.DataFrame, advisors: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, visits = [], []
    for a in range(advisors):
        own = spots[(spots["territory"] == ids[a % len(ids)]) & spots["known"]]
        for day in span[(span % 7 < 5)]:
            calls = min(int(rng.integers(9, 17)), len(own))
            minute, driving, visiting = 510.0, 0.0, 0.0
            stops = own.sample(calls, random_state=int(rng.integers(1 << 30))) if calls else own
            stops = stops.sort_values("x_km")
            for stop, outlet in enumerate(stops["outlet"], start=1):
                drive, stay = rng.uniform(4, 16), rng.uniform(6, 26)
                order = int(rng.integers(0, 60)) * int(rng.random() > 0.4)
                visits.append(
                    (
                        day,
                        f"a{a}",
                        stop,
                        outlet,
                        minute + drive,
                        minute + drive + stay,
                        order,
                        int(order > 0) * 2,
                        int(rng.random() > 0.93),
                    )
                )
                minute, driving, visiting = minute + drive + stay, driving + drive, visiting + stay
            rows.append(
                (
                    day,
                    f"a{a}",
                    ids[a % len(ids)],
                    calls,
                    int(calls * 0.6),
                    calls,
                    calls * 20,
                    0,
                    2,
                    driving,
                    visiting,
                    max(480 - driving - visiting, 0.0),
                    driving * 0.4,
                    0.4,
                    0.4,
                    0.3,
                    0.4,
                    len(own),
                )
            )
    advisor = pd.DataFrame(
        rows,
        columns=[
            "day",
            "advisor",
            "territory",
            "calls",
            "productive_calls",
            "lines",
            "order_units",
            "new_listings",
            "attempts",
            "driving_minutes",
            "visiting_minutes",
            "idle_minutes",
            "km",
            "selling",
            "service",
            "coaching",
            "farmer",
            "patch_outlets",
        ],
    )
    calls_of = pd.DataFrame(
        visits,
        columns=[
            "day",
            "advisor",
            "stop",
            "outlet",
            "arrive_minute",
            "leave_minute",
            "order_units",
            "lines",
            "listings",
        ],
    )
    return advisor, calls_of
