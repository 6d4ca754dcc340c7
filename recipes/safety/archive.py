"""The archive of a `.keras` file: its members, before one is unpacked."""

import re
import stat
import zipfile

from recipes.safety.refused import RefusedError

CONFIG = "config.json"
WEIGHTS = "model.weights.h5"
NAMES = (CONFIG, "metadata.json", WEIGHTS)
ASSETS = "assets/"  # vocabularies
EXPANSION = 20  # of what was compressed; Keras itself does not compress
SLACK = 2**20  # bytes of all: small members may shrink to nothing
MEMBERS = 10_000


def check(archive, size):
    """Refuse members that Keras does not write.

    Args:
        archive: An open `zipfile.ZipFile`.
        size: Bytes of the whole file.

    Raises:
        RefusedError: For other names, paths that lead elsewhere, links, names
            that stand twice, and sizes that the file cannot hold.
    """
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(members) > MEMBERS:
        raise RefusedError(f"it holds {len(members)} files")
    if len(set(names)) != len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise RefusedError(f"{twice!r} stands twice in it")
    missing = [n for n in (CONFIG, WEIGHTS) if n not in names]
    if missing:
        raise RefusedError(f"{' and '.join(missing)} are missing in it")
    for member in members:
        _check_member(member)
    if sum(member.compress_size for member in members) > size:
        raise RefusedError("its members are larger than itself")
    unpacked = sum(member.file_size for member in members)
    if unpacked > EXPANSION * size + SLACK:
        raise RefusedError(
            f"its members would become {unpacked} bytes out of {size}"
        )


def _check_member(member):
    name = member.filename
    steps = name.rstrip("/").split("/")
    odd = re.search(r"[\\\x00-\x1f:]", member.orig_filename)
    if odd or ".." in steps or "" in steps or "." in steps:
        raise RefusedError(f"the member {name!r} leads out of it")
    if name not in NAMES and not (name + "/").startswith(ASSETS):
        raise RefusedError(f"the member {name!r} is none of a model")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise RefusedError(f"the member {name!r} is no regular file")
    if member.flag_bits & 1:
        raise RefusedError(f"the member {name!r} is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusedError(f"the member {name!r} is compressed unusually")
    if member.file_size > EXPANSION * member.compress_size + SLACK:
        raise RefusedError(
            f"the member {name!r} would become {member.file_size} bytes out "
            f"of {member.compress_size}"
        )
