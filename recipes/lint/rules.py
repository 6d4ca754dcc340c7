"""Every rule on recipes, and how they are asked."""

import dataclasses

from recipes.lint import (
    activations,
    balance,
    batches,
    course,
    regularization,
    watching,
    weights,
)
from recipes.lint.facts import Facts
from recipes.lint.finding import as_flags
from recipes.resolve import refuse_open_ranges, resolve

RULES = {
    **weights.RULES,
    **activations.RULES,
    **regularization.RULES,
    **batches.RULES,
    **watching.RULES,
    **course.RULES,
    **balance.RULES,
}


def lint(recipe, data=None):
    """Return what is known to hurt in a recipe.

    No network is built. Rules that need the data are silent without it, and
    those that need the epochs while the data decides these (`"auto"`).

    Args:
        recipe: A recipe without open ranges.
        data: A loaded `Data`, or None.

    Returns:
        List of `Finding`, in the order of the rules.

    Raises:
        RecipeError: If a range is still open.

    Example:

    >>> import recipes
    >>> recipe = recipes.tabular_classifier(kernel_initializer="zeros")
    >>> [finding.code for finding in lint(recipe)]
    ['constant-initializer']
    """
    refuse_open_ranges(recipe)
    facts = None if data is None else Facts(recipe, data)
    # As `fit` does: what it chooses for this many steps is looked at too.
    resolved = resolve(recipe, facts and facts.steps_per_epoch)
    found = [rule(resolved, facts) for rule in RULES.values()]
    return [_for(recipe, resolved, finding) for finding in found if finding]


def _for(recipe, resolved, finding):
    """Fit the mend to the recipe as it was before it was resolved."""
    changes = finding.changes
    # An activation that the network Part holds has to be reached there.
    if "activation" in changes and recipe.network != resolved.network:
        changes = {**changes, "network": resolved.network}
    kept = {k: v for k, v in changes.items() if getattr(recipe, k) != v}
    flags = as_flags(recipe.to_dict(), kept)
    return dataclasses.replace(finding, changes=kept, flags=flags)
