"""What each technique of the menu brings: the table of docs/evidence.md.

Each row is a technique on a small embedded task, at a fixed number of epochs,
against its twin: the same seed, splits, weights and order, and all else equal.
docs/evidence.json has the score of every fit; it is written after each row.

    python benchmarks/evidence.py [--seeds 5] [--only ID|NAME…] [--resume]
        [--out docs/evidence.md]

`--resume` goes on where an earlier call stopped: nothing that lies in the JSON
is measured again. `--only` takes ids of the menu (`A D4`), kinds
(`activation`) and names (`activation/elu`), and leaves the other rows alone.
"""

import argparse
import gc
import json
import os
import platform
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from evidence_fit import score
from evidence_rows import rows
from evidence_table import HEAD, in_words, key, line, text
from evidence_tasks import TASKS

from callbacks.disk import write_whole
from recipes.quiet import many_models
from recipes.training.environment import version

OUT = Path(__file__).parent.parent / "docs" / "evidence.md"


def chosen(all_rows, only):
    """Return the rows that are asked for, by id, kind or name."""
    if not only:
        return all_rows
    found = [
        row
        for row in all_rows
        if {row.id, row.id[:1], row.name, row.name.split("/")[0]} & set(only)
    ]
    if not found:
        raise SystemExit(f"No row has one of these: {', '.join(only)}")
    return found


def read(path, seeds):
    """Return what is stored, without the fits of other recipes of a task."""
    bases = {name: task.recipe.to_dict() for name, task in TASKS.items()}
    bases = {name: in_words(fields) for name, fields in bases.items()}
    stored = {"seconds": 0.0, "fits": {}}
    if path.exists():
        stored = json.loads(path.read_text(encoding="utf-8"))
        old = stored["tasks"]
        stored["fits"] = {
            name: fits
            for name, fits in stored["fits"].items()
            if old.get(name) == bases.get(name)
        }
    now = {"seeds": seeds, "about": about(), "tasks": bases}
    return {**now, "seconds": stored["seconds"], "fits": stored["fits"]}


def about():
    """Return what the numbers were measured with."""
    import keras

    return {
        "backend": keras.backend.backend(),
        "device": "CPU",
        "keras": version("keras"),
        "python": platform.python_version(),
    }


def write(out, stored, all_rows):
    """Write the JSON, and the table behind the page's own words."""
    whole = json.dumps(stored, indent=1, ensure_ascii=False)
    write_whole(out.with_suffix(".json"), whole + "\n")
    page = out.read_text(encoding="utf-8") if out.exists() else "# Evidence\n\n"
    page = page.split(HEAD)[0] + text(all_rows, stored)
    write_whole(out, page)


def measure(row, stored, seeds):
    """Fit what is missing of a row and of its twin."""
    fits = stored["fits"].setdefault(row.task, {})
    for fields in (row.fields, row.twin):
        name = key(row.task, fields)
        found = fits.setdefault(name, {})
        for seed in range(seeds):
            if str(seed) not in found:
                found[str(seed)] = score(row.task, fields, seed)
                if not gc.get_freeze_count():
                    gc.freeze()  # what was imported, and stays


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    all_rows = rows()
    todo = chosen(all_rows, options.only)
    stored = read(options.out.with_suffix(".json"), options.seeds)
    seeds = range(options.seeds)
    if not options.resume:
        for row in todo:
            for fields in (row.fields, row.twin):
                stored["fits"].get(row.task, {}).pop(
                    key(row.task, fields), None
                )
    with tempfile.TemporaryDirectory() as cache, many_models():
        os.environ["RECIPES_CACHE"] = cache
        for row in todo:
            began = time.perf_counter()
            measure(row, stored, options.seeds)
            stored["seconds"] += time.perf_counter() - began
            if time.perf_counter() - began > 0.1:  # something was fitted
                write(options.out, stored, all_rows)
            print(line(row, stored, seeds), flush=True)
    write(options.out, stored, all_rows)


if __name__ == "__main__":
    main()
