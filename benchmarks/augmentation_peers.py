"""The techniques of benchmarks/augmentation.py in each library, by one name.

Each function takes the size of what comes out, a function of a technique's
name that returns its images, and a number of threads. It returns name →
something that, called, returns (what augments a batch once, its length); a
name is missing where the library has no such technique.

Every technique is applied to every image, but for the policy's flip and
erasing: half of them.
"""

import os
from functools import partial

POLICY = "policy"  # crop, flip, rotation, jitter, erasing
POLICY_OF_CROPS = "policy, of crops"
POLICIES = (POLICY, POLICY_OF_CROPS, "RandAugment")
FLOOR = "cv2.warpAffine alone"
ORIGINALS = (POLICY, "random resized crop", "random crop", "scale jitter")
SHEAR = 11.3  # degrees; a slant of 0.2


def our_steps(size):
    import augment as a

    crop = a.RandomResizedCrop(size, size)
    jitter = a.RandomColorJitter(0.2, 0.2, 0.2, 0.1)
    flip, turn = a.RandomFlip("horizontal"), a.RandomRotation(15 / 360)
    steps = {
        POLICY: [crop, flip, turn, jitter, a.RandomErasing(fill_value=0.0)],
        "RandAugment": a.RandAugment(2, 0.3),
        "TrivialAugment": a.TrivialAugment(),
        "flip": a.RandomFlip("horizontal", rate=1.0),
        "rotation": turn,
        "translation": a.RandomTranslation(0.1, 0.1),
        "zoom": a.RandomZoom(0.2, 0.2),
        "shear": a.RandomShear(0.2, 0.2),
        "lens distortion": a.RandomLensDistortion(0.2),
        "random crop": a.RandomCrop(size, size),
        "random resized crop": crop,
        "scale jitter": a.RandomScaleCrop(size, size, _sides(size)),
        "color jitter": jitter,
        "brightness": a.RandomBrightness(0.2),
        "contrast": a.RandomContrast(0.2),
        "saturation": a.RandomSaturation(0.2),
        "hue": a.RandomHue(0.1),
        "grayscale": a.RandomGrayscale(1.0),
        "PCA noise": a.RandomPCANoise(0.1),
        "invert": a.RandomInvert(1.0),
        "posterize": a.RandomPosterization(4),
        "solarize": a.Solarization(0.5),
        "equalize": a.Equalization(),
        "auto-contrast": a.AutoContrast(),
        "sharpness": a.RandomSharpness(0.9),
        "erasing": a.RandomErasing(1.0, fill_value=0.0),
        "mixup": a.MixUp(0.2),
        "CutMix": a.CutMix(1.0),
    }
    steps[POLICY_OF_CROPS] = steps[POLICY]
    return steps


def ours(size, images, threads):
    import cv2
    import numpy as np

    from augment import Policy

    cv2.setNumThreads(1)
    epoch = iter(range(2**32))

    def runner(name, step):
        policy, batch = Policy(step), images(name)
        labels = np.arange(len(batch)) % 10 if policy.mixes else None
        options = {"num_classes": 10, "threads": threads}
        return (
            lambda: policy(batch, labels, epoch=next(epoch), **options),
            len(batch),
        )

    def warps(name):
        place = np.array([[0.97, 0.2, 5], [-0.2, 0.97, 30]])
        flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
        batch = images(name)
        return (
            lambda: [
                cv2.warpAffine(image, place, (size, size), flags=flags)
                for image in batch
            ],
            len(batch),
        )

    steps = our_steps(size)
    found = {name: partial(runner, name, step) for name, step in steps.items()}
    if threads == 1:
        found[FLOOR] = partial(warps, FLOOR)
    return found


def torchvision_v2(size, images, threads, pil=False):
    import torch
    from torchvision.transforms import v2

    torch.set_num_threads(1)
    smooth = {"interpolation": v2.InterpolationMode.BILINEAR}
    crop = v2.RandomResizedCrop(size, antialias=True)
    jitter = v2.ColorJitter(0.2, 0.2, 0.2, 0.05)
    flip, turn = v2.RandomHorizontalFlip(0.5), v2.RandomRotation(15, **smooth)
    tensor = [v2.PILToTensor()] if pil else []
    slants = (-SHEAR, SHEAR, -SHEAR, SHEAR)
    steps = {
        POLICY: [crop, flip, turn, jitter, *tensor, v2.RandomErasing(0.5)],
        "RandAugment": [v2.RandAugment(2, 9, **smooth)],
        "TrivialAugment": [v2.TrivialAugmentWide(**smooth)],
        "flip": [v2.RandomHorizontalFlip(1.0)],
        "rotation": [turn],
        "translation": [v2.RandomAffine(0, (0.1, 0.1), **smooth)],
        "zoom": [v2.RandomAffine(0, scale=(0.8, 1.2), **smooth)],
        "shear": [v2.RandomAffine(0, shear=slants, **smooth)],
        "random crop": [v2.RandomCrop(size)],
        "random resized crop": [crop],
        "scale jitter": [
            v2.RandomShortestSize(list(range(*_sides(size)))),
            v2.RandomCrop(size),
        ],
        "color jitter": [jitter],
        "brightness": [v2.ColorJitter(brightness=0.2)],
        "contrast": [v2.ColorJitter(contrast=0.2)],
        "saturation": [v2.ColorJitter(saturation=0.2)],
        "hue": [v2.ColorJitter(hue=0.05)],
        "grayscale": [v2.RandomGrayscale(1.0)],
        "invert": [v2.RandomInvert(1.0)],
        "posterize": [v2.RandomPosterize(4, 1.0)],
        "solarize": [v2.RandomSolarize(128, 1.0)],
        "equalize": [v2.RandomEqualize(1.0)],
        "auto-contrast": [v2.RandomAutocontrast(1.0)],
        "sharpness": [v2.RandomAdjustSharpness(1.9, 1.0)],
    }
    steps[POLICY_OF_CROPS] = steps[POLICY]
    if not pil:
        steps["erasing"] = [v2.RandomErasing(1.0)]
        steps["mixup"] = v2.MixUp(num_classes=10, alpha=0.2)
        steps["CutMix"] = v2.CutMix(num_classes=10)

    def runner(name, step):
        batch = [torch.from_numpy(x).permute(2, 0, 1) for x in images(name)]
        batch = [x.contiguous() for x in batch]
        if not isinstance(step, list):
            labels, batch = torch.arange(len(batch)) % 10, torch.stack(batch)
            return lambda: step(batch.float() / 255, labels), len(batch)
        batch = [v2.functional.to_pil_image(x) for x in batch] if pil else batch
        step = v2.Compose(step)
        return lambda: [step(image) for image in batch], len(batch)

    return {name: partial(runner, name, step) for name, step in steps.items()}


def torchvision_pil(size, images, threads):
    """The same, on Pillow's images."""
    return torchvision_v2(size, images, threads, pil=True)


def albumentations(size, images, threads):
    """As its documentation advises: one thread of OpenCV in each process."""
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    import albumentations as b
    import cv2

    cv2.setNumThreads(0)
    cv2.ocl.setUseOpenCL(False)
    fill = {"border_mode": cv2.BORDER_REFLECT, "p": 1.0}
    crop = b.RandomResizedCrop((size, size))
    same, some = (1.0, 1.0), (0.8, 1.2)
    jitter = b.ColorJitter(some, some, some, (-0.05, 0.05), p=1.0)
    turn = b.Rotate(15, **fill)
    steps = {
        POLICY: [crop, b.HorizontalFlip(), turn, jitter, b.Erasing()],
        "flip": [b.HorizontalFlip(p=1.0)],
        "rotation": [turn],
        "translation": [b.Affine(translate_percent=(-0.1, 0.1), **fill)],
        "zoom": [b.Affine(scale=some, **fill)],
        "shear": [b.Affine(shear=(-SHEAR, SHEAR), **fill)],
        "lens distortion": [b.OpticalDistortion(0.2, **fill)],
        "random crop": [b.RandomCrop(size, size)],
        "random resized crop": [crop],
        "scale jitter": [
            b.SmallestMaxSize(list(range(*_sides(size)))),
            b.RandomCrop(size, size),
        ],
        "color jitter": [jitter],
        "brightness": [b.RandomBrightnessContrast(0.2, 0.0, p=1.0)],
        "contrast": [b.RandomBrightnessContrast(0.0, 0.2, p=1.0)],
        "saturation": [b.ColorJitter(same, same, some, (0, 0), p=1.0)],
        "hue": [b.ColorJitter(same, same, same, (-0.05, 0.05), p=1.0)],
        "grayscale": [b.ToGray(p=1.0)],
        "PCA noise": [b.FancyPCA(p=1.0)],
        "invert": [b.InvertImg(p=1.0)],
        "posterize": [b.Posterize(4, p=1.0)],
        "solarize": [b.Solarize((0.5, 0.5), p=1.0)],
        "equalize": [b.Equalize(p=1.0)],
        "auto-contrast": [b.AutoContrast(p=1.0)],
        "sharpness": [b.Sharpen(p=1.0)],
        "erasing": [b.Erasing(p=1.0)],
    }
    steps[POLICY_OF_CROPS] = steps[POLICY]

    def runner(name, step):
        batch, step = images(name), b.Compose(step)
        return lambda: [step(image=image) for image in batch], len(batch)

    return {name: partial(runner, name, step) for name, step in steps.items()}


def _sides(size):
    """Return the shorter sides that ResNet scales to, for a crop of 224."""
    return size * 256 // 224, size * 480 // 224
