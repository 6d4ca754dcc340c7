"""The same library on JAX, without TensorFlow."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = """
import sys
import keras
import recipes

own = keras.Sequential(
    [keras.Input((None, None, 1)), keras.layers.Conv2D(4, 3, name="own")]
)
image = recipes.image_classifier(
    network=recipes.Part("cnn", filters=(8,), depth=1), epochs=1
)
for recipe, data in (
    (image, "digits"),
    (recipes.tabular_classifier(epochs=1), "iris"),
    (recipes.tabular_regressor(epochs=1), "diabetes"),
):
    run = recipe.fit(data, directory=f"{sys.argv[1]}/{data}", verbose=False)
    assert run.environment["backend"] == "jax"
    recipes.load_run(run.directory).evaluate(data)
    if data != "iris":
        assert "Left out" not in run.report().read_text()
digits = recipes.data.load("digits").test
few = digits.read(slice(0, 48)), digits.labels[:48] % 2
tuner = recipes.image_fine_tuner("glyphnet", strategy="frozen", epochs=1)
tuner.fit(few, directory=f"{sys.argv[1]}/tuned", verbose=False)
recipes.image_fine_tuner(own).build((8, 8, 1), 2)
folds = recipes.tabular_classifier(epochs=1).cross_validate(
    "iris", 2, directory=f"{sys.argv[1]}/folds", verbose=False
)
recipes.ensemble(folds, f"{sys.argv[1]}/ensemble", data="iris")
loaded = [name for name in sys.modules if name.split(".")[0] == "tensorflow"]
assert not loaded, loaded[:5]
"""


@pytest.fixture
def jax_environment():
    pytest.importorskip("jax")
    inherited = {
        k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")
    }
    return {**inherited, "KERAS_BACKEND": "jax"}


def test_jax_does_not_import_tensorflow(jax_environment, tmp_path):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    subprocess.run(command, check=True, env=jax_environment, cwd=ROOT)


@pytest.mark.slow
def test_the_tests_of_both_backends_pass_on_jax(jax_environment, tmp_path):
    """All in one process: most of them share what is compiled.

    (Fewer optimizations would be quicker; but with them the fine-tuning of a
    convolutional network ends in NaN on a CPU.)
    """
    compiled_once = {
        "JAX_COMPILATION_CACHE_DIR": str(tmp_path),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0"]
    command += ["-m", "both_backends and not by_hand_on_jax"]
    command += ["-p", "no:cacheprovider", "tests"]
    done = subprocess.run(
        command,
        env=jax_environment | compiled_once,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("command", [["--help"], ["list"], ["list", "field"]])
def test_help_and_lists_load_neither_keras_nor_tensorflow(command):
    script = (
        "import sys; from recipes.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as stop: assert not stop.code\n"
        "heavy = {'keras', 'tensorflow', 'numpy', 'sklearn'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", script, *command], check=True, cwd=ROOT
    )


def test_importing_recipes_loads_neither_keras_nor_tensorflow():
    script = (
        "import sys, recipes; recipes.Part; recipes.Float; dir(recipes)\n"
        "assert not {'keras', 'tensorflow', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)
