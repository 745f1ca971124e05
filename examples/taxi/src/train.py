"""Fit a fare model on the first rows of a table and write model.pickle."""

from __future__ import annotations

import argparse
import pickle
from pathlib import Path

import pandas
from features import features
from sklearn.linear_model import LinearRegression

parser = argparse.ArgumentParser()
parser.add_argument("--trips", type=Path, required=True)
parser.add_argument("--rows", type=int, required=True)
parser.add_argument("--model", type=Path, required=True)
args = parser.parse_args()

trips = pandas.read_csv(args.trips, nrows=args.rows)
model = LinearRegression().fit(features(trips), trips["fareAmount"])
(args.model / "model.pickle").write_bytes(pickle.dumps(model))
print(f"trained on {len(trips)} trips")
