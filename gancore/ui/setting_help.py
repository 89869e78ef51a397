"""What stands behind the question mark of a setting."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Literal

from pydantic.fields import FieldInfo

from gancore.config import Choice, Dataset, describe_type
from gancore.datasets import named
from gancore.ui.text import escaped


def help_of(path: str, info: FieldInfo, family: type[Choice] | None) -> str:
    """The setting's description, what is allowed, and its name on the command line."""
    limits: Mapping[str, str] = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    bounds = [
        f"{words} {getattr(item, name):,}"
        for item in info.metadata
        for name, words in limits.items()
        if getattr(item, name, None) is not None
    ]
    if family:
        described = "  \n".join(
            f"`{kind}`: {escaped((member.__doc__ or '').strip().splitlines()[0])}"
            for kind, member in sorted(family.registry.items())
            if member.__doc__
        )
        if family is Dataset:
            constants = (f"`{c.name}`: {escaped(c.definition)} ({escaped(c.source)})" for c in named.NAMED.values())
            described = "  \n".join([described, *constants])
        return f"{described}\n\nSetting: `{path}`"
    kind = "" if typing.get_origin(info.annotation) is Literal else describe_type(info.annotation)
    allowed = ", ".join([piece for piece in [kind if kind.isascii() else "", *bounds] if piece])
    text = escaped(info.description or "")
    return f"{text}{f' ({allowed})' if allowed else ''}\n\nSetting: `{path}`"
