"""What is done to the data, and how the outputs are judged."""

PREPROCESSINGS = {
    "standardization": (
        "recipes.data.preprocessing.standardization",
        "mean 0 and deviation 1 per feature or channel",
    ),
    "channel_mean": (
        "recipes.data.preprocessing.channel_mean",
        "mean 0 per feature or channel (VGG)",
    ),
    "mean_image": (
        "recipes.data.preprocessing.mean_image",
        "minus the mean image, pixel by pixel (AlexNet)",
    ),
    "pca": (
        "recipes.data.whitening.pca",
        "onto the axes of largest variance",
    ),
    "pca_whitening": (
        "recipes.data.whitening.pca_whitening",
        "onto the same axes, each with variance 1",
    ),
    "zca_whitening": (
        "recipes.data.whitening.zca_whitening",
        "whitened and rotated back: images stay images",
    ),
    "text_vectorization": (
        "recipes.data.text_vectorization.text_vectorization",
        "texts to the numbers of their words; text recipes only",
    ),
}

METRICS = {
    "accuracy": (
        "recipes.training.class_metrics.Accuracy",
        "share of right answers; of whole label sets if there are many",
    ),
    "top_k_accuracy": (
        "recipes.training.class_metrics.TopKAccuracy",
        "share of examples with the class among the k likeliest (5)",
    ),
    "f1": (
        "recipes.training.class_metrics.F1",
        "harmonic mean of precision and recall, mean over classes",
    ),
    "precision": (
        "recipes.training.class_metrics.Precision",
        "right among those found, mean over classes",
    ),
    "recall": (
        "recipes.training.class_metrics.Recall",
        "found among those there are, mean over classes",
    ),
    "balanced_accuracy": (
        "recipes.training.class_metrics.BalancedAccuracy",
        "accuracy of each class, averaged",
    ),
    "auc": (
        "recipes.training.class_metrics.AUC",
        "area under the receiver's curve, one class against the rest",
    ),
    "mae": ("recipes.training.number_metrics.MAE", "mean absolute error"),
    "rmse": ("recipes.training.number_metrics.RMSE", "root of the mean square"),
    "r2": ("recipes.training.number_metrics.R2", "share of variance explained"),
    "mape": (
        "recipes.training.number_metrics.MAPE",
        "mean absolute error in percent of the target",
    ),
}
