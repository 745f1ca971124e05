"""Entry script: a frame of trips in, a frame with the predicted fare of each trip out."""

from __future__ import annotations

import argparse
import pickle
from pathlib import Path

import pandas
from features import features

model = None


def init() -> None:
    """Load the model of the training step, once per worker process."""
    global model
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    args, _ = parser.parse_known_args()
    model = pickle.loads((args.model / "model.pickle").read_bytes())


def run(trips: pandas.DataFrame) -> pandas.DataFrame:
    """Predict the fare of every trip of the mini-batch, in dollars."""
    predicted = model.predict(features(trips)).round(2)
    return pandas.DataFrame({
        "pickup": trips["lpepPickupDatetime"].astype(str),
        "distance": trips["tripDistance"],
        "fare": trips["fareAmount"],
        "predicted": predicted,
    })
