"""Every kind of mistake in a scenario file becomes one line that names file, line, field, value and what is allowed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.load import load_scenario


def test_the_wording_of_a_bound(problems, tmp_path):
    found = problems("name: x\nteam:\n  visit:\n    speed_km_per_hour: 0\n")
    assert [str(p) for p in found] == [
        f"{tmp_path}/s.yaml:4: team.visit.speed_km_per_hour: 0: must be greater than 0 (km/h)"
    ]


@pytest.mark.parametrize(
    ("text", "line", "field", "value", "allowed"),
    [
        ("seed: -1", 1, "seed", "-1", "must be at least 0"),
        ("seed: 1.5", 1, "seed", "1.5", "must be a whole number at least 0"),
        ("seed: true", 1, "seed", "true", "must be a whole number"),
        ("seed: '12'", 1, "seed", "'12'", "numbers are written without quotes"),
        ("seed: [1, 2]", 1, "seed", "[1, 2]", "must be a whole number"),
        ("seed:", 1, "seed", "empty", "must be a whole number"),
        ("name: 7", 1, "name", "7", "must be text"),
        ("name: a b", 1, "name", "'a b'", "must consist of letters"),
        ("currency: abcdefghij", 1, "currency", "'abcdefghij'", "at most 8 characters"),
        (
            "team:\n  visit:\n    speed_km_per_hour: fast",
            3,
            "team.visit.speed_km_per_hour",
            "'fast'",
            "a number greater",
        ),
        ("team:\n  visit:\n    speed_km_per_hour: 201", 3, "team.visit.speed_km_per_hour", "201", "at most 200 (km/h)"),
        ("team:\n  visit:\n    speed_km_per_hour: .nan", 3, "team.visit.speed_km_per_hour", "nan", "must be finite"),
        ("team:\n  visit:\n    improve_route: 1", 3, "team.visit.improve_route", "1", "must be true or false"),
        ("team:\n  visit:\n    improve_route: no", 3, "team.visit.improve_route", "'no'", "must be true or false"),
        ("team:\n  visit: [1]", 2, "team.visit", "[1]", "must be a mapping of fields"),
        ("team: 3", 1, "team", "3", "must be a mapping of fields"),
        ("retail:\n  channels: []", 2, "retail.channels", "[]", "must be a mapping of fields"),
        ("products:\n  list: {id: a}", 2, "products.list", "{id: 'a'}", "must be a list"),
        ("products:\n  list:\n  - {id: a}", 3, "products.list.0.brand", "missing", "is required: Brand"),
        ("calendar:\n  start_date: soon", 2, "calendar.start_date", "'soon'", "a date such as 2026-01-05"),
        ("calendar:\n  start_date: 2026-02-30", 2, "calendar.start_date", "'2026-02-30'", "a date such as"),
        ("calendar:\n  start_date: 2026-02-03 10:00:00", 2, "calendar.start_date", "2026-02-03", "a date such as"),
        ("calendar:\n  rest_weekdays: [5, 7]", 2, "calendar.rest_weekdays.1", "7", "must be at most 6 (weekday)"),
        ("category:\n  season: [1, 1]", 2, "category.season", "[1, 1]", "must have exactly 12 items"),
        ("outlets:\n  abc_limits: [0.5]", 2, "outlets.abc_limits", "too few items", "must have exactly 2 items"),
        ("outlets:\n  abc_limits: [0.9, 0.5]", 1, "outlets", "{abc_limits: [0.9, 0.5]", "abc_limits must rise"),
        ("consumers:\n  segments: []", 2, "consumers.segments", "[]", "must have at least 1 and at most 8 items"),
        ("team:\n  list:\n  - {id: a b, territory: T01}", 3, "team.list.0.id", "'a b'", "must be one word"),
    ],
)
def test_each_mistake_is_named(problems, text, line, field, value, allowed):
    (found,) = problems(text + "\n")
    assert (found.line, found.field) == (line, field)
    assert value in found.value
    assert allowed in found.allowed


@pytest.mark.parametrize(
    ("text", "field", "nearest"),
    [
        ("teams: {}", "teams", "team"),
        ("bas: a.yaml", "bas", "base"),
        ("team: {vist: {}}", "team.vist", "visit"),
        ("team: {visit: {plan: clas}}", "team.visit.plan", "class"),
        ("retail: {channels: {kiosk: {facing: 3}}}", "retail.channels.kiosk.facing", "facings"),
        (
            "rivals: {list: [{id: R, factory: {capacty_factor: 1}}]}",
            "rivals.list.0.factory.capacty_factor",
            "capacity_factor",
        ),
    ],
)
def test_the_nearest_name_is_offered(problems, text, field, nearest):
    found = {p.field: p for p in problems(text)}
    assert found[field].nearest == nearest


def test_without_a_near_name_the_valid_ones_are_listed(problems):
    (found,) = problems("team: {zzz: 1}")
    assert found.nearest == ""
    assert "wage_cents_per_month" in found.allowed


def test_all_mistakes_come_at_once_in_the_order_of_lines(problems):
    found = problems("seed: -1\nname: 3\ncalendar: {duration_days: 0}\nteam: {x: 1}\n")
    assert [p.line for p in found] == [1, 2, 3, 4]


def test_rules_over_several_fields_use_the_schemas_words(problems):
    (found,) = problems("name: x\nconsumers:\n  stock_out: {nothing: 0.5}\n")
    assert (found.line, found.field) == (3, "consumers.stock_out")
    assert found.allowed == "the five reactions must sum to 1, not 1.41"


def test_numbers_as_people_write_them(write):
    text = "seed: 0x10\nours: {budget: {advertising_cents: 4e6}}\nteam: {visit: {speed_km_per_hour: 30}}\n"
    scenario = load_scenario(write(text))
    assert scenario.seed == 16
    assert scenario.ours.budget.advertising_cents == 4_000_000
    assert isinstance(scenario.ours.budget.advertising_cents, int)
    assert scenario.team.visit.speed_km_per_hour == 30.0


def test_dates_are_dates(write):
    assert load_scenario(write("calendar: {start_date: 2027-03-01}")).calendar.start_date == date(2027, 3, 1)


def test_words_that_yaml_1_1_would_turn_into_booleans_stay_words(write):
    assert load_scenario(write("name: NO")).name == "NO"


def test_a_scenario_is_frozen(write):
    scenario = load_scenario(write("name: x"))
    with pytest.raises(ValueError, match="frozen"):
        scenario.seed = 2


class TestFilesThatAreNoScenarios:
    def test_missing_with_a_near_name(self, write, tmp_path):
        write("name: x", "baseline.yaml")
        with pytest.raises(InputError) as caught:
            load_scenario(tmp_path / "basline.yaml")
        (found,) = caught.value.problems
        assert found.value == "not found"
        assert found.nearest == str(tmp_path / "baseline.yaml")

    def test_in_a_folder_that_is_not_there(self, tmp_path):
        with pytest.raises(InputError, match="not found"):
            load_scenario(tmp_path / "no" / "x.yaml")

    def test_a_folder(self, tmp_path):
        with pytest.raises(InputError, match="must be a file, not a folder"):
            load_scenario(tmp_path)

    def test_a_name_with_a_null_byte(self):
        with pytest.raises(InputError, match="unreadable"):
            load_scenario("a\0b.yaml")

    def test_a_file_used_as_a_folder(self, write):
        with pytest.raises(InputError, match="unreadable"):
            load_scenario(write("name: x") + "/y.yaml")

    @pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
    def test_empty(self, problems, text):
        (found,) = problems(text)
        assert "must be a" in found.allowed

    @pytest.mark.parametrize(("text", "kind"), [("- a\n- b\n", "a list"), ("hello\n", "a single value")])
    def test_no_mapping(self, problems, text, kind):
        (found,) = problems(text)
        assert (found.value, found.allowed) == (kind, "must be a mapping of scenario fields")

    def test_not_utf_8(self, problems):
        (found,) = problems("name: x\ndescription: 市场\n".encode("gb18030"))
        assert found.line == 2
        assert found.allowed == "must be text in UTF-8"

    def test_a_byte_order_mark_is_welcome(self, write):
        assert load_scenario(write(b"\xef\xbb\xbfname: x\n")).name == "x"


class TestYaml:
    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("name: [1\nseed: 2\n", 2),
            ("name: x\n  seed: 2\n", 2),
            ("name: 'x\n", 2),
            ("\tname: x\n", 1),
            ("name: *nobody\n", 1),
            ("name: x\n---\nname: y\n", 2),
            ("name: x\nseed: \x07\n", 2),
        ],
    )
    def test_syntax_errors_are_one_line_each(self, problems, text, line):
        (found,) = problems(text)
        assert (found.line, found.field) == (line, "YAML")
        assert "\n" not in str(found)

    def test_duplicate_keys_are_all_named(self, problems):
        found = problems("name: x\nseed: 1\nname: y\nteam:\n  list: []\n  list: []\n")
        assert [(p.line, p.field) for p in found] == [(3, "name"), (6, "list")]
        assert "first on line 1" in found[0].allowed

    def test_keys_must_be_text(self, problems):
        (found,) = problems("? [a, b]\n: 1\n")
        assert found.allowed == "keys must be text"

    def test_tags_are_refused(self, problems):
        (found,) = problems("name: !python/object:os.system x\n")
        assert found.field == "tag"

    def test_anchors_and_merge_keys_work(self, write):
        text = (
            "retail:\n  channels:\n    traditional: &t {facings: 10, review_days: 5}\n"
            "    kiosk: {<<: *t, facings: 4}\n"
            "outlets: {generate: {channel_mix: {kiosk: 0.5, traditional: 0.5}}}\n"
        )
        channels = load_scenario(write(text)).retail.channels
        assert (channels["kiosk"].facings, channels["kiosk"].review_days) == (4, 5)

    def test_a_list_that_contains_itself_ends(self, problems):
        (found,) = problems("name: &a [*a]\n")
        assert "nested at most" in found.allowed

    def test_aliases_that_multiply_end(self, problems, monkeypatch):
        monkeypatch.setattr("sim.scenario.document.MAX_NODES", 1000)
        lines = ["a0: &a0 [1, 1, 1, 1]"]
        lines += [f"a{k}: &a{k} [*a{k - 1}, *a{k - 1}, *a{k - 1}, *a{k - 1}]" for k in range(1, 12)]
        assert "nested at most" in problems("\n".join(lines))[0].allowed

    def test_deep_nesting_ends(self, problems):
        (found,) = problems("name: " + "[" * 3000 + "]" * 3000)
        assert "nested at most" in found.allowed


class TestSets:
    def test_they_come_last_and_are_typed(self, write):
        file = write("seed: 1\noverrides: {a: {seed: 2}}\napply: [a]\n")
        scenario = load_scenario(file, ["seed=3", "team.visit.improve_route=false", "calendar.start_date=2027-01-01"])
        assert scenario.seed == 3
        assert scenario.team.visit.improve_route is False
        assert scenario.calendar.start_date == date(2027, 1, 1)

    def test_into_lists(self, write):
        file = write("rivals: {list: [{id: A}, {id: B}]}")
        scenario = load_scenario(file, ["rivals.list.1.appeal=0.5", "rivals.list[0].appeal=0.25"])
        assert [rival.appeal for rival in scenario.rivals.list] == [0.25, 0.5]

    def test_a_whole_item(self, write):
        scenario = load_scenario(write("rivals: {list: [{id: A}]}"), ["rivals.list.0={id: Z}"])
        assert scenario.rivals.list[0].id == "Z"

    @pytest.mark.parametrize(
        ("text", "field", "allowed"),
        [
            ("seed", "seed", "path=value"),
            ("=3", "=3", "path=value"),
            ("seed=abc", "seed", "whole number"),
            ("seed=", "seed", "whole number"),
            ("team.list.0.selling=1", "team.list.0.selling", "the list is empty"),
            ("rivals.list.2.appeal=1", "rivals.list.2.appeal", "0 to 0"),
            ("rivals.list.x.appeal=1", "rivals.list.x.appeal", "by its position"),
            ("apply=[a]", "apply", "must be a field of the scenario"),
            (".=3", ".", "must be a field of the scenario"),
            ("name.x=3", "name", "must be text"),
            ("name=[", "YAML", "parsing"),
        ],
    )
    def test_mistakes(self, problems, text, field, allowed):
        found = problems("team: {list: []}\nrivals: {list: [{id: A}]}\n", [text])
        assert len(found) == 1
        assert found[0].field == field
        assert allowed in found[0].allowed
        assert found[0].file.startswith("--set")
        assert found[0].line == 0

    def test_the_same_field_twice(self, problems):
        (found,) = problems("name: x", ["seed=1", "seed=2"])
        assert found.allowed == "is set twice"


def test_the_census_is_found_from_the_file_that_states_it(write, tmp_path):
    write("outlet_id,name,x_km,y_km,channel,size\n1,a,0,0,traditional,3\n", "data/c.csv")
    territories = "territories: {list: [{id: A, x_km: 0, y_km: 0}]}\n"
    write(territories + "outlets: {census: {path: c.csv}}\n", "data/base.yaml")
    scenario = load_scenario(write("base: data/base.yaml\nseed: 5\n"))
    assert scenario.outlets.census is not None
    assert Path(scenario.outlets.census.path) == tmp_path / "data" / "c.csv"


def test_a_missing_census_names_the_line_and_the_nearest_file(write, problems):
    write("x", "outlets.csv")
    found = problems("name: x\noutlets:\n  census:\n    path: outlet.csv\n")
    assert [(p.line, p.field, p.nearest) for p in found if p.field.endswith("path")] == [
        (4, "outlets.census.path", "outlets.csv")
    ]
