from __future__ import annotations

from sim.scenario.load import load_scenario
from sim.scenario.names import market_summary


def lines_of(file: str, sets=()) -> dict[str, str]:
    pairs = [line.split(":", 1) for line in market_summary(load_scenario(file, sets))]
    return {label: text.strip() for label, text in pairs}


def test_a_generated_market(write):
    text = (
        "calendar: {start_date: 2026-01-05, duration_days: 365, burn_in_days: 90}\n"
        "territories: {generate: {n: 4, population_median: 300000}}\n"
        "outlets: {generate: {n: 300}}\n"
        "products: {generate: {per_brand: 2}}\n"
        "rivals: {generate: {n: 3}}\n"
        "team: {generate: {n: 4}}\n"
    )
    lines = lines_of(write(text), ["mechanisms.push=false"])
    assert lines["territories"] == "4, about 300,000 people in each generated one"
    assert lines["outlets"] == "300 generated"
    assert lines["products"] == "8 of 4 brands"
    assert lines["companies"] == "ours, R1, R2, R3"
    assert (lines["distributors"], lines["advisors"]) == ("16", "4")
    assert lines["days"] == "365 from 2026-01-05, after 90 days of burn-in"
    assert lines["switched off"] == "push"


def test_a_census_is_read_and_its_notes_are_shown(write):
    write("outlet_id,name,x_km,y_km,channel,size\n1,a,0,0,catering,1\n2,b,0,0,catering,0\n", "c.csv")
    text = (
        "territories: {list: [{id: A, x_km: 0, y_km: 0, population: 1234}]}\n"
        "outlets: {census: {path: c.csv, missing_size: drop}}\n"
    )
    lines = lines_of(write(text))
    assert lines["territories"] == "1, population 1,234"
    assert lines["outlets"].startswith("1 from ")
    assert lines["channels"] == "catering 1"
    assert lines["census"] == "1 × missing size: dropped (row 3)"


def test_without_the_mechanism_there_are_no_advisors(write):
    assert lines_of(write("mechanisms: {advisors: false}\n"))["advisors"] == "0"
