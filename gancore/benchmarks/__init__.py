"""What ``gancore bench`` measures: one short file a peer, each run as a process of its own.

``python -m gancore.benchmarks.NAME BATCH WIDTHS RUNS STEPS REPEATS [CORE]`` prints one JSON object: ``ms``, a
list of milliseconds per run and step of this process, and ``device``.
"""
