"""Files of a run folder that are damaged: gone on without, or refused."""

import hashlib
import shutil

import keras
import pytest

import recipes
from callbacks.state_file import read_states, write_state
from recipes import Part, RunError
from recipes.errors import UserError
from recipes.training.folder import to_json
from recipes.training.going_on.unfinished import resume
from tests.training.folders import hashes

pytestmark = [
    pytest.mark.both_backends,
    pytest.mark.by_hand_on_jax,
    pytest.mark.usefixtures("at_each_epoch"),
]
EPOCHS = 4


def flipped(data):
    place = len(data) // 2
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


DAMAGES = {
    "truncated": lambda data: data[: len(data) * 2 // 3],
    "flipped": flipped,
    "empty": lambda data: b"",
    "missing": None,
}


def damage(path, how):
    if DAMAGES[how] is None:
        path.unlink()
    else:
        path.write_bytes(DAMAGES[how](path.read_bytes()))


def recipe_of(**fields):
    given = {"network": Part("mlp", units=(4,)), "epochs": EPOCHS}
    return recipes.tabular_classifier(
        **{"early_stopping": None, **given, **fields}
    )


class Breaks(keras.callbacks.Callback):
    """Ends a fit at the end of an epoch as an error does."""

    uses_model = False

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise ZeroDivisionError


def scores(run):
    return {k: v for k, v in run.metrics.items() if k != "seconds"}


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs") / "straight"
    return recipe_of().fit("iris", directory=place, verbose=False)


def begin(place, epoch=EPOCHS - 1):
    with pytest.raises(ZeroDivisionError):
        recipe_of().fit(
            "iris", directory=place, callbacks=[Breaks(epoch)], verbose=False
        )


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A run that has three of four epochs, and a lock as a kill leaves it."""
    place = tmp_path_factory.mktemp("runs") / "begun"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recipes.training.candidate.INTERVAL", 0.0)
        begin(place)
    (place / "lock").write_text("1\n")
    names = {path.name for path in (place / "checkpoint").iterdir()}
    # The file that is pushed out is what the next is written to.
    assert len(names) == 4 and {"manifest.json", "epoch.partial"} < names
    return place


@pytest.fixture
def folder(begun, tmp_path):
    return shutil.copytree(begun, tmp_path / "run")


def checkpoints(folder):
    return sorted((folder / "checkpoint").glob("*.npz"))


def goes_on(folder, straight, capsys):
    """Fit to the end, and return what was said."""
    run = recipe_of().fit("iris", directory=folder)
    assert scores(run) == scores(straight)
    for name in ("history.csv", "recipe.json", "environment.json"):
        wanted = (straight.directory / name).read_bytes()
        assert (folder / name).read_bytes() == wanted
    assert {p.name for p in folder.iterdir()} == {
        p.name for p in straight.directory.iterdir()
    }
    return capsys.readouterr().out


SLOW = pytest.mark.slow
REWRITTEN = (
    "checkpoint/manifest.json",
    "recipe.json",
    "environment.json",
    "history.csv",
    "lock",
)


@pytest.mark.parametrize(
    "how",
    ["flipped", "missing"]
    + [pytest.param(how, marks=SLOW) for how in ("truncated", "empty")],
)
def test_a_damaged_checkpoint_is_said_and_the_one_before_taken(
    how, folder, straight, capsys
):
    newest = checkpoints(folder)[-1]
    damage(newest, how)
    said = goes_on(folder, straight, capsys)
    assert f"{newest} is damaged or missing" in said
    assert "goes on in epoch 3 of 4" in said


def without(name):
    return lambda state: state.pop(name)


def with_other(name, value):
    return lambda state: state.update({name: value})


CHANGES = {
    "no-step": without("step"),
    "no-callbacks": without("callbacks"),
    "rows-of-text": with_other("rows", "[]"),
    "a-variable-of-text": with_other("variables", ["0.5"]),
    "rows-without-logs": with_other("rows", [[0]]),
    "another-epoch": with_other("epoch", 9),
}


@pytest.mark.parametrize(
    "change",
    ["no-step"] + [pytest.param(c, marks=SLOW) for c in list(CHANGES)[1:]],
)
def test_a_whole_file_of_something_else_is_damaged(
    change, folder, straight, capsys
):
    place, state = next(read_states(folder / "checkpoint"))
    checkpoints(folder)[-1].unlink()
    CHANGES[change](state)
    write_state(folder / "checkpoint", place[0], state)
    newest = checkpoints(folder)[-1]
    said = goes_on(folder, straight, capsys)
    assert f"{newest} is damaged or missing" in said
    assert "goes on in epoch 3 of 4" in said


class Counts(keras.callbacks.Callback):
    """One that remembers."""

    def get_state(self):
        return {}

    def set_state(self, state):
        pass


def test_callbacks_that_remember_are_named_before_the_training(folder):
    how = {"directory": folder, "verbose": False}
    refused(
        lambda: recipe_of().fit("iris", callbacks=[Counts()], **how),
        folder,
        r"Received: RateScale, Counts\. .* callbacks=.* overwrite=True",
    )


def test_a_callback_that_remembers_has_to_be_given_again(tmp_path):
    place = tmp_path / "run"
    hooked = [Counts(), Breaks(1)]
    with pytest.raises(ZeroDivisionError):
        recipe_of().fit(
            "iris", directory=place, callbacks=hooked, verbose=False
        )
    refused(
        lambda: resume(place, recipes.Recipe.from_json, verbose=False),
        place,
        r"began with, RateScale, Counts\. Received: .* callbacks=",
    )


def test_with_both_damaged_it_begins_anew_and_says_so(folder, straight, capsys):
    both = checkpoints(folder)
    for path, how in zip(both, ("truncated", "empty"), strict=True):
        damage(path, how)
    said = goes_on(folder, straight, capsys)
    assert all(f"{path} is damaged or missing" in said for path in both)
    assert "no whole checkpoint lies there: it begins anew" in said


@pytest.mark.parametrize(
    "how",
    ["truncated"]
    + [pytest.param(h, marks=SLOW) for h in ("flipped", "empty", "missing")],
)
def test_what_can_be_written_again_stops_nothing(how, folder, straight, capsys):
    for name in REWRITTEN:
        damage(folder / name, how)
    said = goes_on(folder, straight, capsys)
    assert "goes on in epoch 4 of 4" in said and "damaged" not in said


def refused(call, folder, match):
    (folder / "lock").unlink(missing_ok=True)
    before = hashes(folder)
    with pytest.raises(RunError, match=match):
        call()
    assert hashes(folder) == before


@pytest.mark.parametrize("how", DAMAGES)
def test_without_what_says_what_it_is_of_it_is_refused(how, folder):
    damage(folder / "unfinished.json", how)
    refused(
        lambda: recipe_of().fit("iris", directory=folder),
        folder,
        r"unfinished\.json.* overwrite=True",
    )
    refused(
        lambda: resume(folder, recipes.Recipe.from_json),
        folder,
        r"unfinished",
    )


def test_what_is_refused_can_begin_anew(folder, straight):
    damage(folder / "unfinished.json", "truncated")
    how = {"directory": folder, "verbose": False, "overwrite": True}
    assert scores(recipe_of().fit("iris", **how)) == scores(straight)


def test_the_control_nothing_is_damaged(folder, straight, capsys):
    said = goes_on(folder, straight, capsys)
    assert "goes on in epoch 4 of 4" in said and "damaged" not in said


# Of a JSON or CSV file a flipped bit may be another digit: files.json says so.
FINISHED = [
    (name, how)
    for name in (
        "metrics.json",
        "environment.json",
        "recipe.json",
        "history.csv",
        "model.keras",
    )
    for how in DAMAGES
]


@pytest.mark.parametrize("name, how", FINISHED)
def test_a_damaged_file_of_a_finished_run_is_named(
    name, how, straight, tmp_path
):
    folder = shutil.copytree(straight.directory, tmp_path / "run")
    damage(folder / name, how)
    before = hashes(folder)
    with pytest.raises(UserError) as error:
        run = recipes.load_run(folder)
        _ = run.recipe, run.history, run.model
    if name != "recipe.json" or how == "flipped":
        assert name in str(error.value)
    assert hashes(folder) == before
    refused(lambda: recipe_of().fit("iris", directory=folder), folder, "holds")


def another_digit(path):
    """Flip the bit of a digit that leaves one, and return the file as text."""
    data = bytearray(path.read_bytes())
    digits = [i for i, byte in enumerate(data) if byte in b"234567"]
    data[digits[len(digits) // 2]] ^= 1
    path.write_bytes(bytes(data))
    return data.decode()


TEXTS = ("metrics.json", "environment.json", "recipe.json", "history.csv")


@pytest.mark.parametrize("name", TEXTS)
def test_another_digit_is_seen_by_files_json_alone(name, straight, tmp_path):
    folder = shutil.copytree(straight.directory, tmp_path / "run")
    another_digit(folder / name)

    def read():
        run = recipes.load_run(folder)
        return run.recipe, run.history, run.metrics

    refused(read, folder, rf"{name} is damaged: .* overwrite=True")
    (folder / "files.json").unlink()  # as an older version left it
    read()


@pytest.mark.parametrize("how", DAMAGES)
def test_files_json_itself(how, straight, tmp_path):
    folder = shutil.copytree(straight.directory, tmp_path / "run")
    damage(folder / "files.json", how)
    if how == "missing":
        assert scores(recipes.load_run(folder)) == scores(straight)
    else:
        refused(lambda: recipes.load_run(folder), folder, r"files\.json")


def test_a_model_is_hashed_when_it_is_loaded(straight, tmp_path):
    folder = shutil.copytree(straight.directory, tmp_path / "run")
    path = folder / "model.keras"
    path.write_bytes(path.read_bytes() + b"\0")  # a zip file all the same
    run = recipes.load_run(folder)
    assert run.history == straight.history
    refused(lambda: run.model, folder, r"model\.keras is damaged")


def test_files_of_strangers_say_what_they_like(straight, tmp_path):
    folder = shutil.copytree(straight.directory, tmp_path / "run")
    for files in ({"metrics.json": 1}, {"metrics.json": {"bytes": None}}):
        digest = hashlib.sha256(to_json(files).encode()).hexdigest()
        about = {"files": files, "sha256": digest}
        (folder / "files.json").write_text(to_json(about))
        refused(
            lambda: recipes.load_run(folder),
            folder,
            r"metrics\.json is damaged",
        )
