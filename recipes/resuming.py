"""recipes fit: a run that begins, or one that goes on."""

from recipes.errors import RecipeError, RunError


def fit(options, chosen):
    """Train a recipe on data, or go on with an unfinished run.

    Args:
        options: Of the command line.
        chosen: From the options to the recipe.
    """
    how = {}
    if options.resume_anyway:
        how["resume"] = "anyway"
    if options.save_freq is not None:
        how["save_freq"] = options.save_freq
    if options.on_divergence is not None:
        how["on_divergence"] = options.on_divergence
    if options.tensorboard:
        how["tensorboard"] = True
    if options.resume and options.overwrite:
        raise RecipeError("give --resume or --overwrite, not both")
    if _knows_the_rest(options):
        _go_on(options, how)
        return
    if options.data is None and options.resume:
        raise RecipeError(
            "an unfinished run knows its recipe: give --resume DIR alone, or "
            "DATA and all that it was begun with"
        )
    if options.data is None:
        raise RecipeError("give DATA, such as digits, or --resume DIR")
    if options.resume:
        _refuse_nothing(options)
    recipe = chosen(options)
    recipe.fit(
        options.data,
        directory=options.out,
        overwrite=options.overwrite,
        **how,
    )


def _knows_the_rest(options):
    """Whether nothing but a folder is said."""
    said = options.data, options.recipe, options.epochs, options.seed
    return bool(
        options.resume
        and not options.set
        and all(each is None for each in said)
    )


def _go_on(options, how):
    from recipes.recipe import Recipe
    from recipes.training.going_on.unfinished import resume

    resume(_folder(options), Recipe.from_json, **how)


def _refuse_nothing(options):
    """Refuse to begin where there should be something to go on with."""
    from pathlib import Path

    from recipes.training.going_on import unfinished

    if not unfinished.lies(Path(_folder(options)).expanduser()):
        raise RunError(
            f"{_folder(options)} holds no unfinished run; leave --resume out "
            "to begin one."
        )


def _folder(options):
    """Return the folder of --resume DIR, or of --resume with --out DIR."""
    given = {f for f in (options.resume, options.out) if f and f is not True}
    if len(given) != 1:
        raise RecipeError("give the folder once: --resume DIR, or --out DIR")
    options.out = given.pop()
    return options.out
