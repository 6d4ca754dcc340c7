"""What a converter, or a runtime, could not do: in words, from its own."""

import re

from recipes.errors import RunError
from recipes.training.exporting.standalone import layers_of

# How the converters and runtimes name an operation that they lack.
OPERATION = re.compile(
    r"No Op registered for (\w+)"
    r"|fused\[\"(?!\w*PartitionedCall)(\w+):"
    r"|\(Flex(\w+)\) failed"
)
MENDS = {
    "ScaleAndTranslate": "a fit whose images, by a folder's own "
    "image_size=(height, width), are no larger than the network's",
    "Erfc": "another activation than gelu in a new fit, such as silu",
}


def refusal(model, format, error):
    """Return a `RunError` that names the operation and the layer at fault.

    Args:
        model: The model.
        format: The format's name.
        error: What the converter or the runtime raised.
    """
    words = " ".join(str(error).split())
    found = OPERATION.search(words)
    operation = next(filter(None, found.groups()), "") if found else ""
    names = {each.name for each in layers_of(model)}
    path = re.search(rf"([\w/]+)/{operation}\b", words) if operation else None
    parts = path[1].split("/") if path else []
    plain = [re.sub(r"_\d+$", "", part) for part in parts]
    layers = [name for name in plain if name in names]
    if not operation:
        what = "this model"
    else:
        where = f" of the layer {layers[-1]!r}" if layers else ""
        what = f"the operation {operation}{where}"
    mend = MENDS.get(operation, "another network")
    if format != "savedmodel":
        mend = f"format='savedmodel', or {mend}"
    if len(words) > 300:
        words = f"{words[:300]} …"
    return RunError(
        f"{format} cannot hold {what}, and nothing is kept. Use {mend}. "
        f"{type(error).__name__}: {words}"
    )
