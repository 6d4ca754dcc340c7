"""What weights begin with, and what keeps them small."""

INITIALIZERS = {
    "he_normal": (
        "keras.initializers.HeNormal",
        "variance 2/N_in; Kaiming, for the ReLU family",
    ),
    "he_uniform": (
        "keras.initializers.HeUniform",
        "variance 2/N_in, bound sqrt(6/N_in); Kaiming",
    ),
    "lecun_normal": (
        "keras.initializers.LecunNormal",
        "variance 1/N_in; for SELU",
    ),
    "lecun_uniform": (
        "keras.initializers.LecunUniform",
        "variance 1/N_in, bound sqrt(3/N_in)",
    ),
    "glorot_normal": (
        "keras.initializers.GlorotNormal",
        "variance 2/(N_in+N_out); Xavier, for sigmoid and tanh",
    ),
    "glorot_uniform": (
        "keras.initializers.GlorotUniform",
        "variance 2/(N_in+N_out), bound sqrt(6/(N_in+N_out)); Xavier",
    ),
    "random_normal": (
        "keras.initializers.RandomNormal",
        "normal with a chosen deviation (0.05)",
    ),
    "random_uniform": (
        "keras.initializers.RandomUniform",
        "uniform between two bounds (-0.05, 0.05)",
    ),
    "truncated_normal": (
        "keras.initializers.TruncatedNormal",
        "normal without its tails (0.05)",
    ),
    "variance_scaling": (
        "keras.initializers.VarianceScaling",
        "the family behind He, LeCun and Glorot",
    ),
    "orthogonal": (
        "keras.initializers.Orthogonal",
        "orthogonal rows or columns",
    ),
    "identity": (
        "keras.initializers.Identity",
        "the identity matrix; dense layers only",
    ),
    "dirac_delta": (
        "recipes.techniques.dirac_delta.DiracDelta",
        "an identity map through a convolution or a dense layer",
    ),
    "constant": (
        "keras.initializers.Constant",
        "one value everywhere; symmetry is never broken",
    ),
    "zeros": ("keras.initializers.Zeros", "all 0; symmetry is never broken"),
    "ones": ("keras.initializers.Ones", "all 1; symmetry is never broken"),
}

REGULARIZERS = {
    "l2": ("keras.regularizers.L2", "loss + l2 * sum(w^2); Keras' convention"),
    "half_l2": (
        "recipes.techniques.half_l2.HalfL2",
        "loss + 1/2 * l2 * sum(w^2); the textbooks' convention",
    ),
    "l1": ("keras.regularizers.L1", "loss + l1 * sum(|w|)"),
    "l1_l2": (
        "keras.regularizers.L1L2",
        "loss + l1 * sum(|w|) + l2 * sum(w^2)",
    ),
}
