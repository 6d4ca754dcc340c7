"""What a finished run lets one look at: each opens the room that does it."""


class Looking:
    """The actions of a `Run` that show examples; rooms are imported late."""

    def top_losses(self, n=9, data=None, split="validation"):
        """Return the examples whose loss is largest, with their images.

        Look at them before you change the recipe: what costs most is often a
        wrong label, a bad scan, or a kind of example of which there are too
        few. The loss of an example is its cross-entropy, −log of the
        probability of its class; for labels binary cross-entropy, mean over
        labels; for numbers the squared error in their own units, mean over
        targets. The mean over a split is the loss in `metrics`.

        Args:
            n: How many, at least 1.
            data: What the run was trained on, as `fit` was given it; None
                reads it again, which arrays have no name for.
            split: `"validation"`, for what is looked at to improve a recipe
                must not be the test split; or `"train"`, `"test"`, or
                `"all"` rows of any data.

        Returns:
            `TopLosses`: `rows` of (index in the split, truth, predicted,
            loss, probability, file), the largest loss first; `file` is the
            path below the folder that `folder:` names, None for other data;
            `examples`, raw; `figure`, of the first 100, drawn when it is
            asked for. Tables and texts have no figure.

        Raises:
            RunError: For another `n`.
            DataError: For data that the run was not trained on.

        On the command line: `recipes mistakes RUN`.

        Example:

        >>> import recipes, tempfile
        >>> recipe = recipes.tabular_classifier(epochs=1)
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     run = recipe.fit("iris", directory=directory, verbose=False)
        >>> first, second = run.top_losses(n=2).rows
        >>> first.loss > second.loss
        True
        """
        from recipes.training.looking.mistakes import top_losses

        return top_losses(self, n, data, split)

    def most_confused(self, n=6, data=None, split="validation"):
        """Return which classes are taken for which, with their images.

        Args:
            n: How many pairs, at least 1.
            data: As of `top_losses`.
            split: As of `top_losses`.

        Returns:
            `MostConfused`: `rows` of (truth, predicted, count, indices in the
            split, the largest loss first, and their files or None), the most
            frequent pair first; `figure`, with some images of each.

        Raises:
            RunError: For a run that does not predict one class.
            DataError: As of `top_losses`.

        On the command line: `recipes mistakes RUN`.

        Example:

        >>> import recipes, tempfile
        >>> recipe = recipes.tabular_classifier(epochs=1)
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     run = recipe.fit("iris", directory=directory, verbose=False)
        >>> pairs = run.most_confused(split="train")
        >>> all(pair.truth != pair.predicted for pair in pairs.rows)
        True
        """
        from recipes.training.looking.mistakes import most_confused

        return most_confused(self, n, data, split)

    def explain(self, images, classes=None, layer=None):
        """Return where in images the network finds a class: Grad-CAM.

        Use it to see whether a convolutional network, or a fine-tuned
        backbone, looks at the thing or at what stands around it. A_k are the
        feature maps of a layer, and y the score of a class before the
        softmax; with α_k = mean over pixels of ∂y/∂A_k the heat map is
        relu(Σ_k α_k A_k) over its largest value. Dropout and batch
        normalization are as in predicting. A map says nothing of how sure the
        network is (`rows` do). In layers far from the output the mean slope
        can miss what matters: then a map is empty though the class is sure,
        and another `layer` may tell more.

        Args:
            images: Paths of image files, read as in training; or an array as
                the model takes it, (images, height, width, channels) or one
                image.
            classes: Name or number from 0 of a class, label or target, for
                all images, or a list with one for each. None is what the
                model predicts, the likeliest label, or the first target. Of
                two classes, one score speaks for the one and against the
                other.
            layer: Name of the layer whose maps are weighed; None takes the
                last one with at least 4 pixels on its shorter side.

        Returns:
            `Explanation`: `maps` (images, height, width) in [0, 1], as large
            as the images that the model takes, 0 where nothing speaks for
            the class; `rows` of (image, explained, output, score); `layer`;
            `figure`, the first 50 images with the maps laid over them.

        Raises:
            RunError: For a run without feature maps (tables, texts, `mlp`,
                ensembles), and an unknown layer.
            DataError: For files and arrays that are no such images, and an
                unknown class.

        Reference: Selvaraju et al., 2017, arXiv:1610.02391.

        On the command line: `recipes explain RUN IMAGE…`.

        Example:

        >>> import recipes, tempfile
        >>> network = recipes.Part("cnn", filters=(4,), depth=1)
        >>> recipe = recipes.image_classifier(network=network, epochs=1)
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     run = recipe.fit("digits", directory=directory, verbose=False)
        >>> images = recipes.data.load("digits").test.read(slice(3))
        >>> run.explain(images, classes="8").maps.shape
        (3, 8, 8)
        """
        from recipes.training.looking.explain import explain

        return explain(self, images, classes, layer)

    def diagnosis(self, data=None, *, model=True):
        """Say what went wrong in this run, and what to change.

        Each way is a rule with a bound, written down in docs/diagnosis.md:
        diverged, rate-too-high, rate-too-low, overfitting, underfitting,
        still-improving, plateaued-early, noisy-validation, label-noise,
        validation-unlike-train, dead-units, vanishing-gradients. What another
        finding explains is left out. The test scores have no part in it.

        Args:
            data: As of `top_losses`. The last four need it (but for
                validation-unlike-train, which reads the curves too), and are
                not tried where it cannot be read again; the last two need the
                model too.
            model: Whether the model and the data are looked at; False reads
                the run's files alone.

        Returns:
            List of `Diagnosis`, the surest first: `name`, `evidence`,
            `numbers`, `confidence`, and `changes`, which
            `run.recipe.replace(**found.changes)` makes. Its attribute
            `not_tried` is a dict, name of a rule → why it was not tried. A
            healthy run has an empty list, and an empty `not_tried`.

        Raises:
            RunError: For an ensemble, which has no curves.
            DataError: For data that the run was not trained on.

        On the command line: `recipes diagnose RUN`.

        Example:

        >>> import recipes, tempfile
        >>> recipe = recipes.tabular_classifier(epochs=4, early_stopping=None)
        >>> recipe = recipe.replace(
        ...     optimizer=recipes.Part("adamw", learning_rate=1e-6)
        ... )
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     run = recipe.fit("iris", directory=directory, verbose=False)
        ...     print(run.diagnosis()[0].mend)
        recipe.replace(optimizer=Part('adamw', learning_rate=1e-05, \
weight_decay=0.001))
        """
        from recipes.training.diagnosis.rules import diagnose

        return diagnose(self, data, model)

    def report(self, path=None, data=None, model=True, *, overwrite=False):
        """Write one HTML page on this run, which needs nothing beside it.

        The verdict first: test scores, accuracy with its 95 % interval
        (Wilson), the best epoch, the diagnosis and its first change. Then the
        curves with stages and best epoch, learning rate and gap; confusions,
        worst examples and what the layers give and get, all of the validation
        split; the recipe against its default; lint; the environment. There is
        no script in it, and no address; what cannot be read is left out, and
        said. The same run gives the same bytes. docs/report.md has more.

        Args:
            path: A file that ends in `.html`; None is `report.html` in the
                run's folder, in place of an earlier one.
            data: As of `top_losses`.
            model: Whether the model and the data are looked at; False reads
                the run's files alone.
            overwrite: Whether a file that is no report may be replaced.

        Returns:
            The path.

        Raises:
            RunError: For a path that cannot be it, before any work.
            DataError: For data that the run was not trained on.

        Reference: Wilson, 1927, Probable inference, the law of succession,
            and statistical inference.

        On the command line: `recipes report RUN`.

        Example:

        >>> import recipes, tempfile
        >>> recipe = recipes.tabular_classifier(epochs=1)
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     run = recipe.fit("iris", directory=directory, verbose=False)
        ...     run.report(model=False).read_text()[:15]
        '<!DOCTYPE html>'
        """
        from recipes.training.reporting.report import report

        return report(self, path, data, model, overwrite)
