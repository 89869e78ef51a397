"""A run's script and networks as downloads. Keras runs in a process of its own: the server never imports TensorFlow."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import streamlit as st

from gancore import jobs
from gancore.config import ConfigError, RunConfig
from gancore.datasets.points import OwnPoints, load
from gancore.export.script import points_file, script_text
from gancore.parts.backend import environment
from gancore.store import Store, StoredRun

TIMEOUT = 180
"""Seconds that making the models may take; about 10 is usual."""
_one_at_a_time = threading.Lock()


def keras_button(store: Store, run: StoredRun) -> None:
    """A button that downloads the run's networks as a zip; nothing where it has no weights or Keras cannot run."""
    if run.source != "store" or not jobs.available():
        return
    st.download_button(
        "Models (Keras ≥ 3)",
        partial(keras_zip, str(store.root), run.run_id),
        f"{run.run_id[:12]}-keras.zip",
        "application/zip",
        key="keras_models",
        on_click="ignore",
        help="The generator and the discriminator, the latter with probabilities and with logits, for "
        "keras.saving.load_model of Keras 3 or newer. They are made when you press this, which takes about 10 s.",
    )


def script_button(config: RunConfig, label: str = "Keras script", key: str = "keras_script") -> None:
    """A button that downloads the script that trains a config without gancore; nothing where no script can.

    ``label`` says whose script it is where a page has several, ``key`` tells their buttons apart.
    """
    text = _script(config)  # type: ignore[arg-type]  # frozen, so hashable
    if text is None:
        return
    st.download_button(
        label,
        text,
        f"{config.run_id[:12]}.py",
        "text/x-python",
        icon=":material/code:",
        key=key,
        on_click="ignore",
        help="One file of plain Keras that trains these settings without gancore, by itself or in a notebook. "
        "It needs Keras 3 or newer with TensorFlow, scipy and matplotlib.",
    )
    own = config.dataset
    if isinstance(own, OwnPoints) and not own.lacks():
        st.download_button(
            "Points for the script",
            partial(_points, own.sha256),
            points_file(own.sha256),
            "application/octet-stream",
            key=f"{key}_points",
            on_click="ignore",
            help="The script holds no points; it reads them from this file beside it.",
        )


def _points(sha256: str) -> bytes:
    """An .npy file of points of one's own."""
    file = io.BytesIO()
    np.save(file, load(sha256))
    return file.getvalue()


@lru_cache(maxsize=64)
def _script(config: RunConfig) -> str | None:
    try:
        return script_text(config)
    except ConfigError:
        return None


@lru_cache(maxsize=4)
def keras_zip(root: str, run_id: str) -> bytes:
    """What ``gancore runs export --keras`` writes of a run, zipped; raises RuntimeError with the reason."""
    with _one_at_a_time, tempfile.TemporaryDirectory(prefix="gancore-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "gancore", "runs", "export", run_id, "--keras", folder, "--store", root],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            env=os.environ | environment(),
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines()
            raise RuntimeError(lines[-1] if lines else f"the export ended with code {done.returncode}")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:  # .keras files are zips already
            for path in sorted(Path(folder).iterdir()):
                archive.write(path, path.name)
        return packed.getvalue()
