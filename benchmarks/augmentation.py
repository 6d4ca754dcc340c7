"""What augmenting costs: `augment` against what else a Keras user has.

Keras' layers in `tf.data`, torchvision's v2 transforms (on tensors and on
Pillow's images) and Albumentations, whichever are installed: the same
techniques at the same strengths, on the same uint8 images.

    pip install '.[bench]'
    python benchmarks/augmentation.py [--repeats 5] [--only crop] [--size 224]

First on one core, to which each process is bound where the system can (Linux);
elsewhere with one thread each, which binds no library; then the policies on all
cores: threads for `augment` and `tf.data`, as many processes for the others,
between which nothing travels; then the policies inside a compiled step, on the
device. In every repeat all take turns; a ratio is that of one repeat.
"""

import argparse
import multiprocessing
import os
import statistics
import time
from functools import partial
from importlib import metadata

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import augmentation_keras as in_keras
import augmentation_peers as peers
import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

SECONDS = 0.1  # that one measurement takes, or one batch where that is longer
IMAGES = 64
HOST = {
    "augment": peers.ours,
    "Keras layers": in_keras.keras_layers,
    "torchvision, tensors": peers.torchvision_v2,
    "torchvision, Pillow": peers.torchvision_pil,
    "Albumentations": peers.albumentations,
}
DEVICE = {
    "as_layer(), XLA": partial(in_keras.our_layer, jit_compile=True),
    "as_layer()": in_keras.our_layer,
    "Keras layers": in_keras.keras_in_step,
    "Keras layers, XLA": partial(in_keras.keras_in_step, jit_compile=True),
}
THREADED = ("augment", "Keras layers")


def pictures(size, name):
    """Return images: originals of 500×375 for 224, or crops of them."""
    from sklearn.datasets import load_sample_images

    width, height = round(size * 500 / 224), round(size * 375 / 224)
    found = [
        cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        for image in load_sample_images().images
    ]
    if name not in peers.ORIGINALS:
        top, left = (height - size) // 2, (width - size) // 2
        found = [x[top : top + size, left : left + size] for x in found]
    return np.stack([found[i % len(found)] for i in range(IMAGES)])


def serve(pipe, build, size, threads, core):
    """A process of its own: prepare a technique, and time it as asked."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # TensorFlow's greetings
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    try:
        found = build(size, partial(pictures, size), threads)
    except ImportError as error:
        pipe.send((str(error), None))
        return
    pipe.send((list(found), cv2.__version__))
    for name, rounds in iter(pipe.recv, None):
        try:
            if not rounds:
                run, count = found[name]()
                run()
                began = time.perf_counter()
                run()
                pipe.send(time.perf_counter() - began)
                continue
            began = time.perf_counter()
            for _ in range(rounds):
                run()
            pipe.send(rounds * count / (time.perf_counter() - began))
        except Exception as error:
            pipe.send(f"{type(error).__name__}: {error}")


class Contender:
    """One library, in as many processes as it needs."""

    def __init__(self, name, build, size, threads, processes=1, core=None):
        self.name, self.pipes = name, []
        context = multiprocessing.get_context("spawn")
        for _ in range(processes):
            pipe, other = context.Pipe()
            arguments = (other, build, size, threads, core)
            context.Process(target=serve, args=arguments, daemon=True).start()
            self.pipes.append(pipe)

    def ready(self):
        """Return whether it is there, having waited for it."""
        answers = [pipe.recv() for pipe in self.pipes]
        self.names, self.cv2 = answers[0]
        return self.cv2 is not None

    def asked(self, name, rounds):
        """Return the answers, or None with the reason printed."""
        for pipe in self.pipes:
            pipe.send((name, rounds))
        found = [pipe.recv() for pipe in self.pipes]
        if isinstance(found[0], str):
            print(f"{self.name}, {name}: {found[0][:200]}")
            return None
        return found

    def prepare(self, name):
        """Return whether it can do this, having warmed up."""
        if name not in self.names:
            return False
        seconds = self.asked(name, 0)
        if seconds:
            self.rounds = max(1, round(SECONDS / min(seconds)))
        return bool(seconds)

    def speed(self, name):
        """Return images per second, of all its processes together."""
        return sum(self.asked(name, self.rounds))

    def close(self):
        for pipe in self.pipes:
            pipe.send(None)


def spread(values, digits=0):
    low, middle, high = (
        f"{f(values):.{digits}f}" for f in (min, statistics.median, max)
    )
    return f"{middle} ({low} to {high})"


def row(name, contenders, repeats):
    """Return the cells of a technique: speeds, and how often they fit in."""
    there = [c for c in contenders if c.prepare(name)]
    speeds = {c.name: [] for c in there}
    for _ in range(repeats):
        for c in there:
            speeds[c.name].append(c.speed(name))
    first = contenders[0].name
    for c in contenders:
        values = speeds.get(c.name)
        if not values:
            yield "–"
        elif c.name == first or first not in speeds:
            yield spread(values)
        else:
            ratios = [a / b for a, b in zip(speeds[first], values, strict=True)]
            yield f"{statistics.median(values):.0f}: ×{spread(ratios, 1)}"


def compare(title, contenders, options, only=None):
    """Print a table of all techniques of the first contender."""
    contenders = [c for c in contenders if c.ready()]
    versions = {c.name: c.cv2 for c in contenders}
    if len(set(versions.values())) > 1:
        raise SystemExit(f"Not the same OpenCV in all: {versions}")
    table = Table("technique", title=f"{title}; OpenCV {contenders[0].cv2}")
    for c in contenders:
        table.add_column(c.name)
    # The policies first.
    names = sorted(contenders[0].names, key=lambda x: x not in peers.POLICIES)
    for name in names:
        wanted = only is None or name in only
        if wanted and options.only.lower() in name.lower():
            table.add_row(name, *row(name, contenders, options.repeats))
    for c in contenders:
        c.close()
    if table.rows:
        Console(width=150).print(table)


def installed():
    names = "keras tensorflow torch torchvision albumentations"
    for name in names.split():
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield f"{name} not installed"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="", help="part of a technique's name")
    parser.add_argument("--size", type=int, default=224)
    options = parser.parse_args()
    # Here, and not above: the processes of the others need no Keras.
    from recipes.data.loader import cores as count_cores

    cores, core = count_cores(), None
    if hasattr(os, "sched_getaffinity"):
        core = max(os.sched_getaffinity(0))
    print(", ".join(installed()))
    print(
        "Images/s, median (least to most); for the others also how many times "
        "as fast the first is.\nThe policy: random resized crop, flip, "
        "rotation of ±15°, color jitter, erasing."
    )

    def hosts(threads, core):
        for name, build in HOST.items():
            own = name in THREADED
            yield Contender(
                name,
                build,
                options.size,
                threads if own else 1,
                1 if own else threads,
                core,
            )

    title = "One thread, not bound" if core is None else "One core"
    compare(title, hosts(1, core), options)
    title = f"All {cores} cores"
    compare(title, hosts(cores, None), options, peers.POLICIES)
    steps = [
        Contender(name, build, options.size, cores)
        for name, build in DEVICE.items()
    ]
    compare("Inside a compiled step", steps, options, peers.POLICIES)


if __name__ == "__main__":
    main()
