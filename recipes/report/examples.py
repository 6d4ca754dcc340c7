"""The worst examples, and the classes that are taken for one another."""

from recipes.report.blocks import grid, note, number, paragraph, table
from recipes.report.markup import clean, joined, name, tag
from recipes.report.pictures import picture

WORST, PAIRS, OF_EACH = 12, 6, 6
COLUMNS, LETTERS = 12, 280  # of a table; of a text


def worst(losses):
    """Return the examples with the largest losses.

    Args:
        losses: A `TopLosses`.
    """
    judged = losses.judged
    head = tag("h3", "Largest losses")
    said = f"Of {judged}, the largest first."
    about = judged.about
    if about["features"] == "image":
        images = judged.pictures([row.index for row in losses.rows])
        found = []
        for image, row in zip(images, losses.rows, strict=True):
            words = _caption(judged, row)
            shown = picture(image, f"Example {row.index}: {words}")
            found.append(tag("figure", shown, tag("figcaption", words)))
        return joined(head, paragraph(said), grid(*found, class_="examples"))
    examples = losses.examples
    if about["features"] == "text":
        heads = ("index", "text", "true", "predicted", "loss")
        rows = [
            (
                row.index,
                tag("div", tag("bdi", clean(example, LETTERS)), class_="long"),
                name(_short(row.truth)),
                name(_short(row.predicted)),
                number(row.loss),
            )
            for example, row in zip(examples, losses.rows, strict=True)
        ]
        return joined(head, table(heads, rows, said, numeric=(4,)))
    names = about.get("feature_names") or [
        f"column {i}" for i in range(examples.shape[1])
    ]
    heads = ["index", "true", "predicted", "loss"]
    heads += [name(each, 40) for each in names[:COLUMNS]]
    rows = [
        (
            row.index,
            name(_short(row.truth)),
            name(_short(row.predicted)),
            number(row.loss),
            *(number(float(v)) for v in example[:COLUMNS]),
        )
        for example, row in zip(examples, losses.rows, strict=True)
    ]
    if len(names) > COLUMNS:
        said += f" The first {COLUMNS} of {len(names)} columns."
    return joined(head, table(heads, rows, said, numeric=range(3, len(heads))))


def confused(pairs):
    """Return the pairs of classes that are confused most, with pictures.

    Args:
        pairs: A `MostConfused`.
    """
    judged = pairs.judged
    title = tag("h3", "Most confused")
    if not pairs.rows:
        return note(f"Nothing is confused in {judged}.")
    if judged.about["features"] != "image":
        heads = ("true", "predicted as", "times", "index")
        rows = [
            (
                name(row.truth),
                name(row.predicted),
                row.count,
                ", ".join(map(str, row.indices[:OF_EACH])),
            )
            for row in pairs.rows
        ]
        said = f"In {judged}, the most frequent first"
        return joined(title, table(heads, rows, said, numeric=(2,)))
    found = []
    for row in pairs.rows:
        places = row.indices[:OF_EACH]
        shown = []
        for place, image in zip(places, judged.pictures(places), strict=True):
            truth, predicted = _short(row.truth), _short(row.predicted)
            words = f"Example {place}: {truth}, taken for {predicted}"
            shown.append(
                tag(
                    "figure",
                    picture(image, words),
                    tag("figcaption", f"index {place}"),
                )
            )
        head = tag(
            "h4",
            name(row.truth, 60),
            " taken for ",
            name(row.predicted, 60),
            f": {row.count} time{'s' * (row.count > 1)}",
        )
        strip = tag("div", *shown, class_="strip")
        found.append(tag("div", head, strip))
    return joined(title, grid(*found, class_="pairs"))


def _caption(judged, row):
    share = "" if row.probability is None else f" ({row.probability:.2f})"
    said = f"{_short(row.truth)}, predicted {_short(row.predicted)}{share}; "
    said += f"loss {row.loss:.3g}, index {row.index}"
    return said if row.file is None else f"{said}, {clean(row.file, 60)}"


def _short(value):
    """Return a class, labels or numbers on one line."""
    several = value if isinstance(value, tuple) else (value,)
    each = [v if isinstance(v, str) else f"{v:.4g}" for v in several]
    return clean(", ".join(each) or "none", 40)
