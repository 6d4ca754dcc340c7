"""Pretrained backbones for images."""

# Weights without the top, and the side in pixels they were made with.
BACKBONES = {
    "ConvNeXtTiny": (
        "recipes.backbones.families.ConvNeXtTiny",
        "large kernels, layer normalization; 27.8 million weights, 224 px",
    ),
    "ConvNeXtSmall": (
        "recipes.backbones.families.ConvNeXtSmall",
        "large kernels, layer normalization; 49.5 million weights, 224 px",
    ),
    "ConvNeXtBase": (
        "recipes.backbones.families.ConvNeXtBase",
        "large kernels, layer normalization; 87.6 million weights, 224 px",
    ),
    "ConvNeXtLarge": (
        "recipes.backbones.families.ConvNeXtLarge",
        "large kernels, layer normalization; 196.2 million weights, 224 px",
    ),
    "ConvNeXtXLarge": (
        "recipes.backbones.families.ConvNeXtXLarge",
        "large kernels, layer normalization; 348.1 million weights, 224 px",
    ),
    "DenseNet121": (
        "recipes.backbones.families.DenseNet121",
        "every layer sees all before it; 7.0 million weights, 224 px",
    ),
    "DenseNet169": (
        "recipes.backbones.families.DenseNet169",
        "every layer sees all before it; 12.6 million weights, 224 px",
    ),
    "DenseNet201": (
        "recipes.backbones.families.DenseNet201",
        "every layer sees all before it; 18.3 million weights, 224 px",
    ),
    "EfficientNetB0": (
        "recipes.backbones.families.EfficientNetB0",
        "EfficientNet, inverted bottlenecks; 4.0 million weights, 224 px",
    ),
    "EfficientNetB1": (
        "recipes.backbones.families.EfficientNetB1",
        "EfficientNet, inverted bottlenecks; 6.6 million weights, 240 px",
    ),
    "EfficientNetB2": (
        "recipes.backbones.families.EfficientNetB2",
        "EfficientNet, inverted bottlenecks; 7.8 million weights, 260 px",
    ),
    "EfficientNetB3": (
        "recipes.backbones.families.EfficientNetB3",
        "EfficientNet, inverted bottlenecks; 10.8 million weights, 300 px",
    ),
    "EfficientNetB4": (
        "recipes.backbones.families.EfficientNetB4",
        "EfficientNet, inverted bottlenecks; 17.7 million weights, 380 px",
    ),
    "EfficientNetB5": (
        "recipes.backbones.families.EfficientNetB5",
        "EfficientNet, inverted bottlenecks; 28.5 million weights, 456 px",
    ),
    "EfficientNetB6": (
        "recipes.backbones.families.EfficientNetB6",
        "EfficientNet, inverted bottlenecks; 41.0 million weights, 528 px",
    ),
    "EfficientNetB7": (
        "recipes.backbones.families.EfficientNetB7",
        "EfficientNet, inverted bottlenecks; 64.1 million weights, 600 px",
    ),
    "EfficientNetV2B0": (
        "recipes.backbones.families.EfficientNetV2B0",
        "EfficientNet V2, faster to train; 5.9 million weights, 224 px",
    ),
    "EfficientNetV2B1": (
        "recipes.backbones.families.EfficientNetV2B1",
        "EfficientNet V2, faster to train; 6.9 million weights, 240 px",
    ),
    "EfficientNetV2B2": (
        "recipes.backbones.families.EfficientNetV2B2",
        "EfficientNet V2, faster to train; 8.8 million weights, 260 px",
    ),
    "EfficientNetV2B3": (
        "recipes.backbones.families.EfficientNetV2B3",
        "EfficientNet V2, faster to train; 12.9 million weights, 300 px",
    ),
    "EfficientNetV2S": (
        "recipes.backbones.families.EfficientNetV2S",
        "EfficientNet V2, faster to train; 20.3 million weights, 384 px",
    ),
    "EfficientNetV2M": (
        "recipes.backbones.families.EfficientNetV2M",
        "EfficientNet V2, faster to train; 53.2 million weights, 480 px",
    ),
    "EfficientNetV2L": (
        "recipes.backbones.families.EfficientNetV2L",
        "EfficientNet V2, faster to train; 117.7 million weights, 480 px",
    ),
    "InceptionResNetV2": (
        "recipes.backbones.families.InceptionResNetV2",
        "Inception with residual sums; 54.3 million weights, 299 px",
    ),
    "InceptionV3": (
        "recipes.backbones.families.InceptionV3",
        "Inception, parallel kernels; 21.8 million weights, 299 px",
    ),
    "MobileNet": (
        "recipes.backbones.families.MobileNet",
        "depthwise separable, for small devices; 3.2 million weights, 224 px",
    ),
    "MobileNetV2": (
        "recipes.backbones.families.MobileNetV2",
        "inverted residuals, for small devices; 2.3 million weights, 224 px",
    ),
    "MobileNetV3Large": (
        "recipes.backbones.families.MobileNetV3Large",
        "MobileNet V3, found by search; 3.0 million weights, 224 px",
    ),
    "MobileNetV3Small": (
        "recipes.backbones.families.MobileNetV3Small",
        "MobileNet V3, found by search; 0.9 million weights, 224 px",
    ),
    "NASNetLarge": (
        "recipes.backbones.families.NASNetLarge",
        "NASNet, cells found by search; 84.9 million weights, 331 px",
    ),
    "NASNetMobile": (
        "recipes.backbones.families.NASNetMobile",
        "NASNet, cells found by search; 4.3 million weights, 224 px",
    ),
    "ResNet50": (
        "recipes.backbones.families.ResNet50",
        "residual blocks; 23.6 million weights, 224 px",
    ),
    "ResNet101": (
        "recipes.backbones.families.ResNet101",
        "residual blocks; 42.7 million weights, 224 px",
    ),
    "ResNet152": (
        "recipes.backbones.families.ResNet152",
        "residual blocks; 58.4 million weights, 224 px",
    ),
    "ResNet50V2": (
        "recipes.backbones.families.ResNet50V2",
        "residual blocks, normalized before; 23.6 million weights, 224 px",
    ),
    "ResNet101V2": (
        "recipes.backbones.families.ResNet101V2",
        "residual blocks, normalized before; 42.6 million weights, 224 px",
    ),
    "ResNet152V2": (
        "recipes.backbones.families.ResNet152V2",
        "residual blocks, normalized before; 58.3 million weights, 224 px",
    ),
    "VGG16": (
        "recipes.backbones.families.VGG16",
        "plain 3x3 convolutions; 14.7 million weights, 224 px",
    ),
    "VGG19": (
        "recipes.backbones.families.VGG19",
        "plain 3x3 convolutions; 20.0 million weights, 224 px",
    ),
    "Xception": (
        "recipes.backbones.families.Xception",
        "depthwise separable Inception; 20.9 million weights, 299 px",
    ),
    "keras_file": (
        "recipes.backbones.files.keras_file",
        "a .keras file of your own, up to the layer that you name",
    ),
    "keras_hub": (
        "recipes.backbones.hub.keras_hub",
        "a preset of KerasHub by name, or a folder as ./path",
    ),
    "glyphnet": (
        "recipes.backbones.glyphnet.glyphnet",
        "embedded: small and gray, for characters and the like, 32 px",
    ),
}
