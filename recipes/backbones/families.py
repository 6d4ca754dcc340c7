"""The families of `keras.applications`, each with what its weights expect."""

from functools import partial
from typing import NamedTuple

import keras

from recipes.backbones.backbone import Backbone, blocks_of
from recipes.backbones.imagenet import imagenet
from recipes.backbones.preprocessing import preprocessing
from recipes.backbones.weights import load_weights
from recipes.errors import RecipeError, suggest

KERNELS = "{}_weights_tf_dim_ordering_tf_kernels_notop.h5"
SERVER = "https://storage.googleapis.com/"


class Module(NamedTuple):
    """One module of `keras.applications`.

    Args:
        mode: Of `preprocessing`; "none" where the models have it inside.
        stage: As of `blocks_of`.
        file: ImageNet's weights in Keras' cache, {} being the row's `word`
            and {side} the side of the images.
        minimum_size: The smallest side that Keras takes, in pixels.
        sides: Sides with weights of their own; the others take the largest's.
        remote: The file's name on the server, where it is another one.
        folder: Its folder there, where it is not the module's.
    """

    mode: str
    stage: str
    file: str
    minimum_size: int = 32
    sides: tuple = ()
    remote: str = ""
    folder: str = ""


class Row(NamedTuple):
    """One function: its module, its `word` in names of files, its own size."""

    module: str
    word: str
    default_size: int = 224
    cuts: tuple = ()


MODULES = {
    "convnext": Module("none", r"stage_(\d)", "convnext_{}_notop.h5"),
    "densenet": Module("torch", r"^conv(\d)_", KERNELS),
    "efficientnet": Module(
        "none",
        r"^block(\d)",
        "efficientnetb{}_notop.h5",
        folder="keras-applications/",
    ),
    "efficientnet_v2": Module(
        "none", r"^block(\d)", "efficientnetv2-{}_notop.h5"
    ),
    "inception_resnet_v2": Module("tf", r"^(mixed_\w+|block\d+)", KERNELS, 75),
    "inception_v3": Module("tf", r"^mixed(\d+)", KERNELS, 75),
    "mobilenet": Module(
        "tf",
        r"^conv_.w_(\d+)",
        "mobilenet_1_0_{side}_tf_no_top.h5",
        sides=(128, 160, 192, 224),
    ),
    "mobilenet_v2": Module(
        "tf",
        r"^block_(\d+)_",
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_{side}_no_top.h5",
        sides=(96, 128, 160, 192, 224),
    ),
    "mobilenet_v3": Module(
        "none",
        r"^expanded_conv_(\d+)_",
        "weights_mobilenet_v3_{}_224_1.0_float_no_top_v2.h5",
    ),
    "nasnet": Module(
        "tf",
        r"(?:normal|reduction|adjust)\w*_(?<!stem_)(\d+)$",
        "nasnet_{}_no_top.h5",
        remote="NASNet-{}-no-top.h5",
    ),
    "resnet": Module("caffe", r"^conv(\d)_", KERNELS),
    "resnet_v2": Module(
        "tf",
        r"^conv(\d)_",
        KERNELS,
        folder="tensorflow/keras-applications/resnet/",
    ),
    "vgg16": Module("caffe", r"^block(\d)_", KERNELS),
    "vgg19": Module("caffe", r"^block(\d)_", KERNELS),
    "xception": Module("tf", r"^block(\d+)_", KERNELS, 71),
}

FAMILIES = {
    "ConvNeXtTiny": Row("convnext", "tiny"),
    "ConvNeXtSmall": Row("convnext", "small"),
    "ConvNeXtBase": Row("convnext", "base"),
    "ConvNeXtLarge": Row("convnext", "large"),
    "ConvNeXtXLarge": Row("convnext", "xlarge"),
    "DenseNet121": Row("densenet", "densenet121"),
    "DenseNet169": Row("densenet", "densenet169"),
    "DenseNet201": Row("densenet", "densenet201"),
    "EfficientNetB0": Row("efficientnet", "0", 224),
    "EfficientNetB1": Row("efficientnet", "1", 240),
    "EfficientNetB2": Row("efficientnet", "2", 260),
    "EfficientNetB3": Row("efficientnet", "3", 300),
    "EfficientNetB4": Row("efficientnet", "4", 380),
    "EfficientNetB5": Row("efficientnet", "5", 456),
    "EfficientNetB6": Row("efficientnet", "6", 528),
    "EfficientNetB7": Row("efficientnet", "7", 600),
    "EfficientNetV2B0": Row("efficientnet_v2", "b0", 224),
    "EfficientNetV2B1": Row("efficientnet_v2", "b1", 240),
    "EfficientNetV2B2": Row("efficientnet_v2", "b2", 260),
    "EfficientNetV2B3": Row("efficientnet_v2", "b3", 300),
    "EfficientNetV2S": Row("efficientnet_v2", "s", 384),
    "EfficientNetV2M": Row("efficientnet_v2", "m", 480),
    "EfficientNetV2L": Row("efficientnet_v2", "l", 480),
    "InceptionResNetV2": Row("inception_resnet_v2", "inception_resnet_v2", 299),
    "InceptionV3": Row("inception_v3", "inception_v3", 299, (1, 3, 5, 8, 9)),
    "MobileNet": Row("mobilenet", "", 224, (2, 4, 6, 9, 12)),
    "MobileNetV2": Row("mobilenet_v2", "", 224, (3, 6, 10, 13)),
    "MobileNetV3Large": Row("mobilenet_v3", "large", 224, (3, 6, 10, 12)),
    "MobileNetV3Small": Row("mobilenet_v3", "small", 224, (3, 6, 8)),
    "NASNetLarge": Row("nasnet", "large", 331, (3, 6, 9, 12, 15)),
    "NASNetMobile": Row("nasnet", "mobile", 224, (2, 4, 6, 8, 10)),
    "ResNet50": Row("resnet", "resnet50"),
    "ResNet101": Row("resnet", "resnet101"),
    "ResNet152": Row("resnet", "resnet152"),
    "ResNet50V2": Row("resnet_v2", "resnet50v2"),
    "ResNet101V2": Row("resnet_v2", "resnet101v2"),
    "ResNet152V2": Row("resnet_v2", "resnet152v2"),
    "VGG16": Row("vgg16", "vgg16"),
    "VGG19": Row("vgg19", "vgg19"),
    "Xception": Row("xception", "xception", 299, (2, 4, 7, 10, 13)),
}


def imagenet_file(name, input_shape=None):
    """Return the file of ImageNet's weights, and the address to fetch it from.

    Args:
        name: A function of `keras.applications`.
        input_shape: Shape of the images.

    Example:

    >>> imagenet_file("MobileNet", (160, 160, 3))[0]
    'mobilenet_1_0_160_tf_no_top.h5'
    """
    row = FAMILIES[name]
    module = MODULES[row.module]
    height, width = (input_shape or (None, None))[:2]
    fits = height == width and height in module.sides
    side = height if fits else 224
    file = module.file.format(row.word, side=side)
    folder = module.folder or f"tensorflow/keras-applications/{row.module}/"
    return file, SERVER + folder + (module.remote.format(row.word) or file)


def application(name, *, input_shape=None, weights="imagenet"):
    """Build a network of `keras.applications` without its top.

    Args:
        name: The function, as Keras names it.
        input_shape: (height, width, 3) in pixels; None: any, but for
            NASNet, which is then fixed at its default.
        weights: `"imagenet"`, downloaded unless Keras has them in its cache;
            the path of a file, as of `load_weights`; or None, random.

    Returns:
        A `Backbone`.

    Raises:
        RecipeError: For weights that cannot be had or do not fit, and images
            that are not RGB.

    Example:

    >>> backbone = application("MobileNet", weights=None)
    >>> backbone.minimum_size, backbone.default_size, len(backbone.blocks)
    (32, 224, 6)
    """
    if name not in FAMILIES:
        raise RecipeError(
            "keras.applications has no network of this name. Legal: "
            f"{', '.join(FAMILIES)}.{suggest(name, FAMILIES)} "
            f"Received: {name!r}"
        )
    if weights is not None and not isinstance(weights, str):
        raise RecipeError(
            "`weights` must be 'imagenet', the path of a file, or None. "
            f"Received: {weights!r}"
        )
    if input_shape is not None and tuple(input_shape)[2:] != (3,):
        raise RecipeError(
            "`input_shape` must be (height, width, 3): these networks take "
            f"RGB. Received: {input_shape!r}"
        )
    row = FAMILIES[name]
    module = MODULES[row.module]
    if input_shape is None and row.module == "nasnet":
        # By the sizes Keras tells where a cell halves the one before the last:
        # without them it never does, and the network takes no image at all.
        input_shape = (row.default_size, row.default_size, 3)
    build = partial(
        getattr(keras.applications, name),
        include_top=False,
        input_shape=input_shape,
    )
    file, address = imagenet_file(name, input_shape)
    if weights == "imagenet":
        model, origin = imagenet(build, name, file, address)
    else:
        model = build(weights=None)
        origin = {"weights": None, "sha256": None, "file": None}
        if weights is not None:
            origin = load_weights(
                model, weights, known=file, words=("imagenet",)
            )
    return Backbone(
        model,
        preprocessing(module.mode),
        channels=3,
        minimum_size=module.minimum_size,
        default_size=row.default_size,
        blocks=blocks_of(model, module.stage, row.cuts),
        origin=origin,
    )


def __getattr__(name):
    """Give each network a builder of its name, as the menu's rows have it."""
    if name in FAMILIES:
        return partial(application, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
