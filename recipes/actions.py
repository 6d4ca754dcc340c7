"""What can be done with a recipe: each opens the room that does it."""

from recipes import resolve
from recipes.checks import Checks
from recipes.sweeps import Sweeps
from recipes.tunes import Tunes


class Actions(Checks, Sweeps, Tunes):
    """The actions of a `Recipe`; the rooms are imported when asked."""

    def build(self, input_shape, num_outputs):
        """Build the network without data, as `fit` would.

        Args:
            input_shape: (height, width, channels), (columns,), or (tokens,)
                for texts: then the network takes the numbers of words.
            num_outputs: Number of classes, or of numbers to predict.

        Returns:
            A `keras.Model` that takes raw input (0 to 255 for images) and
            gives probabilities or numbers. Two classes give one column: the
            probability of class 1. Preprocessing is fitted on data and so
            is not part of it.
        """
        from recipes.data.preprocessing import raw_layers
        from recipes.network.backbone import as_chosen, build_transfer
        from recipes.network.build import build_networks, check_shapes

        check_shapes(self, input_shape, num_outputs)
        input_shape = tuple(input_shape)
        recipe, transfer = self, build_transfer(self)
        if transfer is not None:
            recipe = as_chosen(recipe, transfer, input_shape[:2])
        recipe = resolve.resolve(recipe, image_shape=input_shape[:2])
        before = raw_layers(recipe, input_shape, scale=1 / 255)
        networks = build_networks(
            recipe, input_shape, num_outputs, before, transfer=transfer
        )
        return networks.serving

    def fit(
        self,
        data,
        *,
        directory=None,
        seed=None,
        callbacks=(),
        tensorboard=False,
        overwrite=False,
        verbose=True,
        threads=None,
        save_freq="epoch",
        resume="exact",
        on_divergence="stop",
    ):
        """Train on data, and score the model on the test split, once.

        A fit that was killed or interrupted goes on when it is called again
        with the same recipe, data and directory: from its last checkpoint,
        and to the bits that one never stopped would have, on a machine that
        computes the same again. Your own callbacks take part by `get_state`
        and `set_state`, see `callbacks.Checkpoint`. Ctrl-C and SIGTERM end
        the running step and write a checkpoint first; a second one does not
        wait.

        Args:
            data: What `recipes.data.load` takes: an embedded name, `(x, y)`,
                a dictionary of splits, `folder:PATH`, `csv:PATH#LABEL`,
                `tfds:NAME`, a `tf.data.Dataset`, or a loaded `Data`.
            directory: The run folder, or None for the next free one under
                `runs/`.
            seed: In place of the recipe's own.
            callbacks: A list of Keras callbacks. They see the trained
                network, which gives logits. One with a hook on the single
                step makes each step a call of its own: slower. One that is
                not known sends images through a frozen backbone in every
                epoch, unless it says `uses_model = False`: then its
                `self.model` may be the head alone.
            tensorboard: Whether to write TensorBoard's logs.
            overwrite: Whether a finished run in `directory` may be replaced,
                or the beginning of one thrown away.
            verbose: Whether to show progress.
            threads: Loader threads, 0 or more; None chooses. The result is
                the same.
            save_freq: When the state is written, at most once a second:
                `"epoch"`, or after so many steps too, from 1.
            resume: `"exact"`, or `"anyway"` to go on with what another major
                version of this library has begun.
            on_divergence: When the loss, or a weight at the end of an epoch,
                is NaN or infinite: `"stop"` with a report (which layer, step
                and rows of the data were first; divergence.json has it too).
                `"rewind"` goes back to the last checkpoint (to the one before,
                where that was no help) with half the learning rate, at most 3
                times, and writes one each epoch. Either way the last good
                checkpoint stays.

        Returns:
            A `recipes.Run`: model, history, metrics, folder.

        Raises:
            RecipeError: For an open range, a callback that cannot work, or a
                network that cannot be built on this data.
            DataError: For data that cannot be trained on.
            RunError: For a folder that is taken, also by the beginning of
                another run or by another process, and for a full disk.
            DivergedError: A `RunError`, for a run that diverged.
        """
        from recipes.training.fit import fit

        return fit(
            self,
            data,
            directory=directory,
            seed=seed,
            callbacks=callbacks,
            tensorboard=tensorboard,
            overwrite=overwrite,
            verbose=verbose,
            threads=threads,
            save_freq=save_freq,
            resume=resume,
            on_divergence=on_divergence,
        )

    def lint(self, data=None):
        """Say what is known to hurt, before training.

        Args:
            data: As of `fit`: then what depends on the number of rows, the
                classes or the columns is looked at too. None: the recipe
                alone, in no time.

        Returns:
            List of `Finding`: `code`, `path`, `why`, `source`, and `changes`,
            which `replace(**finding.changes)` makes.

        Raises:
            RecipeError: For an open range.
            DataError: For data that cannot be trained on.

        Example:

        >>> import recipes
        >>> recipe = recipes.image_classifier(batch_size=8192)
        >>> [finding.mend for finding in recipe.lint()]
        ['recipe.replace(batch_size=256)']
        """
        from recipes.lint.rules import lint

        if data is not None:
            from recipes.training.plan import load_for

            resolve.refuse_open_ranges(self)
            data = load_for(self, data)
        return lint(self, data)

    def cross_validate(
        self,
        data,
        folds=5,
        *,
        directory=None,
        seed=None,
        overwrite=False,
        verbose=True,
        threads=None,
    ):
        """Fit once per fold: the mean ± deviation of scores, for comparing.

        Use it where the data are too few for one validation split to tell
        two recipes apart. The test split is drawn first, as `fit` draws it,
        and no fold ever reads it; fit the recipe that you chose, to have its
        test score. The other rows, train and validation, are cut into
        stratified folds. Each is held out once and scored once, by a model
        that was trained on what is left, less a validation split that is
        drawn from it for early stopping and the curves: the score is not the
        one that chose the epoch. All folds have the recipe's seed, so only
        the data differs. The splits and folds are drawn by `split_seed`.

        A cross-validation that was cut short goes on when it is called again
        with the same recipe, data and directory: finished folds are kept, a
        damaged one is fitted again, and files of others are left alone.

        Args:
            data: As of `fit`.
            folds: Whole number from 2 to the rows of the rarest class.
            directory: The folder of all folds, or None for the next free one
                under `runs/`. Each fold's run lies in it, `fold-1` and so on.
            seed: In place of the recipe's own.
            overwrite: Whether the folds of another cross-validation in
                `directory` may be removed, before the first fit.
            verbose: Whether to print the linter's notes, a line per fold and
                a table.
            threads: As of `fit`.

        Returns:
            A `recipes.CrossValidation`: metrics, scores, runs, folder.

        Raises:
            RecipeError: As of `fit`.
            DataError: As of `fit`, and for too few rows for the folds.
            RunError: For a folder that is taken, also by the folds of
                another recipe or of other data; for another run in the place
                of a fold; and for a run that diverged.
        """
        from recipes.training.cross_validate import cross_validate

        return cross_validate(
            self,
            data,
            folds,
            directory=directory,
            seed=seed,
            overwrite=overwrite,
            verbose=verbose,
            threads=threads,
        )
