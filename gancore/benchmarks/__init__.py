"""What ``gancore bench`` measures: one short file a peer, each run as a process of its own.

``python -m gancore.benchmarks.NAME BATCH WIDTHS RUNS STEPS REPEATS [CORE [RECIPE]]`` prints one JSON object: ``ms``,
a list of milliseconds per run and step of this process, ``cpu``, the same of processor time, and ``device``. CORE is
``-`` for all cores, and RECIPE one of ``gancore.benchmarks.trained``.
"""
