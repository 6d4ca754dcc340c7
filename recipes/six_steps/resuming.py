"""Going on with a tune of which only the folder is known."""

import json
from pathlib import Path

from recipes.errors import RunError
from recipes.six_steps import kinds


def resume(directory, from_json, data=None, budget=None, **how):
    """Go on with a tune: everything that decides it is in its folder.

    Args:
        directory: The tune's folder.
        from_json: From the text of a recipe to the recipe.
        data: What it was begun on; None reads it again by its spec.
        budget: Another one than before, or None.
        **how: `force` and `verbose`.

    Returns:
        A `Tuned`.

    Raises:
        RunError: For a folder without a tune, and for data that no spec
            leads to.
    """
    path = Path(directory).expanduser()
    about = kinds.about(path)
    data = about["data"].get("spec") if data is None else data
    if data is None:
        raise RunError(
            f"{path}: no spec leads to the tune's data; give it again: "
            "recipe.tune(data, directory=…) in Python."
        )
    recipe = from_json(json.dumps(about["recipe"]))
    return recipe.tune(
        data,
        budget=about["budget"] if budget is None else budget,
        seeds=about["seeds"],
        objective=about["objective"],
        directory=path,
        **how,
    )
