"""What can be done with a recipe that has ranges: see them, search them."""


class Sweeps:
    """The actions of a `Recipe` with ranges."""

    def sweep(
        self,
        data,
        *,
        tuner="random",
        max_trials=None,
        max_seconds=None,
        objective="val_loss",
        executions_per_trial=1,
        workers=None,
        vectorize="auto",
        keep=3,
        deadline=3600.0,
        recycle=25,
        max_crashes=3,
        directory=None,
        seed=None,
        overwrite=False,
        tensorboard=False,
        verbose=True,
    ):
        """Search the recipe's ranges with Keras Tuner.

        Use it when you do not know a value: give the field a range (`Float`,
        `Int`, `Choice`, `Boolean`, also inside a Part), and each trial is a
        fit with values in their places, scored on the validation split by the
        weights that a run would keep. The test split is read for the winner
        alone, by `Sweep.best_run`.

        A killed sweep goes on when it is called again with the same recipe,
        data and directory: finished trials are never run again, and one that
        was killed goes on from its last checkpoint. `recipes.load_sweep`
        opens the folder, also while it goes on.

        Args:
            data: As of `fit`.
            tuner: `"random"`; `"grid"`, every combination; `"bayesian"`, a
                Gaussian process, good from some 20 trials on; `"hyperband"`,
                many short trials of which the best go on, good where a few
                epochs tell already.
            max_trials: Whole number from 1. None only with `"grid"`: all of
                it, and `"hyperband"`: one iteration.
            max_seconds: Seconds above 0 after which no trial is begun, but for
                the first; those that have begun are finished. The same call
                goes on with what is left. None: all trials.
            objective: `"val_loss"` (without penalties and label smoothing),
                `"val_"` and the name of any metric of the recipe, or a
                `keras_tuner.Objective`.
            executions_per_trial: Fits of each trial, whole number from 1,
                with the seeds that follow the recipe's; the mean counts.
            workers: None: this process. Whole number from 1: so many
                processes of this machine, each with its share of the cores.
                `"gpus"`: one for each GPU. 0: prepare the folder for
                processes on several machines (docs/sweeps-on-machines.md).
            vectorize: On the JAX backend, whether trials that differ in
                numbers only are trained as one batch: `"auto"` where that is
                possible (dense networks, heads on frozen features), True or
                False.
            keep: Of how many trials, the best, the checkpoints stay on disk;
                whole number from 1.
            deadline: Seconds above 0 that a worker may be silent, from epoch
                to epoch, until it is killed and started again. Without
                workers nobody watches: it has no effect.
            recycle: Trials after which a worker is started anew, so that its
                memory returns; whole number from 1, or None: never. Without
                workers it has no effect.
            max_crashes: How often in all a worker's process dies in a trial,
                or the backend crashes, until the trial counts as crashed;
                whole number from 1. Before that it is tried anew.
            directory: The sweep's folder, or None for the next free one under
                `runs/`.
            seed: In place of the recipe's own, whole number from 0. It draws
                values, splits and weights: without workers the same sweep
                again.
            overwrite: Whether another sweep in `directory` may be replaced.
            tensorboard: Whether to write TensorBoard's HParams view into
                `directory`/tensorboard.
            verbose: Whether to show a live table, or without a terminal a
                line per trial.

        Returns:
            A `recipes.Sweep`: `best`, `best_run`, `table()`, `plot()`.

        Raises:
            RecipeError: For a recipe without ranges, a range where all trials
                need one value, and arguments that are not legal; for values
                that make no network, as they are met.
            DataError: For data that cannot be trained on.
            RunError: For a folder that is taken, also by a sweep of another
                recipe, space or data.

        Based on Keras Tuner, https://keras.io/keras_tuner; Hyperband: Li et
        al. 2018, https://arxiv.org/abs/1603.06560.

        Example:

        >>> import recipes, tempfile
        >>> recipe = recipes.tabular_classifier(
        ...     dropout=recipes.Float(0.0, 0.6),
        ...     optimizer=recipes.Part(
        ...         "adamw",
        ...         learning_rate=recipes.Float(1e-4, 1e-1, sampling="log"),
        ...     ),
        ... )
        >>> # 20 fits take about a minute.
        >>> sweep = recipe.sweep(
        ...     "wine", max_trials=20, directory=tempfile.mkdtemp()
        ... )  # doctest: +SKIP
        >>> print(sweep.table())  # doctest: +SKIP
        """
        from recipes.tuning.sweep import sweep

        return sweep(
            self,
            data,
            tuner=tuner,
            max_trials=max_trials,
            max_seconds=max_seconds,
            objective=objective,
            executions_per_trial=executions_per_trial,
            workers=workers,
            vectorize=vectorize,
            keep=keep,
            deadline=deadline,
            recycle=recycle,
            max_crashes=max_crashes,
            directory=directory,
            seed=seed,
            overwrite=overwrite,
            tensorboard=tensorboard,
            verbose=verbose,
        )

    def space(self):
        """Return a table of the recipe's ranges, for `print`.

        No model is built, and nothing is searched.

        Raises:
            RecipeError: For a recipe without a range, or one where all
                trials need one value.

        Example:

        >>> import recipes
        >>> recipe = recipes.image_classifier(dropout=recipes.Float(0, 0.5))
        >>> print(recipe.space())
        path     kind   range   scale
        dropout  Float  0..0.5  linear
        """
        from recipes.tuning.arguments import check_ranges
        from recipes.tuning.ranges import places, refuse_closed
        from recipes.tuning.telling.printed import space_table

        refuse_closed(self)
        check_ranges(self)
        return space_table(places(self))
