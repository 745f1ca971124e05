"""Entry script of the parallel step: one row per picture, `<file>,<predicted digit>`."""

from __future__ import annotations

import argparse
import pickle
from pathlib import Path

from images import pixels

model = None


def init() -> None:
    """Load the model of the training step, once per worker process."""
    global model
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    args, _ = parser.parse_known_args()
    model = pickle.loads((args.model / "model.pickle").read_bytes())


def run(mini_batch: list[str]) -> list[str]:
    """Predict the digit of each file of the mini-batch."""
    digits = model.predict([pixels(file) for file in mini_batch])
    names = ["/".join(Path(file).parts[-2:]) for file in mini_batch]
    return [f"{name},{digit}" for name, digit in zip(names, digits)]
