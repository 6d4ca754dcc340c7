"""What can be tried with a recipe before training."""


class Checks:
    """The actions of a `Recipe` that try before the training is paid for."""

    def check(self, data, *, seed=None, directory=None, verbose=True):
        """Look at the data and try the network, in seconds, before `fit`.

        Looks for rows in two splits, rare classes, values in a wrong range,
        labels that do not follow from the inputs; builds a copy of the network
        and trains it for a bounded number of steps: on 32 examples by heart
        (100 steps), on train, on zeros, and at a hundredth of the rate (60
        steps each, 240 where 60 tell nothing; 600 before it is said that the
        labels cannot be told). Where the examples are not learned by heart,
        three rates and a wider network are tried (100 steps each; the wider
        one twice). docs/checks.md says what passes.

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
            RecipeError: For an open range, arguments that are not legal, or a
                network that cannot be built on this data.
            DataError: For data that cannot be trained on.
            RunError: For a folder that cannot be written to, and for files in
                the way that are of no check, before any work.

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

    def range_test(
        self,
        data,
        *,
        seeds=1,
        lowest=1e-7,
        highest=10.0,
        steps=100,
        seed=None,
        directory=None,
        verbose=True,
    ):
        """Find learning rates: train a copy for a moment at rates that rise.

        Use it where you do not know the learning rate, before a sweep or in
        place of one. The network is built as `fit` builds it and trained with
        the recipe's own optimizer, augmentation, dropout and penalties, but
        for the schedule. The rate of step i is

        `rate(i) = lowest · (highest / lowest)^(i / (steps − 1))`

        and the loss of its batch is smoothed by an exponential moving average
        with bias correction, β = 0.9:

        `m(i) = β · m(i − 1) + (1 − β) · loss(i)`,
        `smoothed(i) = m(i) / (1 − β^(i + 1))`

        It stops where the loss is not finite or, after the first tenth of the
        steps, the smoothed one more than 4 times its minimum. Of a
        fine-tuning the strategy's first stage is trained, with its
        multipliers. What is found is the `learning_rate` of the
        optimizer, which is the peak of most schedules. Nothing of a later
        `fit` changes: the copy is thrown away.

        Suggestions, for each seed, by its smoothed loss:

        - `steepest`: where it falls fastest against the logarithm of the rate.
        - `valley`: two thirds along its longest valley, as long as its longest
          falling subsequence. This one is recommended.
        - `minimum_tenth`: a tenth of the rate where it is least.

        A loss that never falls, by more than its noise, has no suggestions;
        docs/range-test.md has the rule.

        Args:
            data: As of `fit`; trained and measured on the training split.
            seeds: How many trainings, whole number from 1, with the seeds that
                follow the recipe's, on the same splits; a suggestion is their
                geometric mean, with the least and the most of them.
            lowest: The first rate, above 0.
            highest: The last rate, above `lowest`.
            steps: Of how many rates the loss is measured, whole number from
                20 to 100,000. With `gradient_accumulation_steps=k` each takes
                k batches.
            seed: In place of the recipe's own, whole number from 0.
            directory: A folder for range_test.png and range_test.json, or
                None: then nothing is written.
            verbose: Whether to print a line per seed and suggestion.

        Returns:
            A `recipes.RangeTest`: `suggestion`, `suggestions` (each with the
            `changes` that `replace` takes), `recipe`, `rates`, `losses`,
            `smoothed`, `figure`, `notes`.

        Raises:
            RecipeError: For an open range, arguments that are not legal, or a
                network that cannot be built on this data.
            DataError: For data that cannot be trained on.
            RunError: For a folder that cannot be written to, or one with
                files of those names that no range test has made.

        Reference: Smith, 2017, https://arxiv.org/abs/1506.01186.

        Example:

        >>> import recipes
        >>> recipe = recipes.tabular_classifier()
        >>> found = recipe.range_test("iris", verbose=False)
        >>> 1e-4 < found.suggestion.learning_rate < 1
        True
        >>> found.recipe == recipe.replace(**found.suggestion.changes)
        True
        """
        from recipes.range_test.range_test import range_test

        return range_test(
            self,
            data,
            seeds=seeds,
            lowest=lowest,
            highest=highest,
            steps=steps,
            seed=seed,
            directory=directory,
            verbose=verbose,
        )
