"""Golden JSON of every public recipe: a default cannot drift unseen.

After a change that is meant: `python tests/test_golden.py`.
"""

from pathlib import Path

import pytest

import recipes
from recipes.commands import DEFAULT_FOR
from recipes.data.embedded import NAMES
from recipes.tables import RECIPES
from recipes.tasks import TASKS

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", RECIPES)
def test_the_recipe_is_as_it_was(name):
    recipe = getattr(recipes, name)()
    text = (GOLDEN / f"{name}.json").read_text()
    assert recipe.to_json() + "\n" == text
    assert recipes.Recipe.from_json(text) == recipe


def test_the_lists_of_the_command_line_are_complete():
    assert list(RECIPES) == list(TASKS)
    assert list(DEFAULT_FOR) == list(NAMES)
    assert set(DEFAULT_FOR.values()) <= set(RECIPES)


def test_every_public_name_is_there():
    for name in recipes.__all__:
        assert getattr(recipes, name) is not None


if __name__ == "__main__":
    for name in RECIPES:
        text = getattr(recipes, name)().to_json() + "\n"
        (GOLDEN / f"{name}.json").write_text(text)
