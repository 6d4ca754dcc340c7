"""What each command that draws a run's examples does."""

from pathlib import Path

from recipes import plots
from recipes.errors import RecipeError, RunError
from recipes.runs import load_run

PICTURES = (".png", ".svg", ".pdf", ".jpg")


def picture_path(out):
    """Return the path of `--out`.

    Raises:
        RecipeError: For one that is no picture, or lies in no folder.
    """
    path = Path(out)
    if path.suffix.lower() not in PICTURES or not path.parent.is_dir():
        raise RecipeError(
            f"--out must be a file that ends in {', '.join(PICTURES)}, in a "
            f"folder that exists. Received: {out}"
        )
    return path


def mistakes(options):
    """Print a run's largest losses and confused classes, and draw them."""
    from recipes.training import folder
    from recipes.training.looking.mistakes import mistakes

    run = load_run(options.directory)
    out = Path(options.out or run.directory).expanduser()
    folder.make(out)
    found = mistakes(run, options.number, options.data, options.split)
    for name, result in zip(folder.LOOKED_AT, found, strict=True):
        if result is None:
            continue
        print(result)
        if run.environment["data"]["features"] == "image":
            _save(result.figure, out / name)


def explain(options):
    """Draw where in images a run finds what it says."""
    out = picture_path(options.out)
    run = load_run(options.directory)
    found = run.explain(options.images, options.classes, options.layer)
    print(found)
    _save(found.figure, out)


def _save(figure, path):
    try:
        plots.save(figure, path)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error}") from error
    print(path)
