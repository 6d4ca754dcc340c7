"""tfds:NAME, on a real builder that the test writes to disk."""

import numpy as np
import pytest

from recipes.data import load


def picture(i):
    return np.random.default_rng(i).integers(0, 256, (6, 8, 3), "uint8")


@pytest.fixture(scope="module")
def builders():
    """Classes of builders: TFDS knows them by name from now on."""
    tfds = pytest.importorskip("tensorflow_datasets")

    class TinyPets(tfds.core.GeneratorBasedBuilder):
        VERSION = tfds.core.Version("1.2.0")
        SPLITS = {"train": 30, "validation": 12, "test": 9}
        KEYS = ("image", "label")
        generated = []

        def _info(self):
            return self.dataset_info_from_configs(
                features=tfds.features.FeaturesDict(
                    {
                        "image": tfds.features.Image(shape=(6, 8, 3)),
                        "label": tfds.features.ClassLabel(
                            names=["cat", "dog", "eel"]
                        ),
                    }
                ),
                supervised_keys=self.KEYS,
            )

        def _split_generators(self, dl_manager):
            return {
                name: self._generate_examples(count)
                for name, count in self.SPLITS.items()
            }

        def _generate_examples(self, count):
            self.generated.append(count)
            for i in range(count):
                yield i, {"image": picture(i), "label": i % 3}

    class TinyTrain(TinyPets):
        SPLITS = {"train": 60}

    class TinyOther(TinyPets):
        SPLITS = {"unlabeled": 9}

    class TinyBare(TinyPets):
        KEYS = None

    class TinySizes(TinyTrain):
        BUILDER_CONFIGS = [
            tfds.core.BuilderConfig(name=name) for name in ("small", "large")
        ]

    class TinyMixed(TinyPets):
        def _info(self):
            image = tfds.features.Image(shape=(None, None, 3))
            label = tfds.features.ClassLabel(names=["cat", "dog", "eel"])
            return self.dataset_info_from_configs(
                features=tfds.features.FeaturesDict(
                    {"image": image, "label": label}
                ),
                supervised_keys=self.KEYS,
            )

        def _generate_examples(self, count):
            for i in range(count):
                pixels = np.full((20 + i, 20 + count, 3), i, "uint8")
                yield i, {"image": pixels, "label": i % 3}

    classes = (
        TinyPets,
        TinyTrain,
        TinyOther,
        TinyBare,
        TinySizes,
        TinyMixed,
    )
    return {c.name: c for c in classes}


@pytest.fixture
def prepared(builders, tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))

    def prepare(name):
        builder = builders[name](data_dir=tmp_path)
        builder.download_and_prepare()
        return builder.data_path

    return prepare


def assert_pictures(data):
    """The images of a split are the written ones, whatever their order."""
    written = {picture(i).tobytes(): i % 3 for i in range(60)}
    for split in data.splits:
        images = split.read()
        found = [written[image.tobytes()] for image in images]
        assert found == split.labels.tolist()
        assert len({image.tobytes() for image in images}) == len(split)


def test_a_prepared_folder(prepared):
    data = load(f"tfds:{prepared('tiny_pets')}")
    assert data.name == "tiny_pets" and data.input_shape == (6, 8, 3)
    assert data.class_names == ("cat", "dog", "eel")
    assert [len(split) for split in data.splits] == [30, 12, 9]
    assert_pictures(data)


@pytest.mark.parametrize("image_size", ["auto", (18, 16)])
def test_images_of_mixed_sizes_get_one_size(prepared, image_size):
    path = prepared("tiny_mixed")
    data = load(f"tfds:{path}", image_size=image_size)
    size = (28, 28) if image_size == "auto" else image_size
    for split in data.splits:
        assert split.source.shape == (*size, 3)
        found = split.read()[:, 0, 0, 0]
        assert sorted(found) == list(range(len(split)))
    assert load(f"tfds:{path}", channels=1).input_shape == (28, 28, 1)


def test_without_a_test_split(prepared):
    data = load(f"tfds:{prepared('tiny_train')}")
    assert [len(split) for split in data.splits] == [39, 9, 12]
    assert_pictures(data)
    rows = np.concatenate([split.rows for split in data.splits])
    assert sorted(rows) == list(range(60))


@pytest.mark.parametrize("is_prepared", [True, False])
@pytest.mark.parametrize("version", ["", ":1.2.0"])
def test_by_name(builders, prepared, tmp_path, is_prepared, version):
    if is_prepared:
        prepared("tiny_train")
    builders["tiny_train"].generated.clear()
    assert_pictures(load(f"tfds:tiny_train{version}"))
    assert builders["tiny_train"].generated == [60] * (not is_prepared)
    assert (tmp_path / "tiny_train" / "1.2.0").is_dir()


def test_a_configuration_is_part_of_the_name(builders, prepared, tmp_path):
    assert_pictures(load("tfds:tiny_sizes/large"))
    assert (tmp_path / "tiny_sizes" / "large" / "1.2.0").is_dir()


@pytest.mark.parametrize("spoil", ["cut", "flip", "remove"])
def test_damaged_records(refusal, prepared, spoil):
    path = prepared("tiny_pets")
    record = next(path.glob("*-test.tfrecord*"))
    content = bytearray(record.read_bytes())
    if spoil == "remove":
        record.unlink()
    elif spoil == "cut":
        record.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 0xFF
        record.write_bytes(content)
    error = refusal(f"tfds:{path}")
    assert error.split == "test" and "tfds:tiny_pets" in str(error)
    assert "prepare the data set again" in str(error)


@pytest.mark.parametrize(
    "name, words",
    [
        ("tiny_other", "a split called train"),
        ("tiny_bare", "supervised_keys"),
    ],
)
def test_builders_that_cannot_be_used(refusal, prepared, name, words):
    error = refusal(f"tfds:{prepared(name)}")
    assert words in str(error) and "tiny_" in str(error.file)


def test_unknown_names(refusal, tmp_path, monkeypatch):
    pytest.importorskip("tensorflow_datasets")
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "no_such_data").mkdir()  # no prepared folder
    for name in ("no_such_data", str(tmp_path), "tiny_pets:9.9.9", "a b"):
        error = refusal(f"tfds:{name}")
        assert error.file == f"tfds:{name}" and name in str(error)
