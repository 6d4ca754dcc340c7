"""Results as text: a title, and aligned rows below it."""

import io


def listed(title, heads, rows, whole=()):
    """Return a table without lines, as wide as it has to be.

    Args:
        title: The first line.
        heads: Names of the columns.
        rows: Rows of values. Fractions get four digits, texts one line and at
            most 40 columns; None is left out.
        whole: Heads of columns that are never cut.

    Example:

    >>> print(listed("two:", ("index", "truth"), [(7, "cat"), (12, None)]))
    two:
    index  truth
        7  cat
       12
    """
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, head in enumerate(heads):
        numbers = all(isinstance(row[place], int | float) for row in rows)
        justify = "right" if rows and numbers else "left"
        table.add_column(
            head,
            justify=justify,
            max_width=None if head in whole else 40,
            no_wrap=True,
            header_style="",
        )
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    longest = sum(
        max(
            (cell_len(_cell(row[heads.index(head)])) for row in rows), default=0
        )
        for head in whole
    )
    width = 45 * len(heads) + longest
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    lines = console.file.getvalue().splitlines()
    return "\n".join([title, *(line.rstrip() for line in lines)])


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) < 1000 else f"{value:.6g}"
    if isinstance(value, tuple):
        return ", ".join(map(_cell, value)) or "none"
    return " ".join(str(value).split())
