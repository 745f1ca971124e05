"""Train a classifier on a folder of <digit>/<number>.png and write model.pickle."""

from __future__ import annotations

import argparse
import pickle
from pathlib import Path

from images import pixels
from sklearn.linear_model import LogisticRegression

parser = argparse.ArgumentParser()
parser.add_argument("--images", type=Path, required=True)
parser.add_argument("--model", type=Path, required=True)
args = parser.parse_args()

files = sorted(args.images.glob("*/*.png"))
model = LogisticRegression(max_iter=2000, C=5.0)
model.fit([pixels(file) for file in files], [file.parent.name for file in files])
(args.model / "model.pickle").write_bytes(pickle.dumps(model))
print(f"trained on {len(files)} images")
