"""gancore env: what trains here."""

from __future__ import annotations

import contextlib
import os
import platform
from dataclasses import asdict
from pathlib import Path

import typer

from gancore.cli.common import JsonOption, StoreOption, print_json
from gancore.words import short


def env(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show versions, the machine, the store, plug-ins, and whether training is possible here."""
    from gancore import plugins
    from gancore.config import RESULTS_VERSION
    from gancore.jobs import pool
    from gancore.recording.recorder import versions
    from gancore.store import default_root
    from gancore.training import devices

    root = store or default_root()
    facts = {
        **versions(),
        "results_version": RESULTS_VERSION,
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "device": devices.kind(),
        "free_memory_gb": short(pool.free_memory() / 1e9, 3),
        "workers": pool.default_workers(),
        "store": str(root),
        "training": pool.unavailable() or _unwritable(root) or "available",
    }
    found = plugins.load()
    if as_json:
        print_json(facts | {"plugins": [asdict(plugin) for plugin in found]})
        return
    facts |= {
        f"plug-in {plugin.name}": f"{plugin.package} {plugin.version}, {plugin.module}"
        + (f": left out, {plugin.problem}" if plugin.problem else "")
        for plugin in found
    }
    width = max(map(len, facts))
    for name, value in facts.items():
        typer.echo(f"{name.ljust(width)}  {value}")


def _unwritable(root: Path) -> str:
    """Why nothing can be stored there, or an empty text; a folder that this had to create is taken away again."""
    from gancore.store import Store, StoreError

    created = [folder for folder in (root, *root.parents) if not folder.exists()]
    try:
        Store(root).writable_or_error()
    except StoreError as error:
        return str(error)
    finally:
        for folder in created:
            with contextlib.suppress(OSError):
                folder.rmdir()
    return ""
