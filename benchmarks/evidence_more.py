"""More rows of benchmarks/evidence.py: data, pictures, transfer, networks."""

from evidence_rows import Row
from gains import COLORS, OTHERWISE

from recipes import Part, registry

WHOLE = {  # id of the menu → what is named so
    "G2": ("resnet", "random_scale_crop"),
    "G3": (
        *("random_brightness", "random_contrast", "random_color_jitter"),
        *(*COLORS, "random_pca_noise", "random_sharpness", "random_invert"),
        *("auto_contrast", "equalization", "solarization"),
        "random_posterization",
    ),
    "G4": ("random_lens_distortion",),
    "G5": ("randaugment", "rand_augment", "trivial", "trivial_augment"),
    "D9": ("mixup", "cutmix", "mixup_or_cutmix"),
    "D10": ("random_cutout", "random_erasing"),
    "G7": ("word_drop", "word_swap", "word_move"),
    "G": ("light", "standard", "strong"),
}
COLORED = (*COLORS, "random_color_jitter", "random_pca_noise")


def preprocessings():
    """Yield a row for what is done to the data before, and by class."""
    none = {"preprocessing": None}
    for name in registry.MENU["preprocessing"]:
        fields = {"preprocessing": name}
        if name == "text_vectorization":
            continue
        if name != "mean_image":
            yield Row("F3", f"preprocessing/{name}", "cells", fields, none)
        if not name.startswith("pca"):
            yield Row("F3", f"preprocessing/{name}", "digits", fields, none)
    some = {"preprocessing": Part("pca", n_components=0.95)}
    whole = {"preprocessing": "pca"}
    yield Row("F3", "preprocessing/n_components", "cells", some, whole)
    twin = {"preprocessing": "text_vectorization"}
    pairs = {"preprocessing": Part("text_vectorization", ngrams=2)}
    yield Row("F3", "preprocessing/ngrams", "sentences", pairs, twin)
    for name, fields in (
        ("class_weight", {"class_weight": "balanced"}),
        ("balanced_sampling", {"balanced_sampling": True}),
    ):
        yield Row("F", name, "uneven", fields)
    twin = {"image_size": (8, 8)}
    yield Row("F", "image_size", "digits", {"image_size": "auto"}, twin)


def augmentations():
    """Yield a row for every augmentation, each against none."""
    ids = {name: at for at, names in WHOLE.items() for name in names}
    none = {"augmentation": None}
    for name in registry.MENU["augmentation"]:
        task = "digits"
        if name in COLORED:
            task = "colored"
        elif name.startswith("word_"):
            task = "sentences"
        given = Part(name, **OTHERWISE.get(name, {}))
        row = ids.get(name, "G1"), f"augmentation/{name}", task
        yield Row(*row, {"augmentation": given}, none)
    standard = {"augmentation": "standard"}
    device = {**standard, "augmentation_device": "device"}
    yield Row("G", "augmentation_device", "digits", device, standard)
    shifted = {"augmentation": "random_translation"}
    black = {**shifted, "augmentation_fill_mode": "constant"}
    yield Row("G", "augmentation_fill_mode", "digits", black, shifted)


def transfers():
    """Yield a row for every strategy, against the network without weights."""
    untaught = {"backbone": Part("glyphnet", weights=None)}
    untaught |= {"strategy": "scratch", "regularization": "strong"}
    ids = {"frozen": "H1", "full": "H2", "top": "H2", "auto": "H4"}
    for name in registry.MENU["strategy"]:
        if name not in ("scratch", "table"):
            row = ids.get(name, "H3"), f"strategy/{name}", "few"
            yield Row(*row, {"strategy": name}, untaught)
    full = {"strategy": "full"}
    yield Row("H5", "backbone/glyphnet", "few", full, untaught)
    whole = {"strategy": "scratch"}
    yield Row("H2", "strategy/scratch", "few", whole, full)
    update = {"normalization_statistics": "update"}
    yield Row("H", "normalization_statistics", "few", update)
    for given in ("max", "both"):
        fields = {"network": Part("head", global_pooling=given)}
        yield Row("H", "network/global_pooling", "few", fields)
    fields = {"network": Part("head", units=(64,))}
    yield Row("N", "network/head", "few", fields)


def networks():
    """Yield a row for every network, against a simpler one."""
    deep = {"network": Part("cnn", filters=(16, 32, 64))}
    mlp = {"network": Part("mlp", units=(64, 64))}
    resnet = {"network": Part("resnet", filters=(16, 32, 64))}
    yield Row("N", "network/cnn", "digits", {}, mlp)
    yield Row("N", "network/resnet", "digits", resnet, deep)
    bag = {"network": "bag_of_embeddings"}
    for name in ("text_cnn", "transformer"):
        yield Row("N", f"network/{name}", "sentences", {"network": name}, bag)


def at_the_end():
    """Yield a row for what is done with finished fits."""
    for views in (
        *("mirrored", "five_crop", "ten_crop", "scales", "mirrored_scales"),
    ):
        yield Row("G6", "run.evaluate", "digits", {"views": views})
    yield Row("D13", "recipes.ensemble", "rows", {"members": 3})
    yield Row("D13", "recipes.ensemble", "digits", {"members": 3})


MAKERS = (preprocessings, transfers, networks, augmentations, at_the_end)
