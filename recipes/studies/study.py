"""study: a textbook claim, measured over several seeds, judged and drawn."""

import importlib
import io
import json
import sys
import time
from dataclasses import dataclass

from recipes.errors import RecipeError, RunError, suggest
from recipes.studies import NAMES


@dataclass(frozen=True)
class Study:
    """What a study has measured.

    Attributes:
        name: As given to `study`.
        claim: What the textbook says.
        numbers: What was measured, as it lies in the JSON file.
        verdicts: Sentence with the measured numbers → whether it holds.
        paths: The picture, and the JSON file.
    """

    name: str
    claim: str
    numbers: dict
    verdicts: dict
    paths: tuple

    @property
    def holds(self):
        """Whether every verdict holds here."""
        return all(self.verdicts.values())


def study(name, *, directory="studies", seeds=None, verbose=True):
    """Measure a textbook claim over several seeds, judge it, and draw it.

    Use it to see on two cores, in at most two minutes, what a technique is
    for. `directory/NAME.png` is the picture; `directory/NAME.json` has the
    claim, its source, the numbers, the verdicts, the seeds and the versions.
    Files of the same study are replaced. Where a claim does not hold here, the
    verdict says so.

    Args:
        name: One of `recipes study --list`.
        directory: The folder for both files; made where it is missing.
        seeds: How many, from 1 (then 0, 1, …); or a list of whole numbers
            from 0; None: those of the study, at least 3. The same seeds give
            the same numbers on the same machine.
        verbose: Whether to show progress, the claim and the verdicts.

    Returns:
        A `Study`: name, claim, numbers, verdicts, paths, holds.

    Raises:
        RecipeError: For an unknown name, or illegal seeds.
        RunError: For a folder that cannot be written, and for files in the
            way that are not of this study.

    On the command line: `recipes study initializers --out studies`.

    Example:

    >>> import recipes
    >>> recipes.study("initializer")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    recipes.errors.RecipeError: No study has this name. Legal: initializers\
... Did you mean 'initializers'? Received: 'initializer'
    """
    if not isinstance(name, str) or name not in NAMES:
        raise RecipeError(
            f"No study has this name. Legal: {', '.join(NAMES)}."
            f"{suggest(name, NAMES)} Received: {name!r}"
        )
    seeds = seeds if seeds is None else _checked(seeds)
    from recipes.training.going_on.writable import (
        refuse_others,
        writable_folder,
    )

    directory = writable_folder(directory, "a study")
    paths = (directory / f"{name}.png", directory / f"{name}.json")
    refuse_others(
        *paths[::-1],
        f"the study {name!r}",
        lambda held: held.get("study") == name,
    )

    from callbacks import SteadyConsole
    from recipes.network.build import dtype_policy
    from recipes.training.seeds import seeded

    module = importlib.import_module(f"recipes.studies.{name}")
    seeds = list(module.SEEDS) if seeds is None else seeds
    console = SteadyConsole.plain(quiet=not verbose)
    began = time.perf_counter()

    def say(words):
        seconds = time.perf_counter() - began
        console.print(f"{name}  {words}  {seconds:.0f} s")

    with seeded(0), dtype_policy("float32"):
        numbers = _plain(module.measure(seeds, say))
    judged = module.verdicts(numbers)
    verdicts = {sentence: bool(holds) for sentence, holds in judged.items()}
    found = Study(name, module.CLAIM, numbers, verdicts, paths)
    about = {
        "study": name,
        "claim": module.CLAIM,
        "source": module.SOURCE,
        "holds": found.holds,
        "verdicts": verdicts,
        "seeds": seeds,
        "seconds": round(time.perf_counter() - began, 1),
        "versions": _versions(),
        "numbers": numbers,
    }
    _write(found, about, module.draw(numbers))
    console.print(f"claim: {module.CLAIM}")
    for sentence, holds in verdicts.items():
        console.print(f"{'holds' if holds else 'does not hold'}: {sentence}")
    console.print(f"{paths[0]} shows it, {paths[1]} has the numbers")
    return found


def _checked(seeds):
    """Return a list of seeds; a whole number says how many."""
    if _whole(seeds) and seeds >= 1:
        return list(range(seeds))
    several = isinstance(seeds, (list, tuple)) and len(seeds) > 0
    if (
        several
        and all(_whole(seed) and seed >= 0 for seed in seeds)
        and len(set(seeds)) == len(seeds)
    ):
        return list(seeds)
    raise RecipeError(
        "`seeds` must be a whole number from 1, which says how many, or a "
        f"list of different whole numbers from 0. Received: {seeds!r}"
    )


def _whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _plain(numbers):
    """Return the numbers as they will be read again from the file."""
    return json.loads(json.dumps(numbers, allow_nan=False))


def _versions():
    import keras

    from recipes.training.environment import PACKAGES, version

    return {
        "recipes": version("keras-recipes"),
        "python": sys.version.split()[0],
        "backend": keras.backend.backend(),
        **{package: version(package) for package in PACKAGES},
    }


def _write(found, about, figure):
    from callbacks.disk import whole, write_whole

    picture, file = found.paths
    try:
        picture.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(about, indent=1, ensure_ascii=False)
        write_whole(file, f"{text}\n")
        with whole(picture, picture.with_suffix(".partial.png")) as partial:
            _save(figure, partial)
    except OSError as error:
        raise RunError(
            f"{picture.parent} cannot be written: {error}"
        ) from error


def _save(figure, path):
    """Write a figure as PNG of at most 128 colors: a third of the bytes."""
    from PIL import Image

    from recipes import plots

    drawn = io.BytesIO()
    plots.save(figure, drawn)
    with Image.open(drawn) as image:
        few = image.convert("RGB").quantize(128, Image.Quantize.MEDIANCUT)
    few.save(path, optimize=True)
