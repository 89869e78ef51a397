"""TensorBoard logs with the question's tags, written without TensorFlow.

Losses and accuracies are means over the steps since the row before. The question's script logs what ``train_on_batch``
gives: a batch's own values from Keras 3.15 on, and with older versions the means over all of its calls so far.
"""

from __future__ import annotations

import io
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from gancore.analysis.summaries import HEADLINE, headline
from gancore.config import differing, flatten
from gancore.figures.placing import one_line
from gancore.report.base import Report, Say, add_format
from gancore.report.folders import short_names
from gancore.report.images import snapshot_images
from gancore.store import StoredRun
from gancore.words import OTHER_CURVES

TAGS = {
    "d_loss": "loss/D_loss",
    "d_loss_real": "D_loss/D_loss_real",
    "d_loss_fake": "D_loss/D_loss_fake",
    "d_acc": "loss/Acc",
    "d_acc_real": "D_loss/Acc_real",
    "d_acc_fake": "D_loss/Acc_fake",
    "g_loss": "loss/G_loss",
}
"""History column → tag, as the question's script names them; accuracies in percent."""
PENALTY_TAG = "D_loss/Gradient_penalty"
"""The tag of a penalty's value, which the question's script has none of."""
METRIC_TAGS = tuple(f"metrics/{key}" for key in ("learned", *HEADLINE))
"""Scalars that the HParams dashboard shows of curves, at the end of training."""
OPTIONS = "--samples_per_plugin images=1000"
"""Without it TensorBoard's page keeps 10 random images of a tag, and its reader 4; a run has up to 1,000."""


EVENTS = "events.out.tfevents.0000000000.gancore"
"""Name of the event file: always the same, so that writing a report again replaces it, and without the machine's."""


def opened_with(folder: Path) -> str:
    """The command that shows logs with all their images."""
    return shlex.join(["tensorboard", "--logdir", str(folder)]) + f" {OPTIONS}"


@dataclass(frozen=True)
class Session:
    """What TensorBoard's HParams dashboard shows of a run; runs of one variant are a group there."""

    variant: str
    settings: Mapping[str, Any]
    """Setting → value; what differs between the study's variants."""
    all_settings: Mapping[str, Any]
    """Every setting that any variant of the study has, with an example: TensorBoard reads the list from one run."""
    shown: tuple[str, ...] = METRIC_TAGS
    """Scalars that the dashboard shows."""

    def summaries(self, run: StoredRun) -> Iterator[Any]:
        """The experiment, and this run's start and end, as summary protos."""
        from tensorboardX.proto.api_pb2 import Status  # type: ignore[attr-defined]  (made by protobuf)
        from tensorboardX.summary import hparams

        experiment, _, end = hparams(dict(self.all_settings), dict.fromkeys(self.shown))
        _, start, _ = hparams(dict(self.settings), {})
        made = datetime.fromisoformat(run.created).timestamp()
        status = Status.Value("STATUS_SUCCESS" if run.status == "finished" else "STATUS_FAILURE")
        with _content(start) as data:
            data.session_start_info.group_name = self.variant
            data.session_start_info.start_time_secs = made - run.seconds
        with _content(end) as data:
            data.session_end_info.status = status
            data.session_end_info.end_time_secs = made
        yield from (experiment, start, end)


def write_tensorboard(run: StoredRun, folder: Path, session: Session | None = None, own: bool = False) -> None:
    """One event file in ``folder``: the losses and accuracies, the metrics, and the image ``fake`` of each snapshot.

    With a ``session`` it also says what TensorBoard's HParams dashboard shows, and has the last image only. Event
    files that are there already are replaced, since TensorBoard would show the points of both. ``own``: whether
    points of one's own are part of the images.
    """
    from PIL import Image
    from tensorboardX import SummaryWriter

    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("events.out.tfevents*"):
        old.unlink()
    with SummaryWriter(str(folder), write_to_disk=True) as writer:
        if session is not None:
            for summary in session.summaries(run):
                writer.file_writer.add_summary(summary)  # type: ignore[union-attr]  (not None when it writes to disk)
        for row in run.history.to_dict("records"):
            for column, tag in (TAGS | {"d_penalty": PENALTY_TAG}).items():
                if column in row:  # a critic has no accuracy, and most runs no penalty
                    writer.add_scalar(tag, row[column], int(row["step"]))
        for row in run.scores.to_dict("records"):
            for column, value in row.items():
                if column != "step" and np.isfinite(value):
                    writer.add_scalar(f"metrics/{column}", value, int(row["step"]))
        images = snapshot_images(run, side=320, last=session is not None, own=own)
        for step, png in images:
            pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
            writer.add_image("fake", pixels, step, dataformats="HWC")
        writer.add_text("config", f"```json\n{run.config.model_dump_json(indent=2)}\n```", 0)
    for made in folder.glob("events.out.tfevents*"):
        made.rename(folder / EVENTS)


@add_format(
    "tensorboard",
    label="TensorBoard logs",
    help="A folder with one log per run. TensorBoard's HParams dashboard compares them by variant. "
    f"Open it with: tensorboard --logdir FOLDER {OPTIONS}. {OTHER_CURVES}",
)
def write_study(report: Report, path: Path, say: Say) -> None:
    """``VARIANT-seedN/`` for each run, to be opened as ``opened_with`` says; of the snapshots the last one."""
    study = report.study
    flat = {variant.name: flatten(variant.config) for variant in study.variants}
    paths = differing(variant.config for variant in study.variants)
    settings = {
        variant.name: {"variant": one_line(variant.label)}
        | {key: _setting(flat[variant.name][key]) for key in paths if flat[variant.name].get(key) is not None}
        for variant in study.variants
    }
    examples: dict[str, Any] = {}
    for own in settings.values():
        examples = own | examples
    total = sum(map(len, report.runs.values())) - report.missing
    done = 0
    shown = tuple(f"metrics/{key}" for key in ("learned", *headline(study)))
    for name, folder in zip(report.runs, short_names(report.runs), strict=True):
        session = Session(name, settings[name], examples, shown)
        for run in report.runs[name]:
            if run is not None:
                say(done / total, f"log {done + 1} of {total}")
                write_tensorboard(run, path / f"{folder}-seed{run.config.seed}", session, report.with_points)
                done += 1


def _setting(value: Any) -> Any:
    """A setting as a hyperparameter: a number, a truth value or words."""
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else value


@contextmanager
def _content(summary: Any) -> Iterator[Any]:
    """What a summary of the HParams plugin says, to be changed."""
    from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData  # type: ignore[attr-defined]  (as above)

    plugin = summary.value[0].metadata.plugin_data
    data = HParamsPluginData.FromString(plugin.content)
    yield data
    plugin.content = data.SerializeToString()
