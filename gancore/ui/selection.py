"""What an Ablation page is about: the one thing that each of its sections takes."""

from __future__ import annotations

from dataclasses import dataclass

from gancore.config import RunConfig
from gancore.store import Store
from gancore.studies import Study, Variant
from gancore.studies.contents import contents_of
from gancore.viewer import EACH, TOGETHER

DEFAULT_METRIC = "w1_excess"


@dataclass(frozen=True, eq=False)
class Selection:
    """What is chosen on the page; ``dataclasses.replace`` gives a section a different view of the same."""

    store: Store
    study: Study
    seeds: int
    """Seeds of every variant that are used: 0, 1, ..."""
    pick: str = "median"
    """Whose points stand for a variant: median, best, worst, each, all, or a seed's number."""
    rows: tuple[str, ...] | None = None
    """Factors whose levels are the rows of the grid; None leaves that to the grid."""
    metric: str = DEFAULT_METRIC
    """What effects are judged by."""
    claim: str = "all"
    """Number of the claim whose comparison alone is shown, from 1, or ``all``."""
    shown: tuple[str, ...] | None = None
    """Names of the variants that the page is about; None for all of the study."""
    pair: tuple[str, str] | None = None
    """Names of the two arms that show the claim; None without one."""
    embedded: bool = False
    """Whether the page stands within another site, where it has no choices of its own."""

    @property
    def variants(self) -> list[Variant]:
        """The variants that the page is about."""
        return list(self.study.variants) if self.shown is None else [self.study.variant(name) for name in self.shown]

    @property
    def single(self) -> str:
        """The seed that stands for a variant where only one can."""
        return "median" if self.pick in (EACH, TOGETHER) else self.pick

    @property
    def configs(self) -> list[RunConfig]:
        """Every run of the study with these seeds."""
        return list(self.study.configs(self.seeds))

    def contents(self) -> tuple[str, str]:
        """What is stored of the study now, which whatever is computed of it is kept by."""
        return contents_of(self.store, self.study, self.seeds)
