"""A census is cleaned as the scenario says; what it does not say is an error with file, row, column, value, nearest."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

from sim.errors import InputError
from sim.scenario.census import NO_OPENING_DAY, load_census
from sim.scenario.census.read import ALIASES
from sim.scenario.census.work import COLUMNS
from sim.scenario.schema import Scenario

PLANE = {"list": [{"id": "A", "name": "North", "x_km": 0, "y_km": 0}, {"id": "B", "x_km": 40, "y_km": 0}]}
GLOBE = {"list": [{"id": "A", "lon": 104.06, "lat": 30.66}, {"id": "B", "lon": 104.5, "lat": 30.66}]}
HEAD = "outlet_id,name,x_km,y_km,channel,size"


def scenario_of(path: Path | str, territories=PLANE, **census) -> Scenario:
    return Scenario.model_validate({"territories": territories, "outlets": {"census": {"path": str(path), **census}}})


@pytest.fixture
def clean(tmp_path):
    """Clean a CSV text (or bytes) with the given census settings."""

    def _clean(text: str | bytes, *, name="c.csv", territories=PLANE, **census):
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        scenario = scenario_of(file, territories, **census)
        assert scenario.outlets.census is not None
        return load_census(scenario.outlets.census, scenario)

    return _clean


@pytest.fixture
def refused(clean):
    def _refused(text, **census):
        with pytest.raises(InputError) as caught:
            clean(text, **census)
        return caught.value.problems

    return _refused


def test_a_clean_census_with_everything(clean):
    text = (
        HEAD + ",territory,distributor,listings,opening_date\n"
        "007,Corner,1.5,-2,traditional,3.5,B,D-ours-A,ours-1;R1-2,2026-01-15\n"
        "8,,41,1,Supermarket,10,,,,\n"
        "9,c,0,0,catering,1,North,,-,2025-12-31\n"
    )
    table = clean(text)
    assert tuple(table.frame.columns) == COLUMNS
    rows = table.frame.to_dict("records")
    assert rows[0] == {
        "outlet_id": "007",
        "name": "Corner",
        "x_km": 1.5,
        "y_km": -2.0,
        "channel": "traditional",
        "size": 3.5,
        "territory": "B",
        "distributor": "D-ours-A",
        "listings": ("ours-1", "R1-2"),
        "opening_day": 10,
    }
    assert rows[1]["name"] == "8"
    assert (rows[1]["channel"], rows[1]["territory"], rows[1]["listings"]) == ("supermarket", "B", None)
    assert rows[1]["opening_day"] == NO_OPENING_DAY
    assert (rows[2]["territory"], rows[2]["listings"], rows[2]["opening_day"]) == ("A", (), -5)
    assert table.notes == ()


class TestFiles:
    CHINESE = "编号,名称,经度,纬度,渠道,面积\n010000,张记,104.06,30.66,便利店,20\n"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_chinese_files(self, clean, encoding):
        table = clean(self.CHINESE.encode(encoding), territories=GLOBE)
        row = table.frame.iloc[0]
        assert (row["outlet_id"], row["name"], row["channel"], row["territory"]) == (
            "010000",
            "张记",
            "convenience",
            "A",
        )

    def test_a_stated_encoding_is_used(self, clean):
        table = clean(self.CHINESE.encode("utf-16"), territories=GLOBE, encoding="utf-16")
        assert table.frame["name"].tolist() == ["张记"]

    def test_an_unknown_encoding_has_a_nearest(self, refused):
        assert refused(self.CHINESE, territories=GLOBE, encoding="gb18031")[0].nearest == "gb18030"

    def test_bytes_that_are_no_text(self, refused):
        (found,) = refused(b"outlet_id\n\xff\xff\xff\n")
        assert found.line == 2
        assert "utf-8-sig or gb18030" in found.allowed

    def test_parquet(self, tmp_path, clean):
        file = tmp_path / "c.parquet"
        with duckdb.connect() as connection:
            connection.execute(
                "COPY (SELECT '010' AS outlet_id, 'a' AS name, 1.5 AS x_km, 2 AS y_km, 'catering' AS channel, "
                f"3.25 AS size, NULL AS territory, DATE '2026-01-06' AS opening_date) TO '{file}'"
            )
        scenario = scenario_of(file)
        row = load_census(scenario.outlets.census, scenario).frame.iloc[0]
        assert (row["outlet_id"], row["x_km"], row["size"], row["territory"], row["opening_day"]) == (
            "010",
            1.5,
            3.25,
            "A",
            1,
        )

    def test_excel(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.title = "other"
        sheet = book.create_sheet("outlets")
        sheet.append([*HEAD.split(","), "opening_date"])
        sheet.append([1001, "a", 1, 2.5, "catering", 3, datetime.datetime(2026, 1, 7)])
        sheet.append([None] * 7)
        sheet.append(["1002", "b", 1, 2.5, "catering", 4, None])
        file = tmp_path / "c.xlsx"
        book.save(file)
        scenario = scenario_of(file, sheet="outlets")
        table = load_census(scenario.outlets.census, scenario)
        assert table.frame["outlet_id"].tolist() == ["1001", "1002"]
        assert table.frame["opening_day"].tolist() == [2, NO_OPENING_DAY]
        assert [str(note) for note in table.notes] == ["1 × empty row: dropped (row 3)"]
        wrong = scenario_of(file, sheet="outlet")
        with pytest.raises(InputError) as caught:
            load_census(wrong.outlets.census, wrong)
        assert caught.value.problems[0].nearest == "outlets"

    def test_a_frame_instead_of_a_file(self):
        frame = pd.DataFrame(
            {
                "outlet_id": [1, 2],
                "name": "a",
                "x_km": [0.0, 1.0],
                "y_km": 0,
                "channel": "catering",
                "size": [2.0, None],
            },
            index=[7, 7],
        )
        scenario = scenario_of("unused.csv", missing_size="median")
        table = load_census(scenario.outlets.census, scenario, frame)
        assert table.frame["outlet_id"].tolist() == ["1", "2"]
        assert table.frame["size"].tolist() == [2.0, 2.0]
        assert table.notes[0].first_five == (2,)

    @pytest.mark.parametrize(
        ("name", "content", "allowed"),
        [
            ("c.csv", b"", "must have a header"),
            ("c.csv", b"a,b\n1,2,3\n", "no row may have more cells than the header"),
            ("c.csv", b"a,b\n1,2\n1,2,3\n", "must have 2 cells, as the header has"),
            ("c.parquet", b"no", ""),
            ("c.xlsx", b"no", ""),
            ("c.json", b"{}", "extension must be one of"),
            ("c", b"{}", "extension must be one of"),
        ],
    )
    def test_files_that_are_no_tables(self, refused, name, content, allowed):
        (found,) = refused(content, name=name)
        assert allowed in found.allowed
        assert found.file.endswith(name)
        assert "\n" not in str(found)

    def test_the_line_of_a_longer_row(self, refused):
        (found,) = refused(b"a,b\n1,2\n1,2,3\n")
        assert (found.line, found.value) == (3, "3 cells")

    @pytest.mark.parametrize("separator", [";", "\t", ","])
    def test_other_separators(self, clean, separator):
        text = f"{HEAD}\n1,a,0,0,catering,1\n".replace(",", separator)
        assert clean(text).frame["outlet_id"].tolist() == ["1"]

    def test_a_file_that_went_away(self, tmp_path):
        scenario = scenario_of(tmp_path / "gone.csv")
        with pytest.raises(InputError, match="not found"):
            load_census(scenario.outlets.census, scenario)

    def test_only_a_header(self, refused):
        (found,) = refused(HEAD + "\n")
        assert found.value == "no outlet"


class TestColumns:
    @pytest.mark.parametrize("alias", ["lng", "lon", "longitude", "经度", "LONGITUDE", " Lng "])
    def test_other_names_of_a_column(self, clean, alias):
        text = f"outlet_id,name,{alias},lat,channel,size\n1,a,104.06,30.66,catering,1\n"
        assert clean(text, territories=GLOBE).frame["x_km"].iloc[0] == pytest.approx(-21.04, abs=0.05)

    def test_no_name_stands_for_two_columns(self):
        names = [name for ours, others in ALIASES.items() for name in (ours, *others)]
        assert len(names) == len(set(names))

    def test_a_stated_column_wins(self, clean):
        text = HEAD + ",turnover\n1,a,0,0,catering,1,9\n"
        table = clean(text, columns={"size": "turnover"}, extra_columns="ignore")
        assert table.frame["size"].tolist() == [9.0]
        assert str(table.notes[0]) == "1 × unread column: size"

    @pytest.mark.parametrize(
        ("columns", "field", "nearest"),
        [({"sise": "size"}, "outlets.census.columns.sise", "size"), ({"size": "sizes"}, "size", "size")],
    )
    def test_a_stated_column_that_does_not_exist(self, refused, columns, field, nearest):
        found = {p.field: p for p in refused(HEAD + "\n1,a,0,0,catering,1\n", columns=columns)}
        assert found[field].nearest == nearest

    def test_missing_and_unknown_columns_are_all_named(self, refused):
        found = {p.field: p for p in refused("outlet_id,nam,x_km,chanel,phone\n1,a,0,catering,5\n")}
        assert set(found) == {"name", "y_km", "channel", "size", "nam", "chanel", "phone"}
        assert found["name"].nearest == "nam"
        assert found["chanel"].nearest == "channel"
        assert "extra_columns: ignore" in found["phone"].allowed
        assert all(p.line == 1 for p in found.values())

    def test_two_columns_for_one(self, refused):
        (found,) = refused(HEAD + ",area\n1,a,0,0,catering,1,2\n")
        assert "both 'size' and 'area'" in found.allowed

    @pytest.mark.parametrize(("territories", "columns"), [(PLANE, "lon,lat"), (GLOBE, "x_km,y_km")])
    def test_degrees_and_kilometres_are_not_mixed(self, refused, territories, columns):
        (found,) = refused(f"outlet_id,name,{columns},channel,size\n1,a,1,1,catering,1\n", territories=territories)
        assert "cannot be mixed" in found.allowed

    def test_of_both_pairs_the_territories_one_is_read(self, clean):
        table = clean(HEAD + ",lon,lat\n1,a,40,0,catering,1,104,30\n")
        assert table.frame["territory"].tolist() == ["B"]


def test_a_census_in_degrees_shares_the_projection_of_the_territories(clean):
    text = "outlet_id,name,lon,lat,channel,size\n1,a,104.06,30.66,catering,1\n2,b,104.5,30.66,catering,1\n"
    frame = clean(text, territories=GLOBE).frame
    assert frame["territory"].tolist() == ["A", "B"]
    assert frame["x_km"].iloc[1] - frame["x_km"].iloc[0] == pytest.approx(42.08, abs=0.05)


class TestMistakes:
    @pytest.mark.parametrize(
        ("rows", "column", "line", "value", "allowed"),
        [
            ("1,a,0,0,catering,1\n,b,0,0,catering,1", "outlet_id", 3, "empty", "an id of its own"),
            ("1,a,0,0,catering,1\n1,b,0,0,catering,1", "outlet_id", 3, "'1'", "in an earlier row"),
            ("1,a,0,0,catering,0", "size", 2, "'0'", "missing_size: drop, median or channel_median"),
            ("1,a,0,0,catering,", "size", 2, "empty", "missing_size: drop"),
            ("1,a,0,0,catering,NaN", "size", 2, "'NaN'", "missing_size: drop"),
            ("1,a,0,0,catering,-3", "size", 2, "'-3'", "above 0 and at most"),
            ("1,a,0,0,catering,big", "size", 2, "'big'", "above 0 and at most"),
            ("1,a,0,0,catering,inf", "size", 2, "'inf'", "above 0 and at most"),
            ("1,a,0,0,catering,1e9", "size", 2, "'1e9'", "above 0 and at most"),
            ("1,a,zero,0,catering,1", "x_km", 2, "'zero'", "a number from -20000 to 20000 (km)"),
            ("1,a,0,,catering,1", "y_km", 2, "empty", "a number from -20000 to 20000 (km)"),
            ("1,a,30000,0,catering,1", "x_km", 2, "'30000'", "a number from"),
            ("1,a,500,0,catering,1", "x_km", 2, "'500'", "must lie in a territory"),
        ],
    )
    def test_each_class(self, refused, rows, column, line, value, allowed):
        (found,) = refused(f"{HEAD}\n{rows}\n")
        assert (found.field, found.line, found.value) == (column, line, value)
        assert allowed in found.allowed

    @pytest.mark.parametrize(
        ("lon", "lat", "column"), [("181", "30", "lon"), ("104", "-86", "lat"), ("nan", "30", "lon")]
    )
    def test_impossible_degrees(self, refused, lon, lat, column):
        (found,) = refused(f"outlet_id,name,lon,lat,channel,size\n1,a,{lon},{lat},catering,1\n", territories=GLOBE)
        assert found.field == column
        assert "(degrees)" in found.allowed

    def test_a_class_has_a_count_and_the_first_five_rows(self, refused):
        rows = "".join(f"{k},a,0,0,catering,-{k + 1}\n" for k in range(9))
        (found,) = refused(f"{HEAD}\n{rows}")
        assert (found.line, found.value) == (2, "'-1'")
        assert "in 9 rows: 2, 3, 4, 5, 6, …" in found.allowed

    @pytest.mark.parametrize(
        ("column", "value", "nearest", "what"),
        [
            ("channel", "cateringg", "catering", "a channel of retail.channels"),
            ("territory", "Nrth", "North", "a territory"),
            ("distributor", "D-ours-C", "D-ours-B", "a distributor"),
            ("listings", "ours-1;ours-9", "ours-2", "product ids separated by semicolons"),
            ("opening_date", "soon", "", "a date such as"),
            ("opening_date", "2026-02-30", "", "a date such as"),
        ],
    )
    def test_names_and_dates(self, refused, column, value, nearest, what):
        cells = {
            "outlet_id": "1",
            "name": "a",
            "x_km": "0",
            "y_km": "0",
            "channel": "catering",
            "size": "1",
            column: value,
        }
        (found,) = refused(f"{','.join(cells)}\n{','.join(cells.values())}\n")
        assert (found.field, found.line) == (column, 2)
        assert what in found.allowed
        assert found.nearest == nearest

    def test_unknown_names_are_grouped_and_cut_after_five(self, refused):
        rows = "".join(f"{k},a,0,0,kind{k % 7},1\n" for k in range(14))
        found = refused(f"{HEAD}\n{rows}")
        assert len(found) == 6
        assert "2 more unknown names, in 14 rows" in found[0].allowed
        assert "in 2 rows: 2, 9" in found[1].allowed

    def test_all_classes_come_at_once(self, refused):
        found = refused(f"{HEAD}\n1,a,0,0,catering,0\n1,b,x,0,shop,2\n")
        assert {p.field for p in found} == {"outlet_id", "x_km", "channel", "size"}

    def test_an_id_of_a_listed_outlet(self, tmp_path):
        file = tmp_path / "c.csv"
        file.write_text(f"{HEAD}\nO1,a,0,0,catering,1\nO000003,a,0,0,catering,1\n")
        outlets = {
            "census": {"path": str(file)},
            "list": [{"outlet_id": "O1", "x_km": 0, "y_km": 0, "size": 1}],
            "generate": {"n": 3},
        }
        scenario = Scenario.model_validate({"territories": PLANE, "outlets": outlets})
        with pytest.raises(InputError) as caught:
            load_census(scenario.outlets.census, scenario)
        assert "in 2 rows: 2, 3" in caught.value.problems[0].allowed


class TestTreatments:
    ROWS = "1,a,0,0,catering,2\n2,b,0,0,catering,4\n3,c,0,0,catering,0\n4,d,0,0,traditional,9\n5,e,0,0,hypermarket,\n"

    def test_sizes_by_channel(self, clean):
        table = clean(f"{HEAD}\n{self.ROWS}", missing_size="channel_median")
        # No hypermarket has a size, so it takes the median of all.
        assert table.frame["size"].tolist() == [2.0, 4.0, 3.0, 9.0, 4.0]
        assert str(table.notes[0]) == "2 × missing size: filled with the median of the channel (rows 4, 6)"

    def test_sizes_by_the_median(self, clean):
        assert clean(f"{HEAD}\n{self.ROWS}", missing_size="median").frame["size"].tolist() == [2.0, 4.0, 4.0, 9.0, 4.0]

    def test_sizes_dropped(self, clean):
        table = clean(f"{HEAD}\n{self.ROWS}", missing_size="drop")
        assert table.frame["outlet_id"].tolist() == ["1", "2", "4"]
        assert (table.notes[0].count, table.notes[0].treatment) == (2, "dropped")

    def test_no_size_at_all_cannot_be_filled(self, refused):
        (found,) = refused(f"{HEAD}\n1,a,0,0,catering,0\n", missing_size="median")
        assert "to take a median of" in found.allowed

    def test_a_negative_size_is_never_filled(self, refused):
        assert refused(f"{HEAD}\n1,a,0,0,catering,-1\n2,a,0,0,catering,1\n", missing_size="median")[0].value == "'-1'"

    def test_duplicates(self, clean):
        table = clean(f"{HEAD}\n1,a,0,0,catering,1\n1,b,0,0,catering,2\n", duplicates="keep_first")
        assert table.frame["name"].tolist() == ["a"]
        assert (table.notes[0].kind, table.notes[0].first_five) == ("repeated outlet_id", (3,))

    def test_outside_dropped(self, clean):
        table = clean(f"{HEAD}\n1,a,0,0,catering,1\n2,b,99,0,catering,2\n", outside="drop")
        assert table.frame["outlet_id"].tolist() == ["1"]
        assert table.notes[0].kind == "outlet outside every territory"

    def test_outside_to_the_nearest(self, clean):
        table = clean(f"{HEAD}\n1,a,-99,0,catering,1\n2,b,99,0,catering,2\n", outside="nearest")
        assert table.frame["territory"].tolist() == ["A", "B"]

    def test_unknown_channels(self, clean):
        text = f"{HEAD}\n1,a,0,0,catering,1\n2,b,0,0,kiosk,2\n"
        assert clean(text, unknown_channel="drop").frame["outlet_id"].tolist() == ["1"]
        assert clean(text, unknown_channel="traditional").frame["channel"].tolist() == ["catering", "traditional"]
        assert clean(text, channels={"KIOSK": "convenience"}).frame["channel"].tolist() == ["catering", "convenience"]

    def test_everything_dropped_is_an_error(self, refused):
        (found,) = refused(f"{HEAD}\n1,a,999,0,catering,1\n", outside="drop")
        assert found.value == "no outlet"

    def test_other_mistakes_of_a_dropped_row_do_not_count(self, clean):
        table = clean(f"{HEAD}\n1,a,0,0,catering,1\n1,a,x,0,shop,-1\n", duplicates="keep_first")
        assert len(table.frame) == 1
