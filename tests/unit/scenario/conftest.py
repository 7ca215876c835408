from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sim.errors import InputError, Problem
from sim.scenario.load import load_scenario


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Write a file into the test's folder and return its path."""

    def _write(text: str | bytes, name: str = "s.yaml") -> str:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file)

    return _write


@pytest.fixture
def problems(write: Callable[..., str]) -> Callable[..., list[Problem]]:
    """Load a scenario text that must be refused, and return its problems."""

    def _problems(text: str | bytes, sets: Sequence[str] = ()) -> list[Problem]:
        with pytest.raises(InputError) as caught:
            load_scenario(write(text), sets)
        return caught.value.problems

    return _problems
