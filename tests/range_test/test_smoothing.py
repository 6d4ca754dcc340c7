"""The smoothed loss and the rates, against NumPy and closed forms."""

import keras
import numpy as np
import pytest

from recipes.range_test.rising import Rising, rising_rates
from recipes.range_test.smoothing import SMOOTHING, Smoothing, diverged

pytestmark = pytest.mark.both_backends


@pytest.mark.parametrize("kept", [0.0, 0.5, SMOOTHING])
def test_the_mean_is_a_weighted_mean_of_all_losses_so_far(kept):
    losses = np.random.default_rng(0).gamma(2.0, size=60)
    mean = Smoothing(kept)
    found = [mean.add(loss) for loss in losses]
    for place in range(len(losses)):
        weights = kept ** np.arange(place, -1.0, -1.0)
        wanted = np.average(losses[: place + 1], weights=weights)
        assert found[place] == pytest.approx(wanted, rel=1e-12)


def test_without_the_correction_the_first_would_be_a_tenth():
    assert Smoothing(0.9).add(5.0) == pytest.approx(5.0, rel=1e-15)


def test_it_diverges_at_four_times_the_least():
    assert not diverged([2.0, 1.0, 4.0], 2)
    assert diverged([2.0, 1.0, 4.001], 2)
    assert not diverged([2.0, 1.0, 4.001], 3), "noise of the first steps"
    assert diverged([2.0, float("nan")], 3)
    assert diverged([2.0, float("inf")], 3)


def test_the_schedule_is_the_formula():
    lowest, highest, steps = 1e-7, 10.0, 100
    share = np.arange(steps) / (steps - 1)
    wanted = lowest * (highest / lowest) ** share
    np.testing.assert_allclose(
        rising_rates(lowest, highest, steps), wanted, rtol=1e-12
    )
    schedule = Rising(lowest, highest, steps)
    found = [float(schedule(step)) for step in range(steps)]
    np.testing.assert_allclose(found, wanted, rtol=2e-5)
    assert float(schedule(steps + 50)) == pytest.approx(highest, rel=2e-5)


def test_batches_that_are_gathered_have_one_rate():
    schedule = Rising(1e-3, 1.0, 4, batches=3)
    found = [float(schedule(step)) for step in range(12)]
    wanted = np.repeat([1e-3, 1e-2, 1e-1, 1.0], 3)
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_the_schedule_survives_its_configuration():
    schedule = Rising(1e-3, 1.0, 5, batches=2)
    config = keras.saving.serialize_keras_object(schedule)
    again = keras.saving.deserialize_keras_object(config)
    assert again.get_config() == schedule.get_config()
