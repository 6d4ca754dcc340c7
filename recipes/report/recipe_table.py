"""The recipe as a table, with what differs from its default marked."""

from recipes.report.blocks import fold, paragraph, table
from recipes.report.markup import clean, joined, tag

LETTERS = 400


def recipe_table(rows, task):
    """Return the fields that differ from the default, and all of them.

    Args:
        rows: (field, value, default, differs) of each, as texts.
        task: Name of the recipe.
    """
    changed = [row for row in rows if row[3]]
    said = paragraph(
        f"{len(changed)} of {len(rows)} fields differ from the default of "
        f"{clean(task)}."
        if changed
        else f"Every field is as {clean(task)} has it by default."
    )
    heads = ("field", "value", "default")
    whole = [
        (
            tag("span", tag("span", "● ", class_="mark"), field)
            if differs
            else field,
            _code(value),
            _code(default) if default != value else "",
        )
        for field, value, default, differs in rows
    ]
    marked = [row for row, each in zip(whole, rows, strict=True) if each[3]]
    every = table(heads, whole, "All fields; ● differs from the default")
    return joined(
        said,
        table(heads, marked, "What differs from the default")
        if changed
        else None,
        fold("All fields", every),
    )


def _code(value):
    return tag("code", clean(value, LETTERS))
