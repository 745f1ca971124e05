"""How a picture becomes numbers; shared by training and scoring."""

from __future__ import annotations

from pathlib import Path

import numpy
from PIL import Image


def pixels(path: str | Path) -> numpy.ndarray:
    """The 64 grey values of an 8x8 PNG, from 0 to 1."""
    with Image.open(path) as image:
        return numpy.asarray(image.convert("L"), dtype=float).ravel() / 255
