"""What is done with a recipe that is not known to be good: tune it."""


class Tunes:
    """The action of a `Recipe` that looks for a better one."""

    def tune(
        self,
        data,
        *,
        budget="10m",
        seeds=3,
        objective="val_loss",
        directory=None,
        seed=None,
        force=False,
        overwrite=False,
        verbose=True,
    ):
        """Look for a better recipe in six steps, within a budget.

        Use it where you have data and a first recipe, and some time. The
        steps: 1 `check`; 2 what it says of a handful learned by heart; 3
        `range_test`, and how long a fit takes; 4 a coarse grid of learning
        rate × weight decay around the rate found, for 1 to 5 epochs; 5 a
        finer grid around the best, for more epochs, widened where the best
        lies on an edge, and the two best and the recipe as given over several
        seeds, of which the best mean goes on; 6 one change of the recipe at a
        time, as the diagnosis of the curves proposes.

        A change is kept where its gains d over the winner, seed by seed, are
        beyond the noise between seeds:

        `mean(d) > 0` and `mean(d) > 2 · sd(d) / sqrt(n)`

        One whose mean gain is between one and two such errors is looked at
        again with as many seeds more, where there is time.

        What fails in `check` ends it, but for the learning rate, which is
        mended here. No step is begun that is not expected to end in time;
        what is left out is said. The test split is scored for the winner
        alone, at the end; before, only the check of leakage reads it. All of
        it is told on one page, `report.html`.

        A tune that was killed goes on when it is called again with the same
        recipe, data and directory: what was decided is not decided again, and
        the seconds count. With a larger budget one that has ended goes on with
        what was left out. `recipes.load_tuned` opens the folder.

        Args:
            data: As of `fit`.
            budget: Seconds of work, above 0 and at most a year, or a text such
                as `"90s"`, `"10m"`, `"1h30m"`; all calls on one directory
                together. Obeyed to within one recipe's seeds; a budget that is
                too small for one fit is exceeded by this fit, which is said.
            seeds: With how many seeds the best are trained, whole number from
                2: those that follow the recipe's, on the same splits.
            objective: `"val_loss"` (without penalties and label smoothing),
                or `"val_"` and the name of any metric of the recipe.
            directory: The tune's folder, or None for the next free one under
                `runs/`.
            seed: In place of the recipe's own, whole number from 0.
            force: Whether to go on in spite of a check that fails.
            overwrite: Whether another tune in `directory` may be replaced.
            verbose: Whether to print each decision.

        Returns:
            A `recipes.Tuned`: `recipe`, `run`, `decisions`, `changed`,
            `metrics`, `figure`, `report`.

        Raises:
            RecipeError: For an open range, arguments that are not legal, and
                a check that fails.
            DataError: For data that cannot be trained on.
            RunError: For a folder that is taken, also by the tune of another
                recipe or data, or by another process.

        Reference: Karpathy, 2019, A Recipe for Training Neural Networks;
        Li, Johnson, Yeung, CS231n, the lecture on choosing hyperparameters.

        Example:

        >>> import recipes, tempfile
        >>> recipe = recipes.tabular_classifier()
        >>> tuned = recipe.tune(
        ...     "wine", budget="3m", directory=tempfile.mkdtemp()
        ... )  # doctest: +SKIP
        >>> print(tuned)  # doctest: +SKIP
        """
        from recipes.six_steps.loop import tune

        return tune(
            self,
            data,
            budget=budget,
            seeds=seeds,
            objective=objective,
            directory=directory,
            seed=seed,
            force=force,
            overwrite=overwrite,
            verbose=verbose,
        )
