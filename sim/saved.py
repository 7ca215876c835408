"""Saved markets: all moving columns, tables and panels in one byte string, with a header and a checksum in front.

The checksum comes first because damaged bytes fail in too many ways to be told from a defect: a state that is cut or
has a flipped bit is refused before anything is read from it.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim._version import __version__
from sim.errors import StateError
from sim.ledger.recorder import Recorder
from sim.scenario.resolved import scenario_hash
from sim.scenario.schema import Scenario
from sim.world.world import World

Array = NDArray[Any]
FORMAT = 3
DIGEST_BYTES = hashlib.sha256().digest_size


def pack(world: World, recorder: Recorder, header: Mapping[str, Any]) -> bytes:
    """Return the state as bytes.

    Parameters
    ----------
    world, recorder : the market and what was written down.
    header : plain JSON values of the session; `day` is the number of days recorded.
    """
    day = header["day"]
    header = {
        **header,
        "format": FORMAT,
        "version": __version__,
        "scenario": scenario_hash(world.scenario.model_copy(update={"seed": 1})),
    }
    arrays: dict[str, Array] = {"header": np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)}
    arrays |= {f"column/{name}": column for name, column in world.dynamic()}
    for name, table in world.tables.items():
        arrays |= {f"table/{name}/{field}": values for field, values in table.columns().items()}
    arrays |= {f"record/{name}": array[:day] for name, array in recorder.arrays().items()}
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    content = buffer.getvalue()
    return hashlib.sha256(content).digest() + content


def unpack(
    saved: bytes, scenario: Scenario
) -> tuple[dict[str, Any], dict[str, Array], dict[str, dict[str, Array]], dict[str, Array]]:
    """Return (header, columns, tables, recorded arrays) of a saved state.

    Raises
    ------
    StateError
        When the bytes are damaged, or come from another version or scenario.
    """
    content = saved[DIGEST_BYTES:]
    if hashlib.sha256(content).digest() != saved[:DIGEST_BYTES]:
        raise StateError(f"the saved state can't be read: its {len(saved)} bytes are damaged or not a saved state")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    header = json.loads(arrays.pop("header").tobytes())
    if header["format"] != FORMAT or header["version"] != __version__:
        raise StateError(f"the state was saved by version {header['version']}, this is {__version__}")
    if header["scenario"] != scenario_hash(scenario.model_copy(update={"seed": 1})):
        raise StateError("the state was saved from another scenario")
    columns: dict[str, Array] = {}
    recorded: dict[str, Array] = {}
    tables: dict[str, dict[str, Array]] = {}
    for name, array in arrays.items():
        kind, _, rest = name.partition("/")
        if kind == "column":
            columns[rest] = array
        elif kind == "record":
            recorded[rest] = array
        else:
            table, _, field = rest.partition("/")
            tables.setdefault(table, {})[field] = array
    return header, columns, tables, recorded
