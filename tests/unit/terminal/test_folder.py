from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sim.terminal.folder import new_run_id, run_folder


def keep(place: Path) -> None:
    (place / "scenario.yaml").write_text("name: x\n")


def test_the_id_is_the_time_and_the_hash():
    assert new_run_id("0123456789abcdef", datetime(2026, 1, 5, 8, 15, tzinfo=UTC)) == "20260105-081500-01234567"


def test_the_final_name_appears_only_at_the_end(tmp_path):
    with run_folder(tmp_path, "r", keep) as folder:
        (folder.partial / "a").write_text("1")
        assert not folder.final.exists()
        assert folder.partial.name.startswith(".")
    assert (tmp_path / "r" / "a").read_text() == "1"
    assert [p.name for p in tmp_path.iterdir()] == ["r"]


def test_two_at_once_get_two_names(tmp_path):
    with run_folder(tmp_path, "r", keep) as one, run_folder(tmp_path, "r", keep) as other:
        assert one.final != other.final
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r", "r-2"]


def test_a_failure_is_kept_as_failed(tmp_path):
    def fail() -> None:
        with run_folder(tmp_path, "r", keep) as folder:
            (folder.partial / "half").write_text("1")
            raise ValueError("why")

    with pytest.raises(ValueError, match="why"):
        fail()
    assert [p.name for p in tmp_path.iterdir()] == ["r.failed"]
    assert sorted(p.name for p in (tmp_path / "r.failed").iterdir()) == ["error.txt", "scenario.yaml"]


def test_ctrl_c_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), run_folder(tmp_path, "r", keep):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
