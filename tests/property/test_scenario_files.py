"""Whatever is done to a user's files, the answer is a scenario or problems with file and line: never a traceback."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario.census import CensusTable, load_census
from sim.scenario.document import parse_yaml
from sim.scenario.load import load_scenario
from sim.scenario.references import reference_problems
from sim.scenario.schema import Scenario

TEXT = """\
name: valid
seed: 4
calendar: {start_date: 2026-03-02, duration_days: 30, holidays: [{first_date: 2026-03-09}]}
territories:
  adjacency_gap_km: 20
  list:
  - {id: North, x_km: 0, y_km: 10, population: 5e4, adjacent: [South]}
  - id: South
    x_km: 0.5
    y_km: -10
    polygon: [[-5, -15], [5, -15], [5, -5], [-5, -5]]
outlets:
  generate: {n: 20, channel_mix: {traditional: 0.75, catering: 0.25}}
  list: [{outlet_id: first, x_km: 1, y_km: 9, size: 3, territory: North}]
  abc_limits: [0.7, 0.9]
category: {season: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.5]}
consumers:
  segments:
  - {name: all, share: 1.0, price_coefficient: 3}
products: {list: [{id: red-1, brand: red}, {id: z-1, brand: Z, launch_day: 10}]}
ours: {brands: [red], budget: {promoters: 2}}
rivals:
  list:
  - id: Z
    absent_from: [South]
    campaigns: [{first_date: 2026-03-10, territories: [North]}]
retail:
  channels:
    traditional: &shop {facings: 10}
    catering: {<<: *shop, facings: 4}
distributors: {list: [{id: D, territories: [North, South], policy: {policy: s_S}}]}
team:
  list: [{id: Li, territory: South, selling: 0.5}]
  visit: {speed_km_per_hour: 20, plan: need}
mechanisms: {push: false}
overrides:
  more: {team: {visit: {max_calls_per_day: 10}}}
apply: [more]
"""
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["North", "Nort", "red", "need", "traditional", "", " ", "a b", "2026-01-01"]),
    st.dates(),
    st.datetimes(),
    st.lists(st.integers(), max_size=3).map(tuple),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("corrupted") / "s.yaml"


def check_answer(file: Path, sets=()) -> None:
    try:
        assert isinstance(load_scenario(file, sets), Scenario)
    except InputError as error:
        check_problems(error, file)


def check_problems(error: InputError, file: Path) -> None:
    assert error.problems
    for problem in error.problems:
        assert len(str(problem).splitlines()) == 1
        assert problem.allowed
        if problem.file == str(file):
            assert problem.line > 0 or problem.value == "empty file"
        else:
            assert problem.file.startswith("--set")


def test_the_uncorrupted_text_is_valid(file):
    file.write_text(TEXT)
    assert load_scenario(file).team.visit.max_calls_per_day == 10


@settings(max_examples=150)
@given(data=st.data())
def test_corrupted_characters(file, data):
    text = TEXT
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        snippets = st.one_of(
            st.text(max_size=4), st.sampled_from([*"{}[]:,-#&*!|>'\"%@`\n\t ?~", "<<: ", ": ", "- ", "\n  "])
        )
        text = text[:start] + data.draw(snippets) + text[end:]
    file.write_bytes(text.encode("utf-8", "replace"))
    check_answer(file)


@settings(max_examples=60)
@given(junk=st.binary(min_size=1, max_size=6), place=st.integers(0, len(TEXT)))
def test_corrupted_bytes(file, junk, place):
    content = TEXT.encode()
    file.write_bytes(content[:place] + junk + content[place:])
    check_answer(file)


@settings(max_examples=60)
@given(order=st.permutations(range(TEXT.count("\n"))), n=st.integers(1, 40))
def test_lost_and_swapped_lines(file, order, n):
    lines = TEXT.splitlines(keepends=True)
    file.write_text("".join(lines[k] for k in order[:n]))
    check_answer(file)


@settings(max_examples=80)
@given(
    path=st.lists(
        st.sampled_from(["team", "visit", "list", "0", "1", "territories", "id", "outlets", "x", "seed"]), max_size=5
    ),
    value=st.text(max_size=8),
)
def test_any_set(file, path, value):
    file.write_text(TEXT)
    check_answer(file, [f"{'.'.join(path)}={value}"])


def paths_of(value, prefix=()):
    yield prefix
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, tuple) else ()
    for key, child in items:
        yield from paths_of(child, (*prefix, key))


def replaced(value, path, new):
    if not path:
        return new
    if isinstance(value, dict):
        return {k: replaced(v, path[1:], new) if k == path[0] else v for k, v in value.items()}
    return tuple(replaced(v, path[1:], new) if k == path[0] else v for k, v in enumerate(value))


def written(value) -> str:
    """Write plain data as flow-style YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(str(k))}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(written(v) for v in value) + "]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'" if value.isprintable() else "'?'"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(repr(value), repr(value))
    return (
        {None: "null", True: "true", False: "false"}.get(value, str(value))
        if not isinstance(value, int) or isinstance(value, bool)
        else str(value)
    )


@settings(max_examples=150)
@given(data=st.data())
def test_corrupted_values(file, data):
    entry = parse_yaml(TEXT, "x")
    assert entry is not None
    plain = entry.plain()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([p for p in paths_of(plain) if p]))
        plain = replaced(plain, path, data.draw(VALUES))
    file.write_text("\n".join(f"{key}: {written(value)}" for key, value in plain.items()) + "\n")
    check_answer(file)


HEADER = "outlet_id,name,x_km,y_km,channel,size,territory,distributor,listings,opening_date"
ROWS = ["1,a,0,9,catering,3,North,D,red-1;z-1,2026-03-04", "2,b,1,-9,traditional,5,,,,", "3,c,0,10,catering,2.5,,,-,"]


@settings(max_examples=150)
@given(data=st.data())
def test_a_corrupted_census(file, data):
    text = "\n".join([HEADER, *ROWS]) + "\n"
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 8)))
        snippets = st.one_of(
            st.text(max_size=4), st.sampled_from([",", "\n", '"', "-", "0", "nan", "1e400", "；", " "])
        )
        text = text[:start] + data.draw(snippets) + text[end:]
    census = file.with_name("c.csv")
    census.write_bytes(text.encode("utf-8", "replace"))
    file.write_text(TEXT.replace("outlets:\n", "outlets:\n  census: {path: c.csv}\n"))
    scenario = load_scenario(file)
    assert scenario.outlets.census is not None
    rule = {
        "missing_size": data.draw(st.sampled_from(["error", "drop", "median", "channel_median"])),
        "outside": data.draw(st.sampled_from(["error", "drop", "nearest"])),
        "duplicates": data.draw(st.sampled_from(["error", "keep_first"])),
        "unknown_channel": data.draw(st.sampled_from(["error", "drop", "catering"])),
        "extra_columns": data.draw(st.sampled_from(["error", "ignore"])),
    }
    spec = scenario.outlets.census.model_copy(update=rule)
    try:
        table = load_census(spec, scenario)
    except InputError as error:
        for problem in error.problems:
            assert problem.file == str(census)
            assert len(str(problem).splitlines()) == 1
        return
    check_clean(table)


def check_clean(table: CensusTable) -> None:
    frame = table.frame
    assert len(frame) > 0
    assert frame["outlet_id"].is_unique
    assert (frame["size"] > 0).all()
    assert frame[["x_km", "y_km"]].notna().all().all()
    assert set(frame["territory"]) <= {"North", "South"}
    assert frame["channel"].isin(["traditional", "catering"]).all()


def test_references_of_a_checked_scenario_are_whole(file):
    file.write_text(TEXT)
    entry = parse_yaml(TEXT, "x")
    assert entry is not None
    assert reference_problems(load_scenario(file), entry) == []
