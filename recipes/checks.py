"""What can be tried with a recipe before training."""


class Checks:
    """The actions of a `Recipe` that try before the training is paid for."""

    def check(self, data, *, seed=None, directory=None, verbose=True):
        """Look at the data and try the network, in seconds, before `fit`.

        Looks for rows in two splits, rare classes, values in a wrong range,
        labels that do not follow from the inputs; builds a copy of the network
        and trains it for a bounded number of steps: on 32 examples by heart
        (100 steps), on train, on zeros, and at a hundredth of the rate (60
        steps each, 240 where 60 tell nothing). Where the examples are not
        learned by heart, three rates and a wider network are tried (100 steps
        each; the wider one twice). docs/checks.md says what passes.

        Everything is done on copies: training is the same to the bit with a
        check before it and without. Of the test split it looks only whether
        its rows stand in the others, and at their mean.

        Args:
            data: As of `fit`.
            seed: In place of the recipe's own.
            directory: A folder that gets check.json and the contact sheet
                check.png, in place of those of an earlier check; None writes
                nothing.
            verbose: Whether to print the verdict and a line per check.

        Returns:
            A `Check`: `verdict` ("pass", "warn" or "fail"), `findings`, each
            with `name`, `verdict`, `number`, `expected`, `words`, `mend` and
            `changes` for `recipe.replace(**changes)`; `figure`, the contact
            sheet.

        Raises:
            RecipeError: For an open range, a directory that is a file, or a
                network that cannot be built on this data.
            DataError: For data that cannot be trained on.

        Reference: Karpathy, 2019, A Recipe for Training Neural Networks.

        Example:

        >>> import recipes
        >>> recipe = recipes.tabular_classifier()
        >>> recipe.check("wine", verbose=False).verdict
        'pass'
        """
        from recipes.preflight.checking import check

        return check(
            self, data, seed=seed, directory=directory, verbose=verbose
        )
