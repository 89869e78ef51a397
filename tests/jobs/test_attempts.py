"""A run that ends its process again and again fails; one that gets further each time does not."""

from __future__ import annotations

import pytest

from gancore.jobs import attempts
from gancore.jobs.attempts import MAX_ATTEMPTS
from gancore.jobs.checkpoints import write_checkpoint
from gancore.jobs.folders import JobFolders, write_json

RUN = "cd" * 32


@pytest.fixture
def folders(own_store) -> JobFolders:
    return JobFolders(own_store)


def reach(folders: JobFolders, step: int) -> None:
    write_checkpoint(folders, RUN, {"step": step})


def test_reboots_in_a_long_training_do_not_fail_it(folders):
    for number in range(1, 20):
        assert attempts.begin(folders, RUN) == ""
        reach(folders, 1000 * number)


def test_deaths_count_from_the_last_checkpoint_that_moved(folders):
    for step in (0, 0, 500, 500, 500):
        if step:
            reach(folders, step)
        assert attempts.begin(folders, RUN) == ""
    reason = attempts.begin(folders, RUN)
    assert reason == "the training process ended 3 times without getting past step 500; is memory short?"
    assert attempts.begin(folders, RUN) == ""  # its failure is noted, and asking again is a new chance


def test_a_run_without_any_checkpoint_fails_after_three(folders):
    for _ in range(MAX_ATTEMPTS):
        assert attempts.begin(folders, RUN) == ""
    assert attempts.begin(folders, RUN) == "the training process ended 3 times; is memory short?"


def test_a_checkpoint_that_went_back_is_no_progress(folders):
    reach(folders, 900)
    assert attempts.begin(folders, RUN) == ""
    folders.checkpoint(RUN).write_bytes(b"damaged")
    for _ in range(MAX_ATTEMPTS - 1):
        assert attempts.begin(folders, RUN) == ""
    assert attempts.begin(folders, RUN) != ""


def test_an_end_in_order_counts_for_nothing(folders):
    for _ in range(10):
        assert attempts.begin(folders, RUN) == ""
        attempts.end(folders, RUN)
    attempts.end(folders, RUN)


@pytest.mark.parametrize("noted", [[], "three", {"attempts": "3"}, {"attempts": None, "step": []}, {"step": 7}])
def test_a_count_that_cannot_be_read_begins_anew(folders, noted):
    write_json(folders.attempt(RUN), noted)
    for _ in range(MAX_ATTEMPTS):
        assert attempts.begin(folders, RUN) == ""
    assert attempts.begin(folders, RUN) != ""


def test_a_count_of_an_earlier_version_goes_on(folders):
    write_json(folders.attempt(RUN), {"attempts": 2})
    assert attempts.begin(folders, RUN) == ""
    assert attempts.begin(folders, RUN) != ""
