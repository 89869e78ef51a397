"""TensorBoard logs with the question's tags, written without TensorFlow."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from gancore.report.images import snapshot_images
from gancore.store import StoredRun

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


def write_tensorboard(run: StoredRun, folder: Path) -> None:
    """One event file in ``folder``: the losses and accuracies, the metrics, and the image ``fake`` of each snapshot.

    Event files that are there already are replaced, since TensorBoard would show the points of both.
    """
    from PIL import Image
    from tensorboardX import SummaryWriter

    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("events.out.tfevents*"):
        old.unlink()
    with SummaryWriter(str(folder), write_to_disk=True) as writer:
        for row in run.history.to_dict("records"):
            for column, tag in TAGS.items():
                writer.add_scalar(tag, row[column], int(row["step"]))
        for row in run.checkpoints.to_dict("records"):
            for column, value in row.items():
                if column != "step" and np.isfinite(value):
                    writer.add_scalar(f"metrics/{column}", value, int(row["step"]))
        for step, png in snapshot_images(run, side=320):
            pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
            writer.add_image("fake", pixels, step, dataformats="HWC")
        writer.add_text("config", f"```json\n{run.config.model_dump_json(indent=2)}\n```", 0)
