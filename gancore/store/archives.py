"""Members of a zip file from a stranger: none takes more memory than it says, and it says so before it is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from gancore.config import quoted, shortened
from gancore.store.errors import Damaged

END = b"PK\x05\x06"
END_SIZE = 22
END_64 = b"PK\x06\x07"
END_64_SIZE = 20
ENTRY = 46
"""Bytes that a member takes in the list of members, besides its name."""
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
"""What zipfile raises on damaged bytes."""


def open_archive(data: Any, most: int, longest: int = 128) -> zipfile.ZipFile:
    """A zip file of at most ``most`` members with names of ``longest`` bytes; raises Damaged.

    ``data`` is bytes, or a file mapped into memory. The list of members takes ten times its size once it is read, so
    its size is looked up first: at the very end, where gancore's files, which have no comment and are below 4 GB, say
    it.
    """
    end = bytes(data[-END_SIZE:])
    if len(end) < END_SIZE or end[:4] != END or end[-2:] != b"\0\0":
        raise Damaged("it does not end as a zip file without a comment does")
    if bytes(data[-END_SIZE - END_64_SIZE : -END_SIZE])[:4] == END_64:
        raise Damaged("it is a zip file of more than 4 GB, by its own words")
    if int.from_bytes(end[12:16], "little") > most * (ENTRY + longest):
        raise Damaged(f"its list of members is longer than {most:,} of them take")
    try:
        return zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data)
    except BROKEN as error:
        raise Damaged(shortened(str(error), 200)) from None


def read_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A member's bytes; raises Damaged where they are more than the list of members says, or not as they were."""
    try:
        # ``archive.read`` would unpack all that is there, and look at its size afterwards.
        with archive.open(entry) as member:
            data = member.read(entry.file_size)
            if member.read(1):
                raise Damaged("it is larger than the list of members says")
    except Damaged:
        raise
    except BROKEN as error:
        raise Damaged(shortened(str(error), 200)) from None
    if len(data) != entry.file_size:
        raise Damaged("it is smaller than the list of members says")
    return data


def check_entry(entry: zipfile.ZipInfo) -> None:
    """Raise Damaged where a member is not a plain one, stored or deflated."""
    if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Damaged(f"{quoted(entry.filename)} is encrypted or packed in an unknown way")
