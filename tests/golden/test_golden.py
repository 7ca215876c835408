"""An unchanged scenario gives unchanged numbers, exactly; see `tests.golden.refresh` for a change that is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim._version import MODEL_VERSION
from tests.golden import refresh as golden
from tests.golden.refresh import MARKETS, current, difference, file_of, refresh, stored, version_of


@pytest.mark.parametrize("name", MARKETS)
def test_every_indicator_is_what_it_was(name: str) -> None:
    assert file_of(name).exists(), f"{file_of(name).name} is missing: python -m tests.golden.refresh"
    changes = difference(stored(name), current(name))
    advice = "results changed; if that is meant: raise MODEL_VERSION, python -m tests.golden.refresh\n"
    assert not changes, advice + "\n".join(changes[:20])


@pytest.mark.parametrize("name", MARKETS)
def test_the_golden_values_are_of_this_version_of_the_model(name: str) -> None:
    assert version_of(name) == str(MODEL_VERSION), "python -m tests.golden.refresh"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Golden values of a made-up market, version 7."""
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    monkeypatch.setattr(golden, "MODEL_VERSION", 7)
    assert refresh("m", lambda _: {"share.0": "0.5"}) == ["share.0: nothing -> 0.5"]
    return tmp_path / "m.csv"


def test_other_results_are_not_written_under_the_same_version(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = elsewhere.read_bytes()
    for other in ({"share.0": "0.6"}, {"new.0": "1.0"}):
        with pytest.raises(ValueError, match="raise it"):
            refresh("m", lambda _, other=other: other)
    assert elsewhere.read_bytes() == before
    monkeypatch.setattr(golden, "MODEL_VERSION", 8)
    refresh("m", lambda _: {"share.0": "0.6"})
    assert (stored("m"), version_of("m")) == ({"share.0": "0.6"}, "8")


def test_a_new_indicator_needs_no_new_version(elsewhere: Path) -> None:
    assert refresh("m", lambda _: {"share.0": "0.5", "new.0": "1.0"}) == ["new.0: nothing -> 1.0"]
    assert elsewhere.read_text().startswith("model_version,7\n")
