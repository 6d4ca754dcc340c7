"""Texts to tokens, fitted on the training split alone."""

import keras
import numpy as np
import pytest

from recipes import Part
from recipes.data import load
from recipes.data.text_vectorization import text_vectorization, vectorize
from recipes.errors import DataError, RecipeError
from recipes.registry import build
from recipes.text import text_classifier

TRAIN = ["The cat, the cat!", "a dog", "a cat and a dog ran"] * 10
OTHER = ["The zebra and the cat."] * 15
Y = np.arange(30) % 3


@pytest.fixture
def data():
    splits = {"train": (TRAIN, Y), "validation": (OTHER, Y[:15])}
    return load({**splits, "test": (OTHER, Y[:15])})


def make(texts=TRAIN, **arguments):
    return text_vectorization(
        lambda: iter(
            [np.array(texts[:7], object), np.array(texts[7:], object)]
        ),
        **arguments,
    )


def test_tokens_by_hand():
    layer = make()
    counts = {}
    for text in TRAIN:
        for word in text.lower().replace(",", "").replace("!", "").split():
            counts[word] = counts.get(word, 0) + 1
    words = layer.get_vocabulary()
    assert words[:2] == ["", "[UNK]"] and set(words[2:]) == set(counts)
    ranks = [counts[word] for word in words[2:]]
    assert ranks == sorted(ranks, reverse=True)
    found = np.array(layer(np.array(["The DOG, zebra"], object)))[0]
    number = words.index
    assert found.tolist() == [number("the"), number("dog"), 1, 0, 0, 0]


@pytest.mark.parametrize(
    "arguments, length, size",
    [
        ({}, 6, 8),
        ({"output_sequence_length": 2}, 2, 8),
        ({"max_tokens": 4}, 6, 4),
        ({"split": "character", "standardize": None}, 19, None),
        ({"ngrams": 2}, 11, None),
        ({"ngrams": 1}, 6, 8),
        ({"ngrams": [2]}, 5, None),
    ],
)
def test_length_and_vocabulary(arguments, length, size):
    layer = make(**arguments)
    assert np.array(layer(np.array(TRAIN, object))).shape == (30, length)
    assert size is None or layer.vocabulary_size() == size


def test_a_very_long_text_is_cut():
    layer = make([*TRAIN, "word " * 5000])
    assert np.array(layer(np.array(["a"], object))).shape == (1, 256)


def test_only_the_training_split_is_learned(data):
    prepared, layer = vectorize(text_classifier(), data)
    assert "zebra" not in layer.get_vocabulary()
    assert "cat" in layer.get_vocabulary()
    assert prepared.validation.read()[0, 1] == 1  # the zebra
    assert data.validation.read()[0] == OTHER[0]


def test_the_splits_keep_their_labels_and_order(data):
    prepared, layer = vectorize(text_classifier(), data)
    for before, after in zip(data.splits, prepared.splits, strict=True):
        assert after.role == before.role
        np.testing.assert_array_equal(after.labels, before.labels)
        assert after.read().dtype == np.int32
        np.testing.assert_array_equal(after.read(), layer(before.read()))
    assert prepared.input_shape == (6,)


def test_other_data_passes_through():
    data = load("iris")
    assert vectorize(text_classifier(), data) == (data, None)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"max_tokens": 2}, "max_tokens.*at least 3"),
        ({"max_tokens": None}, "max_tokens"),
        ({"output_sequence_length": 0}, "output_sequence_length.*at least 1"),
        ({"output_sequence_length": 2.0}, "output_sequence_length"),
        ({"standardize": "upper"}, "standardize"),
        ({"split": "word"}, "split"),
        ({"ngrams": 0}, "preprocessing/ngrams.*at least 1"),
        ({"ngrams": True}, "preprocessing/ngrams"),
        ({"ngrams": (2, 0)}, "preprocessing/ngrams"),
        ({"ngrams": ()}, "preprocessing/ngrams"),
        ({"ngrams": 2, "split": None}, "preprocessing/ngrams"),
    ],
)
def test_arguments_out_of_range(data, arguments, words):
    part = Part("text_vectorization", **arguments)
    with pytest.raises(RecipeError, match=words):
        build("preprocessing", part, batches=data.train.chunks)


def test_texts_without_a_word():
    with pytest.raises(DataError, match="no text with a word in it"):
        make(["...", "!?"] * 15)
    assert make(["...", "!?"] * 15, standardize=None).vocabulary_size() == 4


def test_loaded_from_a_file_it_makes_the_same_tokens(tmp_path):
    layer = make()
    inputs = keras.Input((), dtype="string")
    keras.Model(inputs, layer(inputs)).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    texts = np.array([*TRAIN, *OTHER], object)
    np.testing.assert_array_equal(
        loaded.predict(texts, verbose=0), layer(texts)
    )
