"""Write scenarios/data/census_example.csv: a synthetic export of shops, with the faults that real exports have.

No real shop is in it. The towns are real (GeoNames, CC BY 4.0, see README.md); the shops around them are drawn. Every
draw is keyed by the shop's number and the draw's name, so one shop can be changed without moving the others:

    .venv/bin/python scenarios/data/make_census_example.py
"""

from __future__ import annotations

import csv
import hashlib
import math
from pathlib import Path
from statistics import NormalDist

HEADER = ("门店编号", "门店名称", "经度", "纬度", "终端类型", "面积(平方米)", "负责业务员", "备注")
TOWNS = (("绵阳", 104.68168, 31.46784, 260), ("德阳", 104.38198, 31.13019, 170), ("江油", 104.71667, 31.76667, 90))
# Word in the file, share of shops, median floor space in m².
TYPES = (("大卖场", 0.01, 1500), ("超市", 0.09, 250), ("便利店", 0.34, 70), ("食杂店", 0.45, 40), ("餐饮店", 0.11, 60))
SPREAD_KM, FLOOR_SIGMA = 1.8, 0.7
KM_A_DEGREE = 111.2
UNKNOWN_TYPE, UNKNOWN_EVERY = "烟酒店", 71
EMPTY_EVERY, ZERO_EVERY = 47, 83
REPEATED, FAR_AWAY = 312, 455
REMARK_EVERY = 58


def uniform(shop: int, draw: str) -> float:
    """Return a number in (0, 1) that depends on the shop and the draw's name only."""
    digest = hashlib.sha256(f"census example/{shop}/{draw}".encode()).digest()
    return (int.from_bytes(digest[:7], "big") + 0.5) / 2**56


def normal(shop: int, draw: str) -> float:
    """Return a standard normal number."""
    return NormalDist().inv_cdf(uniform(shop, draw))


def kind_of(shop: int) -> tuple[str, float]:
    """Return a shop's type and the median floor space of its type."""
    u, total = uniform(shop, "type"), 0.0
    for word, share, median in TYPES:
        total += share
        if u < total:
            return word, median
    return TYPES[-1][0], TYPES[-1][2]


def row_of(shop: int, lon: float, lat: float, advisor: int) -> list[str]:
    """Return one line of the file."""
    word, median = kind_of(shop)
    east = SPREAD_KM * normal(shop, "east") / (KM_A_DEGREE * math.cos(math.radians(lat)))
    north = SPREAD_KM * normal(shop, "north") / KM_A_DEGREE
    floor = str(max(8, round(median * math.exp(FLOOR_SIGMA * normal(shop, "floor")))))
    if shop % EMPTY_EVERY == 0:
        floor = ""
    elif shop % ZERO_EVERY == 0:
        floor = "0"
    if shop == FAR_AWAY:
        north += 1.2
    shown = UNKNOWN_TYPE if shop % UNKNOWN_EVERY == 0 else word
    remark = "待核实" if shop % REMARK_EVERY == 0 else ""
    place = [f"{lon + east:.5f}", f"{lat + north:.5f}"]
    return [f"{100 + shop:06d}", f"示例{shown}{shop:04d}", *place, shown, floor, f"业务{advisor}", remark]


def main() -> None:
    """Write the file."""
    rows, shop = [], 0
    for _, lon, lat, n in TOWNS:
        for k in range(n):
            shop += 1
            rows.append(row_of(shop, lon, lat, 1 + k % 3))
    # The same shop once more, as happens when two people enter it.
    rows.insert(REPEATED + 40, list(rows[REPEATED]))
    target = Path(__file__).with_name("census_example.csv")
    with target.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
    print(f"wrote {len(rows)} rows to {target.name}")


if __name__ == "__main__":
    main()
