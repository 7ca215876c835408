"""What every part of the scenario schema shares: the frozen base model and the documented field."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

ASSUMPTION = "assumption"


class Spec(BaseModel):
    """A frozen part of a scenario; unknown keys, infinities and NaN are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


def quantity(
    default: Any = ...,
    text: str = "",
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
    unit : unit of measurement; "1" is a pure number, "-" a name or a choice.
    source : where the default comes from; a default without evidence says "assumption".
    factory : default factory, for lists and nested parts, instead of `default`.
    bounds : `ge`, `gt`, `le`, `lt`, `min_length`, `max_length`, `pattern`, as in pydantic.
    """
    extra: dict[str, Any] = {"unit": unit, "source": source}
    if factory is not None:
        return Field(default_factory=factory, description=text, json_schema_extra=extra, **bounds)
    return Field(default, description=text, json_schema_extra=extra, **bounds)


IDENTIFIER = r"^[^\s,;]+$"
