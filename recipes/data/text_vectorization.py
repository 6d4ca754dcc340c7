"""Texts to tokens: fitted on the training split alone, done once."""

from dataclasses import replace

import keras
import numpy as np

from recipes import registry
from recipes.data.data import ArraySource, Split
from recipes.errors import DataError, RecipeError

LONGEST = 256  # tokens kept of a text where no length is given


def text_vectorization(
    batches,
    *,
    max_tokens=10_000,
    output_sequence_length=None,
    standardize="lower_and_strip_punctuation",
    split="whitespace",
    ngrams=None,
):
    """Turn each text into the numbers of its tokens.

    The commonest tokens of the training texts get the numbers from 2 on; 1 is
    any other token, 0 fills up short texts.

    Args:
        batches: Function that yields arrays of strings.
        max_tokens: Different numbers at most, 0 and 1 included; at least 3.
        output_sequence_length: Tokens kept of a text, at least 1; None: as
            many as the longest training text has, at most 256.
        standardize: `"lower_and_strip_punctuation"`, `"lower"` (of ASCII
            letters), `"strip_punctuation"`, or None.
        split: `"whitespace"`, `"character"` (for languages that put no spaces
            between words), or None: each text is one token.
        ngrams: Also count runs of up to so many tokens as tokens, at least 1;
            a list of lengths counts the runs of these alone; None: single
            tokens.

    Returns:
        A `keras.layers.TextVectorization`.

    Raises:
        RecipeError: For an argument out of range.
        DataError: If no training text holds a token.
    """
    _check_whole("max_tokens", max_tokens, 3)
    if output_sequence_length is not None:
        _check_whole("output_sequence_length", output_sequence_length, 1)
    if ngrams is not None:
        ngrams = _checked_ngrams(ngrams, split)
    arguments = {
        "max_tokens": max_tokens,
        "standardize": standardize,
        "split": split,
        "ngrams": ngrams,
    }
    layer = keras.layers.TextVectorization(
        **arguments, output_sequence_length=output_sequence_length or LONGEST
    )
    layer.adapt(batches())
    vocabulary = layer.get_vocabulary(include_special_tokens=False)
    if not vocabulary:
        raise DataError(
            "no text with a word in it",
            "texts with words that are more than punctuation",
            "check the texts, or set preprocessing/standardize to null",
            split="train",
        )
    if output_sequence_length is None:
        output_sequence_length = max(
            int(tokens(layer, batch).astype(bool).sum(axis=1).max())
            for batch in batches()
        )
    return keras.layers.TextVectorization(
        **arguments,
        output_sequence_length=max(1, output_sequence_length),
        vocabulary=[str(token) for token in vocabulary],
        name="raw_vectorization",
    )


def vectorize(recipe, data):
    """Return the data with tokens for texts, and the layer that made them.

    Other data is returned as it is, with None.

    Args:
        recipe: A recipe.
        data: Checked data.

    Raises:
        RecipeError: For a preprocessing that makes no tokens.
    """
    if data.features != "text":
        return data, None
    part = recipe.preprocessing
    layer = registry.build("preprocessing", part, batches=data.train.chunks)
    if not isinstance(layer, keras.layers.TextVectorization):
        raise RecipeError(
            "`preprocessing` must give a keras.layers.TextVectorization for "
            f"texts. Received: {part!r}, which gives {type(layer).__name__}"
        )
    splits = {}
    for given in data.splits:
        found = [tokens(layer, chunk) for chunk in given.chunks()]
        source = ArraySource(np.concatenate(found))
        rows = np.arange(len(given))
        splits[given.role] = Split(given.role, source, rows, given.labels)
    return replace(data, **splits), layer


def tokens(layer, texts):
    """Return token numbers (rows, tokens) as int32."""
    return keras.ops.convert_to_numpy(layer(texts)).astype("int32")


def _checked_ngrams(ngrams, split):
    """Return the lengths of runs as Keras takes them."""
    if split is None:
        raise RecipeError(
            "`preprocessing/ngrams` counts runs of tokens, and with split=None "
            f"a text is one token: leave it None. Received: {ngrams!r}"
        )
    listed = isinstance(ngrams, (tuple, list)) and len(ngrams) > 0
    for length in ngrams if listed else [ngrams]:
        _check_whole("ngrams", length, 1)
    return tuple(ngrams) if listed else ngrams


def _check_whole(name, value, least):
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or value < least:
        raise RecipeError(
            f"`preprocessing/{name}` must be a whole number of at least "
            f"{least}. Received: {value!r}"
        )
