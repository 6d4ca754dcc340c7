"""fastai on splits that `digits.py` writes; a process of its own.

PyTorch and TensorFlow do not always live in one.
"""

import sys

import numpy as np
import torch
from fastai.vision import all as fv
from PIL import Image
from torchvision.models import resnet18

SIDE = 32  # pixels: what a ResNet-18 needs


def picture(pixels):
    """Return an RGB picture of SIDE by SIDE pixels."""
    image = Image.fromarray(pixels).convert("RGB")
    return fv.PILImage(image.resize((SIDE, SIDE)))


def main(path, seed, epochs):
    data = np.load(path)
    fv.set_seed(seed, reproducible=True)
    roles = "train", "validation", "test"
    x, y = (
        np.concatenate([data[f"{role}_{part}"] for role in roles])
        for part in "xy"
    )
    train, seen = (sum(len(data[f"{r}_y"]) for r in roles[:n]) for n in (1, 2))
    block = fv.DataBlock(
        (fv.ImageBlock, fv.CategoryBlock(vocab=list(range(10)))),
        get_items=list,
        get_x=lambda i: picture(x[i]),
        get_y=lambda i: int(y[i]),
        splitter=fv.IndexSplitter(list(range(train, seen))),
        batch_tfms=fv.aug_transforms(do_flip=False, size=SIDE),
    )
    loaders = block.dataloaders(range(seen), bs=64, num_workers=0)
    learner = fv.vision_learner(
        loaders, resnet18, pretrained=False, metrics=fv.accuracy
    )
    learner.unfreeze()
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(epochs, 3e-3)
        rest = loaders.test_dl(range(seen, len(y)), with_labels=True)
        scores, truth = learner.get_preds(dl=rest)
    right = (scores.argmax(1) == truth).float().mean()
    logs = scores.clamp_min(1e-7).log()
    loss = torch.nn.functional.nll_loss(logs, truth)
    print(float(right), float(loss))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
