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


def rows(pixels, labels):
    """Return (picture, label) pairs."""
    pictures = [
        Image.fromarray(p).convert("RGB").resize((SIDE, SIDE)) for p in pixels
    ]
    return list(zip(pictures, labels.tolist(), strict=True))


def main(path, seed, epochs):
    data = np.load(path)
    fv.set_seed(seed, reproducible=True)
    train, valid, test = (
        rows(data[f"{role}_x"], data[f"{role}_y"])
        for role in ("train", "validation", "test")
    )
    block = fv.DataBlock(
        (fv.ImageBlock, fv.CategoryBlock(vocab=list(range(10)))),
        get_items=lambda found: found,
        get_x=lambda row: fv.PILImage(row[0]),
        get_y=lambda row: row[1],
        splitter=fv.IndexSplitter(list(range(len(train), len(train + valid)))),
        batch_tfms=fv.aug_transforms(do_flip=False, size=SIDE),
    )
    loaders = block.dataloaders(train + valid, bs=64, num_workers=0)
    learner = fv.vision_learner(
        loaders, resnet18, pretrained=False, metrics=fv.accuracy
    )
    learner.unfreeze()
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(epochs, 3e-3)
        loader = loaders.test_dl(test, with_labels=True)
        scores, truth = learner.get_preds(dl=loader)
    right = (scores.argmax(1) == truth).float().mean()
    logs = scores.clamp_min(1e-7).log()
    loss = torch.nn.functional.nll_loss(logs, truth)
    print(float(right), float(loss))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
