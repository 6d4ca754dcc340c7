"""Exports: the same outputs as the model, or nothing at all."""

import shutil
from importlib.util import find_spec

import keras
import numpy as np
import pytest

import recipes
from recipes import cli
from recipes.errors import RunError
from recipes.training.exporting import checks, raw_examples, standalone
from recipes.training.exporting.export import export, write

ON_JAX = keras.backend.backend() == "jax"
onnx = pytest.mark.skipif(
    ON_JAX or not find_spec("tf2onnx") or not find_spec("onnxruntime"),
    reason="pip install 'keras-recipes[export]'",
)
litert = pytest.mark.skipif(ON_JAX, reason="written on TensorFlow alone")
FORMATS = [
    "savedmodel",
    pytest.param("onnx", marks=onnx),
    pytest.param("litert", marks=litert),
]
NAMES = {"savedmodel": "model", "onnx": "a.onnx", "litert": "a.tflite"}


def outputs(path, format, x):
    """What the file gives, by its runtime as its manual has it."""
    if format == "onnx":
        import onnxruntime

        session = onnxruntime.InferenceSession(path)
        return session.run(None, {session.get_inputs()[0].name: x})[0]
    import tensorflow as tf

    if format == "savedmodel":
        loaded = tf.saved_model.load(str(path))
        call = loaded.signatures["serving_default"]
        name = list(call.structured_input_signature[1])[0]
        return next(iter(call(**{name: tf.constant(x)}).values())).numpy()
    with pytest.warns(UserWarning, match="deprecated"):
        interpreter = tf.lite.Interpreter(str(path))
    runner = interpreter.get_signature_runner()
    name = list(runner.get_input_details())[0]
    return next(iter(runner(**{name: x}).values()))


def check(run, x, path, format):
    """Export a run, and compare on real data, apart from its own proof."""
    assert run.export(path, format) == path
    expected = run.model.predict(x, verbose=0)
    found = outputs(path, format, x)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def rows_of(name):
    return recipes.data.load(name).test.read()[:50].astype("float32")


@pytest.mark.both_backends
@pytest.mark.parametrize("format", FORMATS)
def test_images(digits_run, tmp_path, capfd, format):
    check(digits_run, rows_of("digits"), tmp_path / NAMES[format], format)
    out, err = capfd.readouterr()
    assert err == "" and out.count("\n") == 1
    assert f"{NAMES[format]}: {format}, " in out and "over 8 examples" in out


@pytest.mark.parametrize("format", FORMATS[1:])
def test_numbers(number_run, tmp_path, format):
    check(number_run, rows_of("diabetes"), tmp_path / NAMES[format], format)


def of_other_weights(model, path, format, verbose):
    """A real export, of weights that are one in a hundred larger."""
    copy = standalone.in_float32(model)
    copy.set_weights([1.01 * each for each in model.get_weights()])
    with standalone.constants(copy):
        write(copy, path, format, verbose)


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_of_other_weights_is_caught(table_run, tmp_path, format):
    path, rows = tmp_path / NAMES[format], rows_of("breast_cancer")
    check(table_run, rows, path, format)
    before = outputs(path, format, rows)
    with pytest.raises(RunError, match="by up to 0.0.* of their range"):
        export(
            table_run,
            path,
            format,
            overwrite=True,
            verbose=0,
            write=of_other_weights,
        )
    assert list(tmp_path.iterdir()) == [path]
    np.testing.assert_array_equal(outputs(path, format, rows), before)


def test_an_export_in_training_mode_is_caught(digits_run, tmp_path):
    """Normalizations that take the statistics of the batch."""

    def awake(model, path, format, verbose):
        inputs = model.inputs[0]
        outputs = digits_run.model(inputs, training=True)
        keras.Model(inputs, outputs).export(path, verbose=False)

    arguments = {"overwrite": False, "verbose": 0}
    with pytest.raises(RunError, match="gives other outputs"):
        export(
            digits_run,
            tmp_path / "a",
            "savedmodel",
            write=awake,
            **arguments,
        )
    assert not any(tmp_path.iterdir())


@litert
def test_a_quantized_export_is_caught(digits_run, tmp_path):
    import tensorflow as tf

    def quantized(model, path, format, verbose):
        model.export(
            path,
            format=format,
            verbose=verbose,
            optimizations=[tf.lite.Optimize.DEFAULT],
        )

    with pytest.raises(RunError, match="gives other outputs"):
        export(
            digits_run,
            tmp_path / "a.tflite",
            "litert",
            overwrite=False,
            verbose=0,
            write=quantized,
        )
    assert not any(tmp_path.iterdir())


def test_a_crash_leaves_what_was_there(table_run, tmp_path):
    path = tmp_path / "model"
    table_run.export(path, verbose=0)
    (path / "of_mine.txt").write_text("")

    def crash(model, path, format, verbose):
        write(model, path, format, verbose)
        raise KeyboardInterrupt

    arguments = {"overwrite": True, "verbose": 0}
    with pytest.raises(KeyboardInterrupt):
        export(table_run, path, "savedmodel", write=crash, **arguments)
    assert list(tmp_path.iterdir()) == [path]
    assert (path / "of_mine.txt").exists()
    table_run.export(path, **arguments)
    assert list(tmp_path.iterdir()) == [path]
    assert not (path / "of_mine.txt").exists()


def test_a_place_that_was_taken_meanwhile(table_run, tmp_path):
    path = tmp_path / "model"

    def beside(model, part, format, verbose):
        write(model, part, format, verbose)
        path.write_text("of another")

    arguments = {"overwrite": False, "verbose": 0}
    with pytest.raises(RunError, match="model cannot be written: .*directory"):
        export(table_run, path, "savedmodel", write=beside, **arguments)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == "of another"


@pytest.fixture(scope="module")
def shrinking_run(tiny_images, tmp_path_factory):
    """A run whose model shrinks images, which SavedModel alone can."""
    x, y = tiny_images
    recipe = recipes.image_classifier(
        network=recipes.Part("cnn", filters=(4,), depth=1),
        image_size=(6, 6),
        activation="gelu",
        epochs=1,
    )
    directory = tmp_path_factory.mktemp("runs") / "shrinking"
    return recipe.fit((x, y), directory=directory, verbose=False)


@pytest.mark.parametrize("format", FORMATS[1:])
def test_an_operation_that_a_format_lacks(shrinking_run, tmp_path, format):
    words = "operation ScaleAndTranslate of the layer 'raw_resizing'"
    with pytest.raises(RunError, match=words):
        shrinking_run.export(tmp_path / NAMES[format], format)
    assert not any(tmp_path.iterdir())
    shrinking_run.export(tmp_path / "model", verbose=0)


@pytest.fixture
def broken_run(table_run, tmp_path):
    """A run whose model cannot be loaded: only work would find that."""
    shutil.copytree(table_run.directory, tmp_path / "run")
    (tmp_path / "run/model.keras").write_text("no model")
    (tmp_path / "run/files.json").unlink()
    return recipes.load_run(tmp_path / "run")


@pytest.mark.parametrize(
    "path, format, words",
    [
        ("a", "onxx", "one of savedmodel, onnx, litert. Did you mean 'onnx'"),
        ("a", None, "one of savedmodel"),
        ("a.onnx", "litert", r"ends in \.tflite: .*a\.tflite\. Received"),
        ("a", "litert", r"ends in \.tflite: .*a\.tflite\. Received"),
        ("a.onnx", "savedmodel", "For a .onnx file say format='onnx'"),
        ("no/a.tflite", "litert", "no folder .*no; make it first"),
        ("run", "savedmodel", "exists and is no SavedModel"),
        ("a\0", "savedmodel", "must be a path"),
    ],
)
def test_what_is_refused_before_any_work(
    broken_run, tmp_path, path, format, words
):
    if ON_JAX and format == "litert":
        pytest.skip("the backend is refused first")
    with pytest.raises(RunError, match=words):
        broken_run.export(f"{tmp_path}/{path}", format, overwrite=True)
    assert [each.name for each in tmp_path.iterdir()] == ["run"]


def test_the_model_of_the_broken_run_is_what_work_would_find(
    broken_run, tmp_path
):
    with pytest.raises(RunError, match="model.keras cannot be loaded"):
        broken_run.export(tmp_path / "a")


def test_nothing_is_replaced_unasked(broken_run, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/saved_model.pb").write_text("old")
    with pytest.raises(RunError, match="overwrite=True"):
        broken_run.export(tmp_path / "a")
    assert (tmp_path / "a/saved_model.pb").read_text() == "old"


@pytest.mark.parametrize("format", ["onnx", "litert"])
def test_texts_have_savedmodel_alone(broken_run, tmp_path, format):
    broken_run.environment["data"]["features"] = "text"
    with pytest.raises(RunError, match="takes strings: use savedmodel"):
        broken_run.export(tmp_path / NAMES[format], format)


def test_missing_packages_are_named(broken_run, tmp_path, monkeypatch):
    lacking = checks.FORMATS["onnx"]._replace(
        packages=("onnx_of_nobody",), backends=(keras.backend.backend(),)
    )
    monkeypatch.setitem(checks.FORMATS, "onnx", lacking)
    words = r"needs onnx_of_nobody: pip install 'keras-recipes\[export\]'"
    with pytest.raises(RunError, match=words):
        broken_run.export(tmp_path / "a.onnx", "onnx")


@pytest.mark.both_backends
@pytest.mark.skipif(not ON_JAX, reason="what JAX has not")
@pytest.mark.parametrize("format", ["onnx", "litert"])
def test_jax_names_the_backend_that_writes_it(broken_run, tmp_path, format):
    with pytest.raises(RunError, match="KERAS_BACKEND=tensorflow"):
        broken_run.export(tmp_path / NAMES[format], format)


@litert
@pytest.mark.slow
def test_half_precision_is_written_in_float32(tiny_images, tmp_path, capsys):
    recipe = recipes.image_classifier(
        network=recipes.Part("cnn", filters=(4,), depth=1),
        dtype_policy="mixed_bfloat16",
        epochs=1,
    )
    run = recipe.fit(tiny_images, directory=tmp_path / "run", verbose=False)
    run.export(tmp_path / "a.tflite", "litert")
    assert "the run computes in mixed_bfloat16" in capsys.readouterr().out
    x = tiny_images[0][:20].astype("float32")
    expected = run.model.predict(x, verbose=0)
    found = outputs(tmp_path / "a.tflite", "litert", x)
    np.testing.assert_allclose(found, expected, atol=0.02)
    assert standalone.half_policy(run.model) == "mixed_bfloat16"


@pytest.mark.both_backends
def test_the_model_stays_as_it_was(table_run, tmp_path):
    model = table_run.model
    rows = rows_of("breast_cancer")
    before = model.predict(rows, verbose=0)
    table_run.export(tmp_path / "model", verbose=0)
    np.testing.assert_array_equal(model.predict(rows, verbose=0), before)
    model.save(tmp_path / "again.keras")
    again = keras.saving.load_model(tmp_path / "again.keras")
    np.testing.assert_array_equal(again.predict(rows, verbose=0), before)


@pytest.mark.slow
@pytest.mark.both_backends
@pytest.mark.parametrize("preprocessing", ["standardization", "pca_whitening"])
def test_rows_are_such_as_the_run_was_fitted_on(tmp_path, preprocessing):
    recipe = recipes.tabular_classifier(
        network=recipes.Part("mlp", units=(4,)),
        preprocessing=preprocessing,
        epochs=1,
    )
    run = recipe.fit("breast_cancer", directory=tmp_path / "a", verbose=False)
    drawn = raw_examples.draw(run.model, run.environment["data"], 400)
    real = recipes.data.load("breast_cancer").train.read()
    for each in (np.mean, np.std):
        apart = each(drawn, axis=0) - each(real, axis=0)
        assert (np.abs(apart) < 0.3 * real.std(axis=0)).all()


def test_the_command(table_run, tmp_path, capsys):
    run, path = str(table_run.directory), str(tmp_path / "model")
    assert cli.main(["export", run, path]) == 0
    assert f"{path}: savedmodel, " in capsys.readouterr().out
    assert cli.main(["export", run, path]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert cli.main(["export", run, path, "--overwrite"]) == 0


OURS = {
    "stochastic_depth": {
        "network": recipes.Part(
            "resnet", filters=(4,), depth=1, stochastic_depth=0.2
        )
    },
    "fractional_max_pooling, drop_connect, maxout": {
        "network": recipes.Part(
            "cnn",
            filters=(4, 4),
            depth=1,
            pooling="fractional_max_pooling",
            drop_connect=0.3,
        ),
        "activation": "maxout",
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OURS)
def test_the_layers_of_ours(tiny_images, tmp_path, name):
    recipe = recipes.image_classifier(epochs=1, **OURS[name])
    run = recipe.fit(tiny_images, directory=tmp_path / "run", verbose=False)
    for format in NAMES:
        if format != "onnx" or not onnx.args[0]:
            run.export(tmp_path / NAMES[format], format)


@pytest.mark.slow
def test_texts(tmp_path):
    texts = np.array(["a dog", "A cat, and a dog!", "none"] * 20, object)
    recipe = recipes.text_classifier(network="transformer", epochs=1)
    data = texts, np.arange(60) % 2
    run = recipe.fit(data, directory=tmp_path / "run", verbose=False)
    run.export(tmp_path / "model")
    found = outputs(tmp_path / "model", "savedmodel", list(texts[:3]))
    expected = run.model.predict(texts[:3], verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.slow
def test_ensembles_and_several_labels(tiny_images, tmp_path):
    x, y = tiny_images
    recipe = recipes.image_classifier(
        network=recipes.Part("cnn", filters=(4,), depth=1),
        multi_label=True,
        epochs=1,
    )
    labels = np.stack([y % 2, y > 4], axis=1).astype(int)
    runs = [
        recipe.fit(
            (x, labels),
            directory=tmp_path / f"run{seed}",
            seed=seed,
            verbose=False,
        )
        for seed in (0, 1)
    ]
    together = recipes.ensemble(runs, tmp_path / "together")
    for format in NAMES:
        if format != "onnx" or not onnx.args[0]:
            path = tmp_path / format / NAMES[format]
            path.parent.mkdir()
            check(together, x[:50].astype("float32"), path, format)
