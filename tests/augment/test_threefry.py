"""Random numbers from counters: known answers, and the same on a device."""

import keras
import numpy as np
import pytest

from augment.counter import threefry, uniforms

pytestmark = pytest.mark.both_backends

ONES = 0xFFFFFFFF
# Random123's known answers for threefry2x32, 20 rounds: key, counter, result.
KNOWN = [
    ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
    ((ONES, ONES), (ONES, ONES), (0x1CB996FC, 0xBB002BE7)),
    (
        (0x13198A2E, 0x03707344),
        (0x243F6A88, 0x85A308D3),
        (0xC4923A9C, 0x483DF7A0),
    ),
]


def words(pair, xp):
    found = [np.array([word], "uint32") for word in pair]
    return found if xp is np else [xp.convert_to_tensor(x) for x in found]


@pytest.mark.parametrize("xp", [np, keras.ops], ids=["numpy", "device"])
@pytest.mark.parametrize("key, counter, result", KNOWN)
def test_known_answers(key, counter, result, xp):
    found = threefry(words(key, xp), words(counter, xp), xp)
    found = [keras.ops.convert_to_numpy(word) for word in found]
    assert [int(word[0]) for word in found] == list(result)


def test_the_words_are_those_of_jax():
    jax = pytest.importorskip("jax")
    from jax.extend.random import threefry_2x32

    counter = np.random.default_rng(0).integers(0, 2**32, (2, 100), "uint32")
    key = np.array([5, 2**31 + 7], "uint32")
    theirs = threefry_2x32(jax.numpy.array(key), counter.ravel())
    ours = threefry((key[:1], key[1:]), counter)
    assert (np.stack(ours).ravel() == np.asarray(theirs)).all()


@pytest.mark.parametrize("seed", [0, 7, 2**40 + 3, 2**64 - 1])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_device_draws_the_same_bits(seed, count):
    indices = np.array([0, 1, 77, 2**31, 2**32 - 1], "uint32")
    host = uniforms(seed, 3, indices, count)
    tensor = keras.ops.convert_to_tensor(indices)
    device = uniforms(seed, 3, tensor, count, keras.ops)
    device = keras.ops.convert_to_numpy(device)
    assert host.dtype == device.dtype == np.float32
    assert host.shape == device.shape == (5, count)
    assert (host == device).all()
    assert (host != uniforms(seed, 4, indices, count)).all()


def test_an_epoch_for_each_index():
    indices, epochs = np.array([4, 0, 4]), np.array([0, 1, 9])
    found = uniforms(5, epochs, indices, 3)
    for row, index, epoch in zip(found, indices, epochs, strict=True):
        assert (row == uniforms(5, int(epoch), [index], 3)[0]).all()


def test_seed_epoch_index_and_column_all_decide():
    base = uniforms(1, 2, [3], 4)[0]
    others = uniforms(2, 2, [3], 4), uniforms(1 + 2**32, 2, [3], 4)
    others += uniforms(1, 3, [3], 4), uniforms(1, 2, [4], 4)
    for other in others:
        assert (other[0] != base).all()
    assert len(set(base)) == 4


def test_uniforms_are_uniform():
    found = uniforms(0, 0, np.arange(20_000), 2)
    assert 0 <= found.min() and found.max() < 1
    # A mean of 40,000 lies within 5 deviations of 1/2, neighbors apart.
    assert abs(found.mean() - 0.5) < 5 / np.sqrt(12 * found.size)
    assert abs(np.corrcoef(found.T)[0, 1]) < 5 / np.sqrt(len(found))
    assert abs(np.corrcoef(found[:-1, 0], found[1:, 0])[0, 1]) < 0.04
