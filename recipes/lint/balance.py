"""Rules on the data itself: the scale of its columns, its classes."""

from recipes.lint.facts import named
from recipes.lint.finding import NO_COST, Finding
from recipes.part import Part

LARGE = 10  # standardized columns lie within a few units of 0


def raw_input(recipe, facts):
    """Columns of any scale, without a preprocessing that brings them to one.

    Images lie in [0, 1] whatever the preprocessing.

    Measured: wine, 20 epochs, test accuracy over seeds 0, 1, 2: 0.519 ± 0.160
    without normalization in the network, mended 0.991 ± 0.016; with batch
    normalization 0.769 ± 0.042, mended 0.982 ± 0.032.
    """
    part = recipe.preprocessing
    centered = named(part, "channel_mean", "mean_image", "pca")
    if facts is None or not (part is None or centered):
        return None
    if facts.columns is None:
        return None
    means, deviations = facts.columns
    size = deviations + (0 if centered else abs(means))
    moving = deviations[deviations > 0]
    if not len(moving):
        moving = deviations  # every column is constant: 0 to 0
    spread = moving.max() / moving.min() if moving.any() else 1
    if size.max() <= LARGE and spread <= 100:
        return None
    return Finding(
        "raw-input",
        "preprocessing",
        f"The columns reach {size.max():.3g}, and their deviations go from "
        f"{moving.min():.3g} to {moving.max():.3g}: the largest rule the "
        "gradient.",
        "LeCun, Bottou, Orr, Müller, 1998, Efficient BackProp",
        {"preprocessing": "standardization"},
    )


def balanced_twice(recipe, facts):
    """Rare classes drawn more often, and weighted more as well.

    Measured: breast_cancer with 22 of 379 rows malignant, 20 epochs, balanced
    accuracy over seeds 0, 1, 2: 0.984 ± 0.014, mended 0.958 ± 0.072: no cost.
    """
    if recipe.class_weight is None or not recipe.balanced_sampling:
        return None
    return Finding(
        "balanced-twice",
        "class_weight",
        "Balanced sampling makes the classes alike already; the weights "
        f"count the rare ones a second time. {NO_COST}",
        "Buda, Maki, Mazurowski, 2018, arXiv:1710.05381",
        {"class_weight": None},
    )


def accuracy_imbalanced(recipe, facts):
    """Accuracy as the only score, where one class is most of the rows.

    Found when the largest class has more than 80 % of the rows, or ten times
    as many as the smallest.
    """
    if facts is None or facts.class_counts is None:
        return None
    counts = facts.class_counts
    share = counts.max() / counts.sum()
    if share <= 0.8 and counts.max() <= 10 * counts.min():
        return None
    if not all(named(p, "accuracy", "top_k_accuracy") for p in recipe.metrics):
        return None
    return Finding(
        "accuracy-imbalanced",
        "metrics",
        f"The classes have {counts.min()} to {counts.max()} rows: always "
        f"naming the largest is right in {share:.0%} of the cases.",
        "Brodersen, Ong, Stephan, Buhmann, 2010, ICPR",
        {"metrics": (*recipe.metrics, Part("balanced_accuracy"))},
    )


RULES = {
    "raw-input": raw_input,
    "balanced-twice": balanced_twice,
    "accuracy-imbalanced": accuracy_imbalanced,
}
