"""ImageNet's weights, from Keras' cache or its server."""

import http.client
import os
import tempfile
import urllib.request
import warnings
from pathlib import Path

from recipes.backbones.weights import origin, read
from recipes.errors import RecipeError

PATIENCE = 5  # seconds for the server to answer


def imagenet(build, name, file, address):
    """Build a network with ImageNet's weights, or say at once what is missing.

    Keras builds the whole network before it looks for the file; here the
    file, or else the server, is looked for first.

    Args:
        build: Function of `weights` that builds the network.
        name: What it is called.
        file: Name of the weights in Keras' cache.
        address: Where they are.

    Returns:
        (model, origin of its weights).

    Raises:
        RecipeError: If the file is damaged, or neither here nor to be had.
    """
    path = cache() / file
    if path.is_file():
        read(path)
    elif problem := unreachable(address):
        raise RecipeError(
            f"weights='imagenet': the weights of {name} are not in Keras' "
            f"cache, and their server cannot be reached ({problem}). Fetch "
            f"{address} where there is a network and put it here as {path}; or "
            "pass a file of your own, weights='….weights.h5', or weights=None "
            "to begin at random."
        )
    try:
        with warnings.catch_warnings():
            # Weights of another size fit: all of these are convolutions.
            warnings.filterwarnings("ignore", "`input_shape` is undefined")
            model = build(weights="imagenet")
    except Exception as error:  # of the network, the file, or the arguments
        raise RecipeError(
            f"{name} with ImageNet's weights ({path}) cannot be built: {error}"
        ) from error
    return model, origin("imagenet", path)


def cache():
    """Return the folder that Keras keeps weights in."""
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    folder = Path(home).expanduser()
    if not os.access(folder, os.W_OK):
        folder = Path(tempfile.gettempdir()) / ".keras"
    return folder / "models"


def unreachable(address):
    """Return why an address does not answer within seconds, or None."""
    request = urllib.request.Request(address, method="HEAD")
    try:
        # An opener of its own: a shared one would not see a proxy set later.
        urllib.request.build_opener().open(request, timeout=PATIENCE).close()
    except (OSError, http.client.HTTPException) as error:
        return error
    return None
