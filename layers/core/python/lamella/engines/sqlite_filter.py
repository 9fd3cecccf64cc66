"""A filter as SQL, as far as the columns of `docs` can tell; the rest is left to `matches`."""

from __future__ import annotations

from dataclasses import dataclass, field

from lamella.filters import All, Either, Filter, Leaf, Not, Scalar, all_of

COLUMNS = ("id", "layer", "kind", "user_id", "agent_id", "app_id", "session_id")
"""The fields of a Record that are columns of `docs`; all are single strings, compared exactly."""


@dataclass(slots=True)
class Translation:
    """`sql` is a condition on the row `d` with `values` bound by name; `rest` is what it leaves.

    The filter holds where both `sql` and `rest` do.
    """

    sql: str = "TRUE"
    values: dict[str, Scalar | None] = field(default_factory=dict)
    rest: Filter | None = None


def translate(where: Filter | None) -> Translation:
    """Splits the conjunction at the top of `where` into SQL and what SQL can't say."""
    translation = Translation()
    for part in where.parts if isinstance(where, All) else (where,):
        if part is not None and _tells(part):
            translation.sql += f" AND {_sql(part, translation.values)}"
        else:
            translation.rest = all_of(translation.rest, part)
    return translation


def _tells(where: Filter) -> bool:
    match where:
        case Leaf(field, op, value):
            wanted = value if isinstance(value, tuple) else (value,)
            plain = op == "present" or all(type(one) is str for one in wanted)
            return field[0] in COLUMNS and op in ("eq", "in", "present") and plain
        case Not(part):
            return _tells(part)
        case All(parts) | Either(parts):
            return all(_tells(part) for part in parts)


def _sql(where: Filter, values: dict[str, Scalar | None]) -> str:
    """The condition in brackets, true or false and never NULL, so that NOT may stand before it."""
    match where:
        case Leaf(field, "present"):
            return f"(d.{field[0]} IS NOT NULL)"
        case Leaf(field, _, value):
            wanted = value if isinstance(value, tuple) else (value,)
            return f"({' OR '.join(_equals(field[0], one, values) for one in wanted)})"
        case Not(part):
            return f"(NOT {_sql(part, values)})"
        case All(parts):
            return f"({' AND '.join(_sql(part, values) for part in parts)})"
        case Either(parts):
            return f"({' OR '.join(_sql(part, values) for part in parts)})"


def _equals(column: str, wanted: Scalar | None, values: dict[str, Scalar | None]) -> str:
    name = f"where{len(values)}"
    values[name] = wanted
    return f"d.{column} IS :{name}"
