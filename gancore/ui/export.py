"""A run's networks as a download. Keras runs in a process of its own: the server never imports TensorFlow."""

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

import streamlit as st

from gancore import jobs
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
        "Keras models",
        partial(keras_zip, str(store.root), run.run_id),
        f"{run.run_id[:12]}-keras.zip",
        "application/zip",
        key="keras_models",
        on_click="ignore",
        help="generator.keras and discriminator.keras, for keras.saving.load_model. "
        "They are made when you press this, which takes about 10 s.",
    )


@lru_cache(maxsize=4)
def keras_zip(root: str, run_id: str) -> bytes:
    """Both ``.keras`` files of a run of the store at ``root``, zipped; raises RuntimeError with the reason."""
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
            for path in sorted(Path(folder).glob("*.keras")):
                archive.write(path, path.name)
        return packed.getvalue()
