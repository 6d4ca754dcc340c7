"""What is drawn anew for each example and epoch."""

AUGMENTATIONS = {
    "light": (
        "augment.presets.Light",
        "small rotations, shears, shifts; color images are mirrored too",
    ),
    "standard": (
        "augment.presets.Standard",
        "twice as much; color images change their colors too",
    ),
    "strong": (
        "augment.presets.Strong",
        "more of all, zoom, lens, erasing, mixup or CutMix",
    ),
    "trivial": ("augment.presets.Trivial", "flips and TrivialAugment"),
    "randaugment": ("augment.presets.Rand", "flips and RandAugment"),
    "resnet": (
        "augment.presets.ResNet",
        "scale jitter with a crop, flips, PCA color noise",
    ),
    "random_flip": ("augment.RandomFlip", "mirrored"),
    "random_rotation": (
        "augment.RandomRotation",
        "turned; the factor is a fraction of a full turn",
        {"factor": 10 / 360},
    ),
    "random_translation": (
        "augment.RandomTranslation",
        "shifted by fractions of the sides",
        {"height_factor": 0.1, "width_factor": 0.1},
    ),
    "random_zoom": (
        "augment.RandomZoom",
        "zoomed in or out",
        {"height_factor": 0.1},
    ),
    "random_shear": (
        "augment.RandomShear",
        "slanted",
        {"x_factor": 0.1, "y_factor": 0.1},
    ),
    "random_crop": (
        "augment.RandomCrop",
        "a window at the picture's own scale, padded by an eighth",
        {"padding": 0.125},
    ),
    "random_resized_crop": (
        "augment.RandomResizedCrop",
        "a box of drawn area and aspect ratio",
    ),
    "random_scale_crop": (
        "augment.RandomScaleCrop",
        "the shorter side scaled to a drawn length, then a window",
    ),
    "random_lens_distortion": (
        "augment.RandomLensDistortion",
        "bent as by a lens: barrel or pincushion",
    ),
    "random_brightness": (
        "augment.RandomBrightness",
        "brighter or darker",
        {"factor": 0.2},
    ),
    "random_contrast": (
        "augment.RandomContrast",
        "more or less contrast",
        {"factor": 0.2},
    ),
    "random_saturation": (
        "augment.RandomSaturation",
        "stronger or paler colors",
        {"factor": 0.2},
    ),
    "random_hue": (
        "augment.RandomHue",
        "hues turned; the factor is a fraction of half a turn",
        {"factor": 0.1},
    ),
    "random_color_jitter": (
        "augment.RandomColorJitter",
        "brightness, contrast, saturation and hue",
        {
            "brightness_factor": 0.2,
            "contrast_factor": 0.2,
            "saturation_factor": 0.2,
            "hue_factor": 0.05,
        },
    ),
    "random_grayscale": ("augment.RandomGrayscale", "gray now and then"),
    "random_invert": (
        "augment.RandomInvert",
        "negatives now and then",
        {"factor": 0.5},
    ),
    "random_pca_noise": (
        "augment.RandomPCANoise",
        "noise along the principal axes of color (AlexNet)",
    ),
    "auto_contrast": ("augment.AutoContrast", "values stretched to the ends"),
    "equalization": ("augment.Equalization", "all values about as frequent"),
    "solarization": ("augment.Solarization", "bright values inverted"),
    "random_posterization": (
        "augment.RandomPosterization",
        "fewer bits per value",
        {"factor": (4, 8)},
    ),
    "random_sharpness": (
        "augment.RandomSharpness",
        "blurred or sharpened",
        {"factor": 0.5},
    ),
    "random_erasing": ("augment.RandomErasing", "a box overwritten"),
    "random_cutout": ("augment.RandomCutout", "a square overwritten (cutout)"),
    "mixup": ("augment.MixUp", "blended with a partner, labels too"),
    "cutmix": ("augment.CutMix", "a box of a partner pasted, labels too"),
    "mixup_or_cutmix": (
        "augment.presets.mixup_or_cutmix",
        "one of the two, drawn for each image",
    ),
    "rand_augment": (
        "augment.RandAugment",
        "several of fourteen operations at one strength",
    ),
    "trivial_augment": (
        "augment.TrivialAugment",
        "one of fourteen operations at a drawn strength",
    ),
    "word_drop": ("augment.RandomWordDrop", "words left out; texts only"),
    "word_swap": ("augment.RandomWordSwap", "neighbors swapped; texts only"),
    "word_move": ("augment.RandomWordMove", "words moved; texts only"),
}
