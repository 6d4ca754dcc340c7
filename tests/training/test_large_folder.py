"""A folder of 20,000 images trains without all of them in memory."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.slow

SIDE, COUNT = 96, 20_000
SCRIPT = """
import sys
import recipes
from recipes.data import folder
if sys.argv[2] == "disk":
    folder.IN_MEMORY = 0
recipe = recipes.image_classifier(
    network=recipes.Part("cnn", filters=(4,), depth=1),
    augmentation=["light", "random_resized_crop"],
    image_size=(SIDE, SIDE), epochs=1, batch_size=64,
)
run = recipe.fit(f"folder:{sys.argv[1]}", directory=sys.argv[3], verbose=False)
# Not ru_maxrss, which begins at what the process that forked this one had.
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) / 1024)
""".replace("SIDE", str(SIDE))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Links to 50 files: 20,000 in one folder, fewer in the others."""
    root = tmp_path_factory.mktemp("many")
    generator = np.random.default_rng(0)
    files = []
    for i in range(50):
        pixels = generator.integers(0, 256, (12, 12, 3), "uint8")
        image = Image.fromarray(pixels).resize((SIDE, SIDE), Image.BICUBIC)
        files.append(root / f"{i}.jpg")
        image.save(files[-1])
    for name, count in (
        ("all", COUNT),
        ("half", COUNT // 2),
        ("few", COUNT // 10),
    ):
        for label in range(2):
            (root / name / f"class{label}").mkdir(parents=True)
        for i in range(count):
            link = root / name / f"class{i % 2}" / f"{i:05}.jpg"
            link.symlink_to(files[i % 50])
    return root


def peak(folders, name, where):
    """Return the peak memory of a fit in a process of its own, in MiB."""
    command = [sys.executable, "-c", SCRIPT, folders / name, where]
    done = subprocess.run(
        [*command, folders / f"run-{name}-{where}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return float(done.stdout.splitlines()[-1])


def test_memory_does_not_grow_with_the_folder(folders):
    decoded = COUNT * SIDE * SIDE * 3 / 2**20
    few, many = peak(folders, "few", "disk"), peak(folders, "all", "disk")
    assert many - few < decoded / 3, (few, many, decoded)
    # The control: kept in memory, half of them can be seen in it.
    assert peak(folders, "half", "memory") - many > decoded / 2 / 2.5
