"""StoredRun: a run read back from a store or a bundle, and the JSON that describes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gancore import plugins
from gancore.config import RESULTS_VERSION, ConfigError, RunConfig, quoted, shortened, stored_config
from gancore.config.plain import is_table
from gancore.parts import identity
from gancore.recording.landscape import Landscape, landscape_of
from gancore.recording.result import RunResult
from gancore.store.codec import Snapshots, canonical, checksum, plain
from gancore.store.errors import Damaged, Unreadable
from gancore.store.plain import parse_json

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 2
"""Version of run.json and of the files beside it; 2 gives snapshots that were scored again a name of their own."""
UNKNOWN = "unknown"
"""Metrics version of runs that were stored before it was written down."""
RUN_ID = re.compile(r"[0-9a-f]{64}")
PartName = Literal["history", "scores", "snapshots", "weights", "layers"]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Text = Annotated[str, Field(max_length=200)]


class FileInfo(BaseModel):
    """Size in bytes and SHA-256 of one stored file."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    size: int = Field(ge=0)
    sha256: Digest


class RunInfo(BaseModel):
    """What run.json says; enough to list a run without opening its other files."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)
    format: int
    run_id: Digest
    results_version: int
    config: dict[str, Any]
    status: Literal["finished", "diverged"]
    steps: int = Field(ge=0)
    diverged_at: int | None
    seconds: float = Field(ge=0)
    device: Text
    versions: Annotated[dict[Text, Text], Field(max_length=50)]
    created: Text
    metrics: Annotated[dict[Text, float | None], Field(max_length=100)]
    files: Annotated[dict[Text, FileInfo], Field(max_length=20)] = {}


class Parts(Protocol):
    """Where a StoredRun gets its arrays from."""

    def load(self, info: RunInfo, part: PartName) -> Any:
        """A DataFrame, Snapshots, dict of weights, or Landscape (None where only weights are kept, or neither).

        Raises RunMissing or BundleError.
        """
        ...


@dataclass(frozen=True, eq=False)
class StoredRun:
    """A trained run; its arrays are read when they are first asked for, and checked then.

    The frames and arrays are kept and shared: copy before changing them.
    """

    info: RunInfo = field(repr=False)
    config: RunConfig
    source: str
    """``store``, or the name of the bundle that it came with."""
    parts: Parts = field(repr=False)
    shipped: bool = False
    """Whether it came with gancore itself."""

    def apart(self) -> StoredRun:
        """The same run, whose points and weights are read anew and go with it; its frames are shared.

        For reading many runs one after the other without having all of them in memory.
        """
        other = replace(self)
        for name in ("history", "scores"):
            if name in self.__dict__:
                other.__dict__[name] = self.__dict__[name]
        return other

    @property
    def run_id(self) -> str:
        """SHA-256 of the config and the results version, 64 hex digits."""
        return self.info.run_id

    @property
    def status(self) -> Literal["finished", "diverged"]:
        """diverged: a loss or weight stopped being finite."""
        return self.info.status

    @property
    def steps(self) -> int:
        """Training steps reached."""
        return self.info.steps

    @property
    def diverged_at(self) -> int | None:
        """Step at which it diverged; None for a finished run."""
        return self.info.diverged_at

    @property
    def seconds(self) -> float:
        """Wall-clock training time."""
        return self.info.seconds

    @property
    def device(self) -> str:
        """Where it was trained, such as ``cpu``."""
        return self.info.device

    @property
    def versions(self) -> dict[str, str]:
        """Versions of python, tensorflow, keras, numpy and gancore that trained it."""
        return self.info.versions

    @property
    def metrics_version(self) -> str:
        """Version of the metrics that its scores are of; ``unknown`` where it was not written down yet."""
        return self.versions.get("metrics", UNKNOWN)

    @property
    def created(self) -> str:
        """ISO 8601 time in UTC at which it was stored."""
        return self.info.created

    @property
    def metrics(self) -> dict[str, float | None]:
        """Score key → value at the last snapshot; None where it is not finite."""
        return self.info.metrics

    @cached_property
    def history(self) -> pd.DataFrame:
        """Losses and accuracies (percent), a row a log step, with column ``step``."""
        return self.parts.load(self.info, "history")

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Metrics, a row a snapshot, with column ``step``."""
        return self.parts.load(self.info, "scores")

    @cached_property
    def _snapshots(self) -> Snapshots:
        return self.parts.load(self.info, "snapshots")

    @property
    def snapshot_steps(self) -> list[int]:
        """Steps of the snapshots, S of them."""
        return self._snapshots.steps

    @property
    def end_alone(self) -> bool:
        """Whether its earlier snapshots were left out of the bundle that it came with, so that the last is all."""
        return len(self.snapshot_steps) == 1 < len(self.scores)

    @property
    def snapshots(self) -> np.ndarray:
        """Generated points, float32 [S, P, 2]; P is 2,000, or fewer in a bundle (the first ones)."""
        return self._snapshots.points

    @property
    def final(self) -> np.ndarray:
        """The last snapshot with all its points, float32 [2000, 2]; where it alone was kept, the first 1,000."""
        return self._snapshots.final

    @property
    def raw_snapshots(self) -> np.ndarray | None:
        """The raw generator's points as ``snapshots``, where those are of averaged weights; None otherwise."""
        return self._snapshots.raw

    @property
    def raw_final(self) -> np.ndarray | None:
        """The raw generator's points as ``final``; None where no weights are averaged."""
        return self._snapshots.raw_final

    @cached_property
    def weights(self) -> dict[str, np.ndarray]:
        """``generator/0/kernel`` [in, out], ...; empty where a bundle leaves them out. Where a generator's weights are
        averaged, these are the average and ``raw_generator/0/kernel``, ... the trained ones."""
        return self.parts.load(self.info, "weights")

    @cached_property
    def landscape(self) -> Landscape | None:
        """What its networks say: computed from its weights, or as a bundle keeps it (with int8 logits).

        None where there are no weights or not this configuration's, where an old bundle has no landscape, where a run
        has diverged so far that they are not finite, and where nothing trained the discriminator.
        """
        if not self.config.loss.judged:
            return None
        if not self.weights:
            return self.parts.load(self.info, "layers")
        try:
            landscape = landscape_of(self.config, self.weights)
        except ConfigError:
            return None
        return landscape if landscape.finite else None


def describe(result: RunResult, files: Mapping[str, bytes]) -> RunInfo:
    """The RunInfo of a result that is stored as these files."""
    return RunInfo(
        format=FORMAT,
        run_id=result.config.run_id,
        results_version=RESULTS_VERSION,
        config=identity(result.config),
        status=result.status,
        steps=int(result.steps),
        diverged_at=None if result.diverged_at is None else int(result.diverged_at),
        seconds=float(result.seconds),
        device=result.device,
        versions=dict(result.versions),
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        metrics={key: plain(values[-1]) for key, values in result.metrics.items()},
        files={name: FileInfo(size=len(data), sha256=checksum(data)) for name, data in files.items()},
    )


def write_info(info: RunInfo) -> bytes:
    """run.json: the info and, so that a changed number is noticed, its own checksum."""
    data = info.model_dump(mode="json")
    return canonical(data | {"sha256": checksum(canonical(data))})


def read_info(data: bytes) -> RunInfo:
    """The info in run.json; raises Damaged, or Unreadable when a newer gancore wrote it."""
    content = parse_json(data)
    if not is_table(content):
        raise Damaged("it is not a JSON object")
    rest = {name: value for name, value in content.items() if name != "sha256"}
    if content.get("sha256") != checksum(canonical(rest)):
        raise Damaged("it has changed since it was written (its checksum differs)")
    return validate_info(rest)


def validate_info(content: Any) -> RunInfo:
    """Plain data → RunInfo whose id is the hash of its config; raises Damaged or Unreadable."""
    made = content.get("format") if is_table(content) else None
    if isinstance(made, int) and made > FORMAT:
        raise Unreadable(f"it has format {made} and this gancore reads up to {FORMAT}; update gancore, or remove it")
    try:
        info = RunInfo.model_validate(content)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = shortened(".".join(map(str, problem["loc"])))
        raise Damaged(f"{where}: {quoted(problem['input'])} is not allowed; {problem['msg']}") from None
    # The same recipe as RunConfig.run_id, on the config as stored, so that older versions can be checked too.
    resolved = {"config": info.config, "results_version": info.results_version}
    if checksum(canonical(resolved)) != info.run_id:
        raise Damaged("its run_id is not the hash of its config")
    return info


def config_of(info: RunInfo) -> RunConfig:
    """The stored config; raises Unreadable where this version does not know a setting or value."""
    try:
        return stored_config(info.config)
    except ConfigError as error:
        raise Unreadable(_unknown(info, error)) from None


def _unknown(info: RunInfo, error: ConfigError) -> str:
    """Why a stored config cannot be read here, and what to do."""
    needed, reason = plugins.named_in(info.versions), shortened(str(error), 300)
    if needed:
        names = shortened(" and ".join(needed), 300)
        return f"it was made with the plug-in {names}, which this installation lacks ({reason}); install it"
    maker = shortened(info.versions.get("gancore", "of another version"))
    return (
        f"gancore {maker} made it with settings that this version does not know ({reason}); "
        "update gancore, or remove it"
    )
