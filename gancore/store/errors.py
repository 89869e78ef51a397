"""What can be wrong with a store, a stored run or a bundle."""

from __future__ import annotations

from dataclasses import dataclass


class StoreError(ValueError):
    """A store that cannot be used as asked, said in one sentence that names the folder."""


class RunMissing(StoreError):
    """A run whose files turned out to be damaged or gone while they were read; it counts as not trained."""


class BundleError(ValueError):
    """A bundle that cannot be trusted or read, with the file's name and the reason."""


class Damaged(ValueError):
    """A stored file that is not what was written; the store puts the run in quarantine."""


class Unreadable(ValueError):
    """A sound run that this version cannot read (a newer gancore made it); it is left where it is."""


@dataclass(frozen=True)
class Problem:
    """One run that ``Store.verify`` or ``Store.unreadable`` found unusable."""

    run_id: str
    """The run's id (the name of its folder)."""
    reason: str
    """What is wrong and what happens next, in one sentence."""
    source: str = "store"
    """``store``, or the name of the bundle that the run is in."""
