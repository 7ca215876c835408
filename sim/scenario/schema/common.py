"""What every part of the scenario schema shares: the frozen base model and the documented field."""

from __future__ import annotations

import re
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

ASSUMPTION = "assumption"


class Spec(BaseModel):
    """A frozen part of a scenario; unknown keys, infinities and NaN are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


def quantity(
    default: Any = ...,
    text: str = "",
    domain: str = "",
    *,
    unit: str = "1",
    source: str = ASSUMPTION,
    factory: Any = None,
    **bounds: Any,
) -> Any:
    """Declare a documented field.

    Parameters
    ----------
    default : the default value; `...` makes the field required.
    text : one sentence that says what the field is.
    domain : bounds and unit, such as "(0, 200] km/h", "[0, 1]" or "days"; stands for `unit`, `ge`, `gt`, `le` and `lt`.
    unit : unit of measurement; "1" is a pure number, "-" a name or a choice.
    source : where the default comes from; a default without evidence says "assumption".
    factory : default factory, for lists and nested parts, instead of `default`.
    bounds : `ge`, `gt`, `le`, `lt`, `min_length`, `max_length`, `pattern`, as in pydantic.
    """
    if domain:
        interval, unit = parts_of_domain(domain)
        bounds = {**interval, **bounds}
    extra: dict[str, Any] = {"unit": unit, "source": source}
    if factory is not None:
        return Field(default_factory=factory, description=text, json_schema_extra=extra, **bounds)
    return Field(default, description=text, json_schema_extra=extra, **bounds)


def parts_of_domain(domain: str) -> tuple[dict[str, float], str]:
    """Return the bounds (`ge` or `gt`, `le` or `lt`; none without an interval) and the unit ("1" without one)."""
    found = re.fullmatch(r"([\[(])(\S+), (\S+)([\])]) ?(.*)", domain)
    if found is None:
        return {}, domain
    opening, low, high, closing, unit = found.groups()
    bounds = {"ge" if opening == "[" else "gt": _number(low), "le" if closing == "]" else "lt": _number(high)}
    return bounds, unit or "1"


def _number(written: str) -> float:
    value = float(written)
    return int(value) if value.is_integer() else value


class Placed(Spec):
    """Something with a position: kilometres in the market's own plane, or degrees where territories have them."""

    x_km: float | None = quantity(None, "Position, east.", unit="km", ge=-20000, le=20000)
    y_km: float | None = quantity(None, "Position, north.", unit="km", ge=-20000, le=20000)
    lon: float | None = quantity(None, "Position, longitude.", unit="degrees", ge=-180, le=180)
    lat: float | None = quantity(None, "Position, latitude.", unit="degrees", ge=-85, le=85)

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if (self.x_km is None) != (self.y_km is None) or (self.lon is None) != (self.lat is None):
            raise ValueError("give both x_km and y_km, or both lon and lat")
        if self.x_km is not None and self.lon is not None:
            raise ValueError("give the position as x_km and y_km, or as lon and lat, and not both")
        return self


IDENTIFIER = r"^[^\s,;]+$"
