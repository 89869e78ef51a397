"""The store: finished runs on disk, and bundles of them in one file."""

from __future__ import annotations

from gancore.store.bundle import Bundle
from gancore.store.bundles import gallery_bundles, import_bundle, imported_bundles, write_bundle
from gancore.store.errors import BundleError, Problem, RunMissing, StoreError
from gancore.store.points import KeptPoints, PointFiles
from gancore.store.record import StoredRun
from gancore.store.references import references_key
from gancore.store.store import Scope, Store, default_root

__all__ = [
    "Bundle",
    "BundleError",
    "KeptPoints",
    "PointFiles",
    "Problem",
    "RunMissing",
    "Scope",
    "Store",
    "StoreError",
    "StoredRun",
    "default_root",
    "references_key",
    "gallery_bundles",
    "import_bundle",
    "imported_bundles",
    "write_bundle",
]
