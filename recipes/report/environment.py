"""What a run was made with, and on which data."""

from recipes.report.blocks import pairs, table
from recipes.report.markup import joined, name, tag


def environment(found):
    """Return versions, device, seed and data.

    Args:
        found: environment.json.
    """
    about = found["data"]
    device = found.get("device") or {}
    rows = about.get("rows") or {}
    packages = found.get("packages") or {}
    shape = about.get("input_shape")
    made = [
        ("backend", found.get("backend")),
        ("device", device.get("name")),
        ("dtype policy", found.get("dtype_policy")),
        ("seed", found.get("seed")),
        ("split seed", about.get("split_seed")),
        ("Python", found.get("python")),
        ("platform", found.get("platform")),
        ("Keras Recipes", found.get("recipes")),
        *((each, packages[each]) for each in packages if packages[each]),
    ]
    data = [
        ("data", name(about.get("name"), 200)),
        ("spec", about.get("spec") and name(about["spec"], 300)),
        ("fingerprint", _fingerprint(about.get("fingerprint"))),
        ("input shape", " × ".join(map(str, shape)) if shape else None),
        ("target", about.get("target")),
        *((f"rows of {each}", rows[each]) for each in rows),
    ]
    return joined(
        tag("h3", "Data"),
        pairs(data),
        tag("h3", "Made with"),
        pairs(made),
        _members(found.get("members")),
    )


def _fingerprint(found):
    """Return the beginning of a hash, and all of it when it is pointed at."""
    if not found:
        return None
    return tag("code", f"{str(found)[:16]}…", title=found)


def _members(members):
    if not members:
        return None
    rows = [(i, name(m["directory"], 300)) for i, m in enumerate(members, 1)]
    return table(("member", "folder"), rows, "The runs whose mean this is")
