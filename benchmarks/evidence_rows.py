"""What benchmarks/evidence.py measures: each technique, and its twin.

A row changes some fields of its task's recipe, and its twin has all else
alike. The ids are those of the menu: A initializers, B activations,
C normalization, D regularization, E optimizing, F preprocessing,
G augmentation, H transfer; N are the networks.
"""

from typing import NamedTuple

from recipes import Part, registry


class Row(NamedTuple):
    """One technique on one task.

    Args:
        id: Its place on the menu.
        name: kind/name or kind/argument of the registry, or a field.
        task: Name of a task.
        fields: Of the recipe with it.
        twin: Fields of the recipe without it.
    """

    id: str
    name: str
    task: str
    fields: dict
    twin: dict = {}


def _initializers():
    he = {"kernel_initializer": "he_normal"}
    ids = {"lecun": "A1", "he": "A2", "glorot": "A3", "orthogonal": "A6"}
    ids |= dict.fromkeys(("random", "truncated", "variance"), "A4")
    for name in registry.MENU["initializer"]:
        at = ids.get(name.split("_")[0], "A5")
        twin = he
        if name == "he_normal":
            twin = {"kernel_initializer": "glorot_uniform"}
        given = Part(name, **({"value": 0.05} if name == "constant" else {}))
        fields = {"kernel_initializer": given}
        yield Row(at, f"initializer/{name}", "rows", fields, twin)
    for deviation in (1.0, 0.01):
        given = Part("random_normal", stddev=deviation)
        fields = {"kernel_initializer": given}
        yield Row("A4", "initializer/random_normal", "rows", fields, he)
    dirac = {"kernel_initializer": "dirac_delta"}
    yield Row("A5", "initializer/dirac_delta", "digits", dirac, he)
    tanh = {"activation": "tanh"}
    yield Row("A7", "kernel_initializer", "rows", tanh, {**tanh, **he})


def _activations():
    for name in registry.MENU["activation"]:
        at = {"maxout": "B3"}.get(name, "B2")
        if name in ("sigmoid", "tanh", "relu", "gelu", "silu"):
            at = "B1"
        twin = {"activation": "sigmoid" if name == "relu" else "relu"}
        fields = {"activation": name}
        yield Row(at, f"activation/{name}", "rows", fields, twin)


def _normalizations():
    none = {"normalization": None}
    for name in registry.MENU["normalization"]:
        for task in ("digits", "rows"):
            if (name, task) != ("instance_normalization", "rows"):
                fields = {"normalization": name}
                yield Row("C1", f"normalization/{name}", task, fields, none)
    post = {"normalization_placement": "post"}
    pre = {"normalization_placement": "pre"}
    yield Row("C2", "normalization_placement", "digits", post, pre)
    keras_default = Part("batch_normalization", momentum=0.99)
    lagging = {"normalization": keras_default}
    fitted = {"normalization": "batch_normalization"}
    yield Row("C3", "normalization/momentum", "digits", fitted, lagging)
    precise = {"precise_batch_normalization": True}
    yield Row("C4", "precise_batch_normalization", "digits", precise)
    late = {**lagging, **precise}
    yield Row("C4", "precise_batch_normalization", "digits", late, lagging)


def _regularizers():
    for at, given in (
        ("D1", Part("l2", l2=1e-3)),
        ("D1", Part("half_l2", l2=1e-3)),
        ("D2", Part("l1", l1=1e-4)),
        ("D2", Part("l1_l2", l1=1e-4, l2=1e-3)),
    ):
        fields = {"kernel_regularizer": given}
        name = f"regularizer/{given.name}"
        yield Row(at, name, "rows", fields)
    for task, rate in (("rows", 1e-2), ("digits", 3e-3)):
        adamw = Part("adamw", learning_rate=rate, weight_decay=0.05)
        fields = {"optimizer": adamw}
        yield Row("D3", "optimizer/weight_decay", task, fields)
        fields = {"dropout": 0.2}
        yield Row("D4", "dropout", task, fields)
    mlp = {"units": (64,) * 5}
    cnn = {"filters": ((16,), (32,), (64,))}
    fields = {"network": Part("mlp", **mlp, drop_connect=0.2)}
    yield Row("D5", "network/drop_connect", "rows", fields)
    fields = {"network": Part("cnn", **cnn, drop_connect=0.2)}
    yield Row("D5", "network/drop_connect", "digits", fields)
    precise = {"precise_batch_normalization": True}
    both = {**fields, **precise}
    yield Row("D5", "network/drop_connect", "digits", both, precise)
    resnet = {"network": Part("resnet", filters=(16, 32, 64))}
    fields = {"network": resnet["network"].replace(stochastic_depth=0.2)}
    yield Row("D6", "network/stochastic_depth", "digits", fields, resnet)
    for at, name in (
        ("D7", "fractional_max_pooling"),
        ("N", "average_pooling"),
    ):
        fields = {"network": Part("cnn", **cnn, pooling=Part(name))}
        yield Row(at, f"pooling/{name}", "digits", fields)
    smooth = {"label_smoothing": 0.1}
    yield Row("D8", "label_smoothing", "digits", smooth)
    constant = {"schedule": "constant"}
    stop = {"early_stopping": Part("early_stopping", patience=5), **constant}
    none = {"early_stopping": None, **constant}
    for task in ("rows", "digits"):
        name = "early_stopping/early_stopping"
        yield Row("D11", name, task, stop, none)
    average = Part("exponential_moving_average", momentum=0.95)
    name = "weight_average/exponential_moving_average"
    for twin in (constant, {}):
        fields = {"weight_average": average, **twin}
        yield Row("D12", name, "digits", fields, twin)
    lasting = {"weight_average": average.replace(momentum=0.99)}
    short = {"weight_average": average}
    yield Row("D12", "weight_average/momentum", "digits", lasting, short)
    for strength in ("light", "medium", "strong"):
        fields = {"regularization": strength}
        twin = {"regularization": "none"}
        yield Row("D", "regularization", "digits", fields, twin)


# The best of three or four rates on seed 10, which no row has.
RATES = {
    "sgd": 0.3,
    "adam": 1e-2,
    "adagrad": 0.1,
    "rmsprop": 1e-2,
    "adadelta": 10.0,
    "adamax": 1e-2,
    "nadam": 1e-2,
    "adafactor": 3e-2,
    "ftrl": 0.1,
    "lion": 1e-3,
    "lamb": 3e-3,
}


def optimizer(name, **config):
    """Return the field `optimizer`, at the rate that was found for it."""
    rate = RATES[{"adamw": "adam", "sgdw": "sgd"}.get(name, name)]
    return {"optimizer": Part(name, **{"learning_rate": rate, **config})}


def _optimizers():
    sgd = optimizer("sgd")
    for name in registry.MENU["optimizer"]:
        more = {}
        if name in ("sgdw", "adamw"):
            more = {"weight_decay": 0.05 if name == "adamw" else 1e-3}
        twin = optimizer("adam") if name == "sgd" else sgd
        at, fields = "E1", optimizer(name, **more)
        yield Row(at, f"optimizer/{name}", "rows", fields, twin)
    steady = optimizer("adafactor", epsilon_1=1e-10)
    yield Row("E1", "optimizer/adafactor", "rows", steady, sgd)
    rate = {"learning_rate": 0.03}
    plain = optimizer("sgd", **rate)
    momentum = optimizer("sgd", **rate, momentum=0.9)
    nesterov = optimizer("sgd", **rate, momentum=0.9, nesterov=True)
    yield Row("E1", "optimizer/momentum", "rows", momentum, plain)
    yield Row("E1", "optimizer/nesterov", "rows", nesterov, momentum)
    high = {"learning_rate": 0.1, "momentum": 0.9}
    for clip in ("global_clipnorm", "clipnorm", "clipvalue"):
        bound = 0.1 if clip == "clipvalue" else 1.0
        for config in (high, {**rate, "momentum": 0.9}):
            fields = optimizer("sgd", **config, **{clip: bound})
            twin = optimizer("sgd", **config)
            yield Row("E3", f"optimizer/{clip}", "rows", fields, twin)
    large = {"batch_size": 32, **optimizer("adam")}
    small = optimizer("adam", gradient_accumulation_steps=4)
    name = "optimizer/gradient_accumulation_steps"
    yield Row("E3", name, "rows", {"batch_size": 8, **small}, large)


def _schedules():
    constant = {"schedule": "constant"}
    for name in registry.MENU["schedule"]:
        if name != "constant":
            patience = {"patience": 3} if name == "reduce_on_plateau" else {}
            fields = {"schedule": Part(name, **patience)}
            yield Row("E2", f"schedule/{name}", "rows", fields, constant)
    warm = {"schedule": Part("warmup_cosine", warmup=0.1)}
    for task in ("rows", "digits"):
        cold = {"schedule": "cosine"}
        yield Row("E2", "schedule/warmup", task, warm, cold)
    for size in (8, 128):
        fields, twin = {"batch_size": size}, {"batch_size": 32}
        yield Row("E4", "batch_size", "rows", fields, twin)
    fields, twin = {"drop_remainder": True}, {"drop_remainder": False}
    yield Row("E4", "drop_remainder", "rows", fields, twin)
    for policy in ("mixed_bfloat16", "mixed_float16"):
        yield Row("E5", "dtype_policy", "digits", {"dtype_policy": policy})


def rows():
    """Return every row, the broad menu first.

    What the registry names comes before arguments and fields, and the second
    row of a technique after all first ones.
    """
    from evidence_more import MAKERS

    makers = (
        *(_initializers, _activations, _normalizations, _regularizers),
        *(_optimizers, _schedules, *MAKERS),
    )
    made = [row for make in makers for row in make()]
    names = [row.name for row in made]
    menu = {f"{k}/{name}" for k in registry.MENU for name in registry.MENU[k]}
    order = [
        (names[:i].count(name), name not in menu)
        for i, name in enumerate(names)
    ]
    return [made[i] for i in sorted(range(len(made)), key=order.__getitem__)]
