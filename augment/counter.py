"""Random numbers from counters: nothing but the counter decides them.

Threefry-2x32-20 needs additions, rotations and XOR of 32-bit words alone, so
the same lines run on NumPy and, with `keras.ops`, on a device.
"""

import numpy as np

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


def threefry(key, counter, xp=np):
    """Return two words of 32 random bits for each pair of counters.

    Args:
        key: Two uint32 arrays.
        counter: Two uint32 arrays; key and counter broadcast.
        xp: `numpy` or `keras.ops`.

    Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
    2011; 20 rounds.

    Example:

    >>> zero = np.zeros(1, "uint32")
    >>> [hex(word[0]) for word in threefry((zero, zero), (zero, zero))]
    ['0x6b200159', '0x99ba4efe']
    """
    parity = xp.bitwise_xor(key[0], key[1])
    parity = xp.bitwise_xor(parity, _word(_PARITY, xp))
    keys = (key[0], key[1], parity)
    a, b = counter[0] + keys[0], counter[1] + keys[1]
    for group in range(5):
        for distance in _ROTATIONS[group % 2]:
            a = a + b
            b = xp.bitwise_xor(_rotated(b, distance, xp), a)
        a = a + keys[(group + 1) % 3]
        b = b + keys[(group + 2) % 3] + _word(group + 1, xp)
    return a, b


def uniforms(seed, epoch, indices, count, xp=np):
    """Return numbers in [0, 1) of shape (n, count), float32.

    A row is a pure function of (seed, epoch, index).

    Args:
        seed: Whole number from 0, below 2**64.
        epoch: Whole number from 0, below 2**32, or one for each index.
        indices: Whole numbers from 0, below 2**32, of shape (n,).
        count: Numbers for each index.
        xp: `numpy` or `keras.ops`.

    Example:

    >>> alone, among = uniforms(0, 3, [7], 2), uniforms(0, 3, [5, 7], 2)
    >>> bool((alone[0] == among[1]).all())
    True
    """
    if xp is np:
        indices = np.asarray(indices, "uint32")
    else:
        indices = xp.cast(indices, "uint32")
    key = [xp.reshape(word, (-1, 1)) for word in _key(seed, epoch, xp)]
    half = -(-count // 2)
    columns = _range(half, xp)
    a, b = threefry(key, (indices[:, None], columns[None, :]), xp)
    words = xp.reshape(xp.stack([a, b], axis=-1), (-1, 2 * half))
    return _fraction(words[:, :count], xp)


def pairs(seed, epoch, indices, columns):
    """Return two numbers in [0, 1) for each pair (index, column), float32.

    For examples that need as many numbers as they are long: the words of a
    text.

    Args:
        seed: Whole number from 0, below 2**64.
        epoch: Whole number from 0, below 2**32.
        indices: Whole numbers from 0, below 2**32, of shape (n,).
        columns: The same: which of an index's numbers.

    Example:

    >>> whole, alone = pairs(0, 3, [7, 7], [0, 1]), pairs(0, 3, [7], [1])
    >>> bool(whole[0][1] == alone[0][0])
    True
    """
    counter = np.asarray(indices, "uint32"), np.asarray(columns, "uint32")
    words = threefry(_key(seed, epoch, np), counter)
    return tuple(_fraction(word, np) for word in words)


def _key(seed, epoch, xp):
    if xp is np:
        seed = np.array([seed % 2**32, seed // 2**32], "uint32")
        low, high = seed[:1], seed[1:]
        epoch = np.asarray(epoch, "uint32")
    else:
        epoch = xp.cast(xp.convert_to_tensor(epoch), "uint32")
        low, high = _word(seed % 2**32, xp), _word(seed // 2**32, xp)
    # The seed's upper half is mixed in by a round of its own.
    return threefry((low, high), (epoch, epoch * _word(0, xp)), xp)


def _fraction(words, xp):
    """The upper 24 bits, which float32 holds exactly."""
    words = xp.right_shift(words, _word(8, xp))
    if xp is np:
        return words.astype("float32") * np.float32(2**-24)
    return xp.cast(words, "float32") * 2**-24


def _rotated(word, distance, xp):
    left = xp.left_shift(word, _word(distance, xp))
    return xp.bitwise_or(left, xp.right_shift(word, _word(32 - distance, xp)))


def _word(number, xp):
    if xp is np:
        return np.array([number], "uint32")
    return xp.convert_to_tensor(np.array([number], "uint32"))


def _range(count, xp):
    numbers = np.arange(count, dtype="uint32")
    return numbers if xp is np else xp.convert_to_tensor(numbers)
