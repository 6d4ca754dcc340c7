"""HDF5 files of weights: plain numbers that are all in the file."""

import math

import h5py

from recipes.safety.refused import RefusedError

FILTERS = (
    h5py.h5z.FILTER_DEFLATE,
    h5py.h5z.FILTER_SHUFFLE,
    h5py.h5z.FILTER_FLETCHER32,
    h5py.h5z.FILTER_LZF,
)
EXPANSION = 20  # of chunks that were compressed
SLACK = 2**20  # bytes of a file: zeros of small arrays shrink to nothing
MOST = 200_000  # groups and arrays
DEEPEST = 100


def check(file):
    """Refuse what leads out of a file, or holds more than is in it.

    Nothing but the headers is read.

    Args:
        file: An open `h5py.File`.

    Returns:
        Bytes that are stored of all arrays, each counted once.

    Raises:
        RefusedError: For soft and external links, external and virtual
            storage, anything but numbers, filters that need a plugin, and
            arrays, or chunks of them, larger than what is stored of them.
    """
    total, slack, seen, ahead = 0, SLACK, set(), [(file, "", 0)]
    while ahead:
        group, above, depth = ahead.pop()
        for name in group:
            place = f"{above}/{name}"
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise RefusedError(
                    f"{place} is no array but a {type(link).__name__}"
                )
            item = group[name]
            about = h5py.h5o.get_info(item.id)
            if (about.fileno, about.addr) in seen:
                continue
            seen.add((about.fileno, about.addr))
            if depth > DEEPEST or len(seen) > MOST:
                raise RefusedError("it holds too many groups")
            if isinstance(item, h5py.Group):
                ahead.append((item, place, depth + 1))
            else:
                stored, more = _sizes(item, place, slack)
                total, slack = total + stored, slack - more
    return total


def _sizes(item, place, slack):
    """Return what is stored of an array, and what it takes of the slack."""
    if not isinstance(item, h5py.Dataset) or item.shape is None:
        raise RefusedError(f"{place} is no array")
    if item.dtype.kind not in "biuf":
        raise RefusedError(f"{place} holds no numbers but {item.dtype}")
    made = item.id.get_create_plist()
    if item.is_virtual or made.get_external_count():
        raise RefusedError(f"{place} lies in another file")
    filters = [made.get_filter(i)[0] for i in range(made.get_nfilters())]
    if not set(filters) <= set(FILTERS):
        raise RefusedError(f"{place} needs a plugin to be read")
    stored = item.id.get_storage_size()
    most = stored * EXPANSION if filters else stored
    shape, needed = item.shape, item.nbytes
    if item.chunks is not None:  # a chunk is unpacked as a whole
        chunk = math.prod(item.chunks) * item.dtype.itemsize
        if chunk > needed:
            shape, needed = item.chunks, chunk
        most += slack
    if needed > most:
        raise RefusedError(
            f"{place} of shape {shape} would become {needed} bytes, "
            f"of which {stored} are stored"
        )
    return stored, max(0, needed - (most - slack)) if item.chunks else 0
