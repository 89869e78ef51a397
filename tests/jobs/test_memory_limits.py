"""What a container may use, from trees of control groups as Docker, Kubernetes and systemd make them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gancore.jobs import pool
from gancore.jobs.limits import memory_left

GB = 10**9
NONE = 9223372036854771712
"""What v1 writes where no limit was set."""


def v2(folder: Path, limit: int | str, used: int, cached: int = 0, high: int | str = "max") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files = {"memory.max": limit, "memory.high": high, "memory.current": used}
    files["memory.stat"] = f"anon 1\ninactive_file {cached}\nactive_file 7"
    for name, content in files.items():
        (folder / name).write_text(f"{content}\n")


def v1(folder: Path, limit: int, used: int, cached: int = 0, above: int = NONE) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.limit_in_bytes").write_text(f"{limit}\n")
    (folder / "memory.usage_in_bytes").write_text(f"{used}\n")
    stat = f"inactive_file 1\nhierarchical_memory_limit {min(limit, above)}\ntotal_inactive_file {cached}\n"
    (folder / "memory.stat").write_text(stat)


@pytest.fixture
def proc(tmp_path):
    """Writes what the kernel says of a process: its groups, and where the trees are mounted."""

    def write(groups: str, *mounts: tuple[str, Path, str, str]) -> Path:
        folder = tmp_path / "proc"
        folder.mkdir()
        (folder / "cgroup").write_text(groups)
        lines = ["21 1 8:1 / / rw - ext4 /dev/sda1 rw"]
        for root, point, system, options in mounts:
            where = str(point).replace(" ", "\\040")
            lines.append(f"30 21 0:26 {root} {where} ro,nosuid shared:9 - {system} {system} {options}")
        (folder / "mountinfo").write_text("\n".join(lines) + "\n")
        return folder

    return write


def test_v2_counts_the_cache_that_the_system_gives_back(proc, tmp_path):
    tree = tmp_path / "with space"
    v2(tree, 2 * GB, GB, cached=GB // 2)
    assert memory_left(proc("0::/\n", ("/", tree, "cgroup2", "rw"))) == 1.5 * GB


def test_v2_without_a_limit_has_none(proc, tmp_path):
    v2(tmp_path / "tree", "max", GB)
    assert memory_left(proc("0::/\n", ("/", tmp_path / "tree", "cgroup2", "rw"))) is None


def test_the_tightest_of_nested_groups_counts(proc, tmp_path):
    tree = tmp_path / "tree"
    v2(tree / "user.slice", 3 * GB, 2 * GB)
    v2(tree / "user.slice" / "app", "max", GB)
    v2(tree / "user.slice" / "app" / "inner", 8 * GB, GB)
    assert memory_left(proc("0::/user.slice/app/inner\n", ("/", tree, "cgroup2", "rw"))) == GB


def test_v2_slows_down_from_its_high_mark_on(proc, tmp_path):
    v2(tmp_path / "tree", 4 * GB, GB, high=2 * GB)
    assert memory_left(proc("0::/\n", ("/", tmp_path / "tree", "cgroup2", "rw"))) == GB


def test_v1_in_a_container_whose_path_is_the_hosts(proc, tmp_path):
    tree = tmp_path / "memory"
    v1(tree, GB, 400_000_000, cached=100_000_000)
    groups = "11:cpu,cpuacct:/docker/abc\n9:memory:/docker/abc\n1:name=systemd:/docker/abc\n0::/docker/abc\n"
    mounts = [("/docker/abc", tree, "cgroup", "rw,memory"), ("/docker/abc", tmp_path / "cpu", "cgroup", "rw,cpu")]
    assert memory_left(proc(groups, *mounts)) == 700_000_000


def test_v1_below_the_root_of_the_mount_and_without_a_limit_of_its_own(proc, tmp_path):
    tree = tmp_path / "memory"
    v1(tree, NONE, 20 * GB)
    v1(tree / "batch", 2 * GB, GB)
    v1(tree / "batch" / "job", NONE, GB)
    assert memory_left(proc("9:memory:/batch/job\n", ("/", tree, "cgroup", "rw,memory"))) == GB


def test_v1_says_of_limits_above_what_is_mounted(proc, tmp_path):
    v1(tmp_path / "memory", NONE, GB // 4, above=GB)
    mount = ("/kubepods/pod1", tmp_path / "memory", "cgroup", "rw,memory")
    assert memory_left(proc("9:memory:/kubepods/pod1\n", mount)) == 0.75 * GB


def test_v1_without_any_limit_has_none(proc, tmp_path):
    v1(tmp_path / "memory", NONE, GB)
    assert memory_left(proc("9:memory:/\n", ("/", tmp_path / "memory", "cgroup", "rw,memory"))) is None


def test_both_versions_side_by_side(proc, tmp_path):
    v1(tmp_path / "memory", 2 * GB, GB)
    (tmp_path / "unified").mkdir()
    mounts = [("/", tmp_path / "memory", "cgroup", "rw,memory"), ("/", tmp_path / "unified", "cgroup2", "rw")]
    assert memory_left(proc("9:memory:/\n0::/\n", *mounts)) == GB


def test_more_than_the_limit_in_use_leaves_nothing(proc, tmp_path):
    v2(tmp_path / "tree", GB, 2 * GB)
    assert memory_left(proc("0::/\n", ("/", tmp_path / "tree", "cgroup2", "rw"))) == 0


@pytest.mark.parametrize("groups", ["", "rubbish\n", "0::/../..\n"])
def test_what_cannot_be_read_limits_nothing(proc, tmp_path, groups):
    assert memory_left(proc(groups, ("/", tmp_path / "nowhere", "cgroup2", "rw"))) is None
    assert memory_left(tmp_path / "no such process") is None


def test_workers_are_as_many_as_the_container_bears(monkeypatch):
    monkeypatch.setattr(pool.devices, "slots", lambda: 16)
    monkeypatch.setattr(pool, "memory_left", lambda: 2.5 * pool.WORKER_MEMORY)
    monkeypatch.setattr(pool.psutil, "virtual_memory", lambda: type("Memory", (), {"available": 64 * GB})())
    monkeypatch.setattr(pool, "_children", {})
    assert pool.default_workers() == 2
    monkeypatch.setattr(pool, "memory_left", lambda: None)
    assert pool.default_workers() == 16
