"""TensorFlow, loaded at first use.

Importing it takes about 9 s and 650 MB, so modules that only *describe* training
(losses, for instance, which the configuration lists) must not load it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

XLA_FLAGS = "--xla_cpu_prefer_vector_width=512 --xla_backend_optimization_level=1"
"""Wide vectors: against the bare matrix products of a step, 1.16, 0.98 and 1.18 times with them and 1.31, 1.06 and
1.32 without, at batch 32, batch 256 and batch 256 with a 16-32 generator. LLVM's first level compiles a graph shape in
1.25 s rather than 1.6, and its code is as fast."""


def environment() -> dict[str, str]:
    """The variables that a process which trains needs before TensorFlow is loaded; what is set already stays."""
    flags = os.environ.get("XLA_FLAGS", "")
    return {
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        "TF_ENABLE_ONEDNN_OPTS": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "0"),
        # numpy's matrix products (scores have some) use a thread a core, and each then spins for 2^26 cycles in case
        # another product comes: 50 ms of a run's score. The number of threads stays, since sums follow from it.
        "OPENBLAS_THREAD_TIMEOUT": os.environ.get("OPENBLAS_THREAD_TIMEOUT", "4"),
        # glibc gives large arrays back at once, and the system clears each page when it is asked for anew: 8,000 times
        # for a last snapshot's score, a tenth of its time. Its most memory was the same.
        "MALLOC_MMAP_THRESHOLD_": os.environ.get("MALLOC_MMAP_THRESHOLD_", str(2**25)),
        "MALLOC_TRIM_THRESHOLD_": os.environ.get("MALLOC_TRIM_THRESHOLD_", str(2**26)),
        # Of two values of one flag, XLA takes the last: the user's.
        "XLA_FLAGS": flags if XLA_FLAGS in flags else f"{XLA_FLAGS} {flags}".strip(),
    }


@lru_cache(maxsize=1)
def prepare() -> None:
    """Set them for this process; XLA reads its flags when it first compiles, so a loaded TensorFlow is early enough."""
    os.environ.update(environment())


_standing_in: ContextVar[Mapping[str, str]] = ContextVar("standing_in", default=MappingProxyType({}))
"""Module of TensorFlow or Keras → what stands in for it in this context."""


def without_tensorflow() -> contextlib.AbstractContextManager[None]:
    """In here parts compute with numpy in float64, with the same derivatives, and TensorFlow is not loaded.

    Nothing is compiled: for a step of one small GAN at a time. What ``gancore.parts.plain`` and ``tensor_ops`` lack
    raises NotImplementedError.
    """
    return _with({"tensorflow": "gancore.parts.plain", "keras.ops": "gancore.parts.tensor_ops"})


def on_arrays() -> contextlib.AbstractContextManager[None]:
    """In here what draws, from ``gancore.parts.streams`` up, gives numpy's arrays of the types that TensorFlow has.

    They have no derivatives. What ``gancore.parts.arrays`` lacks raises NotImplementedError.
    """
    return _with({"tensorflow": "gancore.parts.arrays"})


@contextlib.contextmanager
def _with(modules: Mapping[str, str]) -> Iterator[None]:
    token = _standing_in.set(modules)
    try:
        yield
    finally:
        _standing_in.reset(token)


class _Lazy(ModuleType):
    """Stands for a module and imports it when an attribute is first read."""

    def __getattr__(self, name: str) -> Any:
        if other := _standing_in.get().get(self.__name__):
            try:
                return getattr(importlib.import_module(other), name)
            except AttributeError:
                raise NotImplementedError(f"{self.__name__}.{name} has no counterpart on numpy") from None
        prepare()
        return getattr(importlib.import_module(self.__name__), name)


if TYPE_CHECKING:
    import tensorflow as tf
    from keras import ops
else:
    tf, ops = _Lazy("tensorflow"), _Lazy("keras.ops")


def root(squares: Any) -> Any:
    """Square roots whose derivative at 0 is 0 rather than infinite: there what is squared is 0, and moves nothing.

    The values are ``tf.sqrt``'s to the last bit, in the same program.
    """

    @tf.custom_gradient
    def rooted(squares: Any) -> Any:
        roots = tf.sqrt(squares)

        def slope(upstream: Any) -> Any:
            positive = roots > 0
            return tf.where(positive, upstream * 0.5 / tf.where(positive, roots, tf.ones_like(roots)), 0)

        return roots, slope

    return rooted(squares)


def lanes(inputs: Mapping[str, Any], *names: str) -> list[Any]:
    """Inputs [R] as [R, 1, 1], to be combined with weights [R, in, out], points [R, B, 2] or logits [R, B, 1]."""
    return [tf.reshape(inputs[name], [-1, 1, 1]) for name in names]
