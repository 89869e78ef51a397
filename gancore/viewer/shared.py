"""What Python and the script share, written from Python: ``python -m gancore.viewer.shared`` after a change.

``script/shared.js`` has the constants, ``script/payload.d.ts`` the types of what the script is fed.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from gancore.figures.colours import OKABE_ITO
from gancore.viewer import choices, fields, packing
from gancore.viewer.tones import TONES

WRITTEN = (
    "// Written by gancore/viewer/shared.py; edit what it is written from, and run `python -m gancore.viewer.shared`."
)
PRIMITIVES = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def constants() -> str:
    """The text of ``shared.js``."""
    values: Mapping[str, Any] = {
        "REACH": packing.REACH,
        "LARGEST": packing.LARGEST,
        "MISSING": packing.MISSING,
        "DEFAULTS": choices.DEFAULTS,
        "CHOICES": choices.CHOICES,
        "LAYERS": choices.LAYERS,
        "TONES": TONES,
        "COLOURS": len(OKABE_ITO),
    }
    lines = (
        f"export const {name} = {json.dumps(value, ensure_ascii=False, indent=2)};" for name, value in values.items()
    )
    return "\n".join([WRITTEN, *lines, ""])


def declarations() -> str:
    """The text of ``payload.d.ts``: an interface for each TypedDict of ``fields``."""
    shapes = [shape for shape in vars(fields).values() if is_typeddict(shape)]
    return "\n".join([WRITTEN, *map(_interface, shapes)])


def _interface(shape: type) -> str:
    hints = get_type_hints(shape, include_extras=True)
    return f"export interface {shape.__name__} {{\n{''.join(map(_member, hints.items()))}}}\n"


def _member(named: tuple[str, Any]) -> str:
    name, hint = named
    missing = get_origin(hint) is NotRequired
    return f"  {name}{'?' if missing else ''}: {_typed(get_args(hint)[0] if missing else hint)};\n"


def _typed(hint: Any) -> str:
    """A Python type as TypeScript writes it; raises KeyError where it has no name for it."""
    if is_typeddict(hint):
        return hint.__name__
    origin, parts = get_origin(hint), [_typed(part) for part in get_args(hint)]
    if origin in (Union, types.UnionType):
        return " | ".join(parts)
    if origin is list:
        return f"({parts[0]})[]" if "|" in parts[0] else f"{parts[0]}[]"
    if origin is dict:
        return f"Record<{parts[0]}, {parts[1]}>"
    return PRIMITIVES[hint]


FILES = {"shared.js": constants, "payload.d.ts": declarations}
"""File beside the script's modules → its text."""


if __name__ == "__main__":
    for name, text in FILES.items():
        (Path(__file__).parent / "script" / name).write_text(text(), encoding="utf-8")
