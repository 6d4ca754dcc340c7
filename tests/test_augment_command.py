"""`recipes augment`, and the paths of --set into a list of Parts."""

import matplotlib.image
import numpy as np
import pytest

import recipes
from recipes import Part, cli
from recipes.setting import change


def test_it_draws_a_sheet(tmp_path, capsys):
    out = tmp_path / "sheet.png"
    code = cli.main(
        ["augment", "digits", "--preset", "light", "--images", "2"]
        + ["--epochs", "1", "--out", str(out)]
    )
    assert code == 0 and "light" in capsys.readouterr().out
    picture = matplotlib.image.imread(out)
    assert picture.shape[0] > 200 and np.unique(picture).size > 20


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--out", "nowhere/x.png"], "a folder that exists"),
        (["--out", "x.xyz"], ".png"),
        (["--preset", "light", "--set", "augmentation=strong"], "not both"),
        (["--preset", "lihgt"], "Did you mean 'light'"),
        (["--images", "0"], "from 1 to 100"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments, words, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["augment", "digits", *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error and "Traceback" not in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "setting",
    [
        "augmentation/strength=0.5",
        "augmentation/0/strength=0.5",
        "augmentation/standard/strength=0.5",
    ],
)
def test_set_reaches_into_a_list(setting):
    recipe = change(
        recipes.image_classifier(), ["augmentation=standard", setting]
    )
    assert recipe.augmentation == (Part("standard", strength=0.5),)


def test_set_names_one_of_several():
    two = recipes.image_classifier(augmentation=["light", "mixup"])
    found = change(two, ["augmentation/mixup/alpha=0.5"]).augmentation
    assert found == (Part("light"), Part("mixup", alpha=0.5))
    for setting in ("augmentation/alpha=1", "augmentation/2/alpha=1"):
        with pytest.raises(recipes.RecipeError, match="light, mixup"):
            change(two, [setting])
