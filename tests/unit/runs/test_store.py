"""Put and get, damage, the catalogue, a full disk."""

from __future__ import annotations

import errno
import math
import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from sim.errors import InputError, StoreError
from sim.runs.store import Store, contents, files, tables
from sim.runs.store import store as store_module
from sim.runs.store.tables import export
from tests.unit.runs.made import FACTS, arms, assert_same, key


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def file_of(store: Store, number: int) -> Path:
    (row,) = store.rows("key = ?", (key(number),))
    return store.folder / row.file


class TestPutAndGet:
    def test_what_was_put_comes_back_to_the_last_bit(self, store: Store) -> None:
        for number, decisions in enumerate((2, 0, 5)):
            store.put(key(number), arms(number + 0.1, decisions=decisions), FACTS)
        for opened in (store, Store(store.folder), Store(store.folder, look=False)):
            for number, decisions in enumerate((2, 0, 5)):
                assert_same(opened.get(key(number)), arms(number + 0.1, decisions=decisions))

    def test_what_is_not_there(self, store: Store) -> None:
        store.put(key(1), arms(), FACTS)
        assert store.get(key(2)) is None
        assert store.known([key(1), key(2)]) == {key(1)}
        assert store.known([]) == set()
        assert store.read([]) == {}

    def test_the_catalogue_knows_where_a_run_came_from(self, store: Store) -> None:
        store.put(key(1), arms(), replace(FACTS, seconds=1.5))
        (row,) = store.ls()
        assert (row.scenario, row.strategy, row.seed, row.replication) == ("made", FACTS.strategy, 7, 3)
        assert (row.seconds, row.status, row.kind) == (1.5, "finished", "runs")
        assert row.checksum in row.file

    def test_a_run_is_replaced_by_one_with_more_kpis_only(self, store: Store) -> None:
        store.put(key(1), arms(1), FACTS)
        first = file_of(store, 1)
        store.put(key(1), arms(2), FACTS)
        assert_same(store.get(key(1)), arms(1))
        wider = arms(3, ("share", "profit", "calls"))
        store.put(key(1), wider, FACTS)
        assert_same(store.get(key(1)), wider)
        assert not first.exists()
        other = arms(3, ("profit", "reach"))
        store.put(key(1), other, FACTS)
        kept = store.get(key(1))
        assert kept is not None
        assert kept.values.keys() == {"share", "profit", "calls", "reach"}, "another question takes nothing away"
        assert kept.values["calls"] == wider.values["calls"]
        assert len(store.ls()) == 1

    def test_a_failed_run_is_kept_until_it_finishes(self, store: Store) -> None:
        store.failed(key(1), "Traceback\n  line 3\nLedgerError: goods lost\n", FACTS)
        (row,) = store.ls(failed=True)
        assert (row.status, row.error, row.seed) == ("failed", "LedgerError: goods lost", 7)
        assert "line 3" in store.error_of(row)
        assert store.known([key(1)]) == set()
        store.failed(key(1), "other", FACTS)
        assert [row.error for row in store.ls(failed=True)] == ["other"]
        store.put(key(1), arms(), FACTS)
        assert store.ls(failed=True) == []

    def test_a_key_by_its_beginning(self, store: Store) -> None:
        for number in range(40):
            store.put(key(number), arms(), FACTS)
        assert store.find(key(5)[:10]).key == key(5)
        wrong = key(5)[:9] + ("0" if key(5)[9] != "0" else "1")
        with pytest.raises(InputError, match=f"did you mean '{key(5)[:10]}'"):
            store.find(wrong)
        with pytest.raises(InputError, match="begins 40 keys"):
            store.find("")


class TestDamage:
    @pytest.mark.parametrize("place", [4, 2000, -5])
    def test_a_flipped_byte_is_found_named_and_set_aside(self, store: Store, place: int) -> None:
        for number in (1, 2):
            store.put(key(number), arms(number), FACTS)
        file = file_of(store, 1)
        content = bytearray(file.read_bytes())
        content[place] ^= 1
        file.write_bytes(content)
        assert set(store.read([key(1), key(2)])) == {key(2)}
        assert store.set_aside == [str(store.folder / "quarantine" / file.name)]
        assert Path(store.set_aside[0]).read_bytes() == content
        assert store.known([key(1), key(2)]) == {key(2)}
        store.put(key(1), arms(1), FACTS)
        assert_same(store.get(key(1)), arms(1))

    def test_verify_and_rebuild_find_it_too(self, store: Store) -> None:
        for number in (1, 2, 3):
            store.put(key(number), arms(number), FACTS)
        for number, check in ((1, store.verify), (2, store.rebuild)):
            file = file_of(store, number)
            file.write_bytes(file.read_bytes()[:-1])
            check()
            assert store.known([key(number)]) == set()
        assert len(store.set_aside) == 2
        assert_same(store.get(key(3)), arms(3))

    def test_a_file_that_is_gone_is_a_run_that_is_not_there(self, store: Store) -> None:
        store.put(key(1), arms(), FACTS)
        file_of(store, 1).unlink()
        assert store.get(key(1)) is None
        assert store.set_aside == []
        assert store.known([key(1)]) == set()

    def test_only_sealed_names_are_runs(self, store: Store) -> None:
        store.put(key(1), arms(), FACTS)
        (file_of(store, 1).parent / "half.parquet").write_bytes(b"PAR1")
        (store.folder / "tmp" / "999-x").write_bytes(b"PAR1")
        assert [row.key for row in Store(store.folder).ls()] == [key(1)]


class TestCatalogue:
    @pytest.fixture
    def filled(self, store: Store) -> Store:
        for number in range(5):
            store.put(key(number), arms(number), FACTS.now())
        store.failed(key(9), "boom", FACTS.now())
        return store

    def test_it_is_rebuilt_equal_when_it_is_deleted(self, filled: Store) -> None:
        before = filled.rows()
        filled.close()
        for file in filled.folder.glob("catalogue.sqlite*"):
            file.unlink()
        assert Store(filled.folder).rows() == before

    def test_it_is_rebuilt_equal_when_it_is_no_database(self, filled: Store) -> None:
        before = filled.rows()
        filled.close()
        (filled.folder / "catalogue.sqlite").write_bytes(b"not a database" * 1000)
        again = Store(filled.folder)
        assert again.rows() == before
        assert again.set_aside

    def test_one_of_an_older_layout_is_made_anew_with_the_kpi_values(self, filled: Store) -> None:
        before = filled.rows()
        filled.close()
        with sqlite3.connect(filled.folder / "catalogue.sqlite") as database:
            database.execute("ALTER TABLE files DROP COLUMN kpis")
            database.execute("PRAGMA user_version = 0")
        again = Store(filled.folder)
        assert again.rows() == before
        assert again.kpis([key(4)])[key(4)]["profit"] == 4 + 1 / 3
        assert math.isnan(again.kpis([key(4)])[key(4)]["share"])

    def test_a_file_that_says_nothing_this_version_reads_counts_as_old(self, filled: Store) -> None:
        content = b'{"facts": {"strategy": "a", "colour": "red"}, "error": "boom"}'
        file = filled.folder / "failed" / "ab" / f"{key(77)}.{files.checksum(content)}.json"
        file.parent.mkdir()
        file.write_bytes(content)
        (row,) = Store(filled.folder).older()
        assert (row.key, row.strategy, row.model_version) == (key(77), "a", 0)

    def test_kpi_values_are_those_of_the_file_even_when_it_is_changed(self, filled: Store) -> None:
        file = file_of(filled, 2)
        content = file.read_bytes()
        file.write_bytes(content)
        assert filled.kpis([key(2)])[key(2)]["profit"] == 2 + 1 / 3
        file.write_bytes(content[:-1])
        assert filled.kpis([key(2), key(3)]).keys() == {key(3)}
        assert len(filled.set_aside) == 1

    def test_a_line_that_was_lost_comes_back(self, filled: Store) -> None:
        before = filled.rows()
        filled._catalogue.drop([before[2].file])
        assert len(filled.rows()) == len(before) - 1
        assert Store(filled.folder).rows() == before


class TestFullDisk:
    """No test can fill the disk, so the errors that a full one gives are raised where they arise."""

    def check(self, store: Store) -> None:
        with pytest.raises(StoreError, match="the disk is full; finished runs are kept"):
            store.put(key(2), arms(2), FACTS)

    @pytest.fixture
    def full(self, store: Store) -> Store:
        store.put(key(1), arms(1), FACTS)
        return store

    def test_while_syncing(self, full: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(files, "sync", fail)
            self.check(full)
        self.nothing_is_lost(full)

    def test_while_duckdb_writes(self, full: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_arms: object, _facts: object, file: Path) -> None:
            file.write_bytes(b"PAR1")
            raise duckdb.IOException('Could not write file "x": No space left on device')

        with monkeypatch.context() as patch:
            patch.setattr(store_module, "write_arms", fail)
            self.check(full)
        self.nothing_is_lost(full)

    def nothing_is_lost(self, store: Store) -> None:
        assert list((store.folder / "tmp").iterdir()) == []
        again = Store(store.folder)
        assert again.known([key(1), key(2)]) == {key(1)}
        again.put(key(2), arms(2), FACTS)
        assert_same(again.get(key(2)), arms(2))

    def test_another_error_is_not_called_a_full_disk(self, tmp_path: Path) -> None:
        (tmp_path / "store").write_text("a file where the folder should be")
        with pytest.raises(StoreError, match="File exists"):
            Store(tmp_path / "store")


def test_sql_and_export(store: Store, tmp_path: Path) -> None:
    assert store.sql("SELECT count(*) AS n FROM outcomes")["n"].tolist() == [0]
    for number in range(3):
        store.put(key(number), arms(number), replace(FACTS, replication=number))
    query = "SELECT replication, value FROM outcomes WHERE kpi = 'profit' ORDER BY replication"
    assert store.sql(query)["value"].tolist() == pytest.approx([1 / 3, 4 / 3, 7 / 3])
    with pytest.raises(StoreError, match="nothing"):
        store.sql("SELECT * FROM nothing")
    written = export(store, tmp_path / "out")
    assert [file.stem for file in written] == ["runs", "outcomes", "territories", "daily", "decisions", "dose"]
    daily = tables.connection().execute(f"SELECT * FROM '{written[3]}'").df()
    assert len(daily) == 90
    assert set(daily["strategy"]) == {FACTS.strategy}


def test_gc_removes_what_no_command_reads(store: Store) -> None:
    store.put(key(1), arms(), FACTS)
    store.put(key(2), arms(), replace(FACTS, model_version=-1))
    store.put(key(3), arms(3), FACTS)
    file_of(store, 3).write_bytes(b"")
    store.verify()
    left = store.folder / "tmp" / "999999999-x"
    left.write_bytes(b"x")
    mine = store.folder / "tmp" / f"{os.getpid()}-x"
    mine.write_bytes(b"x")
    memory = store.folder / "sweeps" / "old.npz"
    memory.parent.mkdir()
    memory.write_bytes(b"x")
    reasons = sorted(piece.reason for piece in contents.rubbish(store))
    assert [reason.split()[0] for reason in reasons] == ["damaged,", "left", "of", "of"]
    assert len(contents.collect(store)) == 4
    assert [row.key for row in store.rows()] == [key(1)]
    assert not left.exists()
    assert mine.exists()
    assert not memory.exists()
    assert contents.rubbish(store) == []
