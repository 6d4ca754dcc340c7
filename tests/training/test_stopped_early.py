"""Ctrl-C before the first step: what is left, and that it goes on."""

import signal

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.training import folder
from recipes.training.going_on import unfinished

RECIPE = recipes.tabular_classifier(
    network=Part("mlp", units=(2,)), epochs=1, early_stopping=None
)


class CtrlC(keras.callbacks.Callback):
    """Comes as Keras' fit begins, and never again."""

    uses_model = False
    come = False

    def on_train_begin(self, logs=None):
        if self.come:
            self.come = False
            signal.raise_signal(signal.SIGINT)


def fit(place, callback):
    return RECIPE.fit(
        "iris", directory=place, callbacks=[callback], verbose=False
    )


def after(call):
    """Let Ctrl-C come when a function has ended."""

    def called(*given):
        call(*given)
        signal.raise_signal(signal.SIGINT)

    return called


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    return fit(tmp_path_factory.mktemp("runs") / "straight", CtrlC())


# When it comes; what lies there then.
MOMENTS = {
    "before the folder is known as ours": set(),
    "before the training": {"unfinished.json"},
    "as the training begins": {"unfinished.json", "checkpoint"},
}


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_before_the_first_step(moment, straight, tmp_path, monkeypatch):
    place, stop = tmp_path / "run", CtrlC()
    with monkeypatch.context() as patched:
        if moment == "before the folder is known as ours":
            patched.setattr(folder, "prepare", after(folder.prepare))
        elif moment == "before the training":
            patched.setattr(unfinished, "write", after(unfinished.write))
        else:
            stop.come = True
        with pytest.raises(KeyboardInterrupt) as caught:
            fit(place, stop)
    names = {p.name for p in place.iterdir()} if place.exists() else set()
    known = {"unfinished.json", "checkpoint"}
    assert names & known == MOMENTS[moment]
    notes = getattr(caught.value, "__notes__", [])
    words = [f"go on with: recipes fit --resume {place}"]
    assert notes == (words if names else [])
    run = fit(place, stop)
    assert run.history == straight.history
    weights = [value.tobytes() for value in run.model.get_weights()]
    wanted = [value.tobytes() for value in straight.model.get_weights()]
    assert weights == wanted


def test_what_no_spec_leads_to_is_given_again(tmp_path):
    """A shell cannot."""
    place, data = tmp_path / "run", (np.eye(40, 4), np.arange(40) % 2)
    stop = CtrlC()
    stop.come = True
    with pytest.raises(KeyboardInterrupt) as caught:
        RECIPE.fit(data, directory=place, callbacks=[stop], verbose=False)
    words = f"go on with: the same call, with directory={str(place)!r}"
    assert caught.value.__notes__ == [words]
