"""What each command does, once its options are read."""

from pathlib import Path

from recipes import tables
from recipes.errors import RecipeError, suggest

DEFAULT_FOR = {
    "digits": "image_classifier",
    "iris": "tabular_classifier",
    "wine": "tabular_classifier",
    "breast_cancer": "tabular_classifier",
    "diabetes": "tabular_regressor",
    "docstrings": "text_classifier",
}


def fit(options):
    """Train a recipe on data."""
    from recipes import resuming

    resuming.fit(options, chosen)


def cross_validate(options):
    """Train a recipe once per fold."""
    chosen(options).cross_validate(
        options.data,
        options.folds,
        directory=options.out,
        overwrite=options.overwrite,
    )


def sweep(options):
    """Search a recipe's ranges, and fit the best."""
    from recipes import sweeping

    sweeping.sweep(options, chosen)


def ensemble(options):
    """Make one run of several."""
    import recipes
    from recipes.training import folder

    run = recipes.ensemble(
        options.runs,
        options.out,
        data=options.data,
        overwrite=options.overwrite,
    )
    print(folder.to_json(run.metrics))
    print(f"model.keras and the rest lie in {run.directory}")


def rerun(options):
    """Make a run again and compare; 3 if it differs."""
    import recipes

    found = recipes.rerun(options.directory, options.out, options.data)
    return 0 if found.same else 3


def chosen(options):
    """Return the recipe that the options of `fit` name."""
    name = options.recipe or _recipe_for(options.data)
    changes = list(options.set)
    if options.epochs is not None:
        changes.append(f"epochs={options.epochs}")
    if options.seed is not None:
        changes.append(f"seed={options.seed}")
    return _recipe(name, changes)


def _recipe_for(data):
    if data.startswith("csv:"):
        raise RecipeError(
            "a CSV file can hold classes or numbers to predict, from numbers "
            "or from texts: add --recipe tabular_classifier, --recipe "
            "tabular_regressor or --recipe text_classifier"
        )
    if data.startswith("folder:"):
        from recipes.data.class_folders import holds_texts, listing

        _, listed = listing(data.removeprefix("folder:"))
        if holds_texts(listed):
            return "text_classifier"
    return DEFAULT_FOR.get(data, "image_classifier")


def _recipe(name, changes):
    """Return the recipe `name` with `FIELD=VALUE` texts applied."""
    import recipes
    from recipes.setting import change

    if name not in tables.RECIPES:
        raise RecipeError(
            f"no recipe {name!r}.{suggest(name, tables.RECIPES)} "
            f"Legal: {', '.join(tables.RECIPES)}"
        )
    return change(getattr(recipes, name)(), changes)


def augment(options):
    """Draw a contact sheet of an augmentation, on images of each class."""
    from recipes import plots
    from recipes.data.sheet import contact_sheet
    from recipes.drawing import picture_path

    out = picture_path(options.out)
    preset = [f"augmentation={options.preset}"] if options.preset else []
    if preset and any(s.startswith("augmentation=") for s in options.set):
        raise RecipeError("give --preset or --set augmentation=…, not both")
    recipe = _recipe("image_classifier", [*preset, *options.set])
    if not recipe.augmentation:
        recipe = recipe.replace(augmentation="standard")
    figure = contact_sheet(
        recipe.replace(seed=options.seed),
        options.data,
        images=options.images,
        epochs=options.epochs,
    )
    plots.save(figure, out)
    print(f"{options.out}: {', '.join(p.name for p in recipe.augmentation)}")


def listing(options):
    """Print what there is, or what has to do with some words."""
    from rich.console import Console

    from recipes.quiet import import_keras

    wanted = " ".join(options.words) or None
    if options.markdown or wanted not in (None, *tables.PLAIN):
        import_keras()
    if options.markdown:
        print(tables.markdown(), end="")
        return
    console = Console()
    with console.capture() as text:
        tables.terminal(console, wanted)
    print(text.get(), end="")


def lint(options):
    """Print what is known to hurt in a recipe; 3 if anything does."""
    from rich.console import Console
    from rich.text import Text

    found = _named(options.name, options.set).lint(options.data)
    console = Console(highlight=False, soft_wrap=True)
    with console.capture() as text:
        for finding in found:
            console.print(Text(finding.code, "bold"), Text(finding.path))
            console.print(Text(f"  {finding.why}"))
            console.print(Text(f"  Mend: {finding.mend}"))
            console.print(Text(f"  Flags: {finding.flags}"))
            console.print(Text(f"  Source: {finding.source}", "dim"))
    print(text.get(), end="")
    print(f"{len(found)} found" if found else "nothing found")
    return 3 if found else 0


def _named(name, changes):
    """Return a recipe by its name, or from a file or a run folder."""
    from recipes.recipe import Recipe
    from recipes.setting import change

    path = Path(name)
    if name not in tables.RECIPES and path.is_dir():
        path = path / "recipe.json"
    if path.suffix != ".json":
        return _recipe(name, changes)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path} cannot be read: {error}") from error
    return change(Recipe.from_json(text), changes)


def show(options):
    """Print a recipe as JSON; of a fine-tuning also what each stage moved."""
    from recipes.training import folder, hashes
    from recipes.training.moved_table import printed

    print(_named(options.name, options.set).to_json())
    path = Path(options.name, folder.STAGES)
    if path.is_file():
        hashes.check(path)
        stages = folder.read_json(path)["stages"]
        print(printed(stages, options.variables), end="")


def pretrain(options):
    """Make the weights of the embedded backbone again."""
    from recipes.pretraining import pretrain

    card = pretrain(options.out, seed=options.seed, epochs=options.epochs)
    print(f"{options.out}: {card['score']}, {card['seconds']} s")


def evaluate(options):
    """Score a run on data."""
    import recipes
    from recipes.training import folder

    run = recipes.load_run(options.directory)
    found = run.evaluate(options.data, options.split, options.views)
    print(folder.to_json(found))


def export(options):
    """Write a run's model for other runtimes."""
    import recipes

    run = recipes.load_run(options.directory)
    run.export(options.path, options.format, overwrite=options.overwrite)


def predict(options):
    """Predict files with a run."""
    import recipes
    from recipes.training.predict_files import predict_file

    run = recipes.load_run(options.directory)
    for line in (r for f in options.files for r in predict_file(run, f)):
        print(line)


def mistakes(options):
    """Print and draw what a run gets most wrong."""
    from recipes import drawing

    drawing.mistakes(options)


def explain(options):
    """Draw where in images a run finds what it says."""
    from recipes import drawing

    drawing.explain(options)
