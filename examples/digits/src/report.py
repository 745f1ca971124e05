"""Compare predictions with labels: accuracy, confusion matrix as text and as a picture."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from sklearn.metrics import accuracy_score, confusion_matrix

parser = argparse.ArgumentParser()
parser.add_argument("--predictions", type=Path, required=True)
parser.add_argument("--labels", type=Path, required=True)
parser.add_argument("--report", type=Path, required=True)
args = parser.parse_args()

with args.labels.open(newline="") as file:
    label_of = {row["file"]: row["label"] for row in csv.DictReader(file)}
with args.predictions.open(newline="") as file:
    predicted_of = dict(csv.reader(file))

names = sorted(predicted_of)
truth = [label_of[name] for name in names]
predicted = [predicted_of[name] for name in names]
accuracy = accuracy_score(truth, predicted)
matrix = confusion_matrix(truth, predicted)

lines = [f"images    {len(names)}", f"accuracy  {accuracy:.4f}", "", "confusion matrix (rows: truth)"]
lines += [" ".join(f"{count:4d}" for count in row) for row in matrix]
text = "\n".join(lines) + "\n"
(args.report / "report.txt").write_text(text)
print(text)

figure, axes = pyplot.subplots(figsize=(5, 5))
axes.imshow(matrix, cmap="Blues")
axes.set(xlabel="predicted", ylabel="truth", xticks=range(10), yticks=range(10),
         title=f"accuracy {accuracy:.3f} on {len(names)} images")
for row in range(10):
    for column in range(10):
        if matrix[row, column]:
            axes.text(column, row, matrix[row, column], ha="center", va="center",
                      color="white" if matrix[row, column] > matrix.max() / 2 else "black")
figure.tight_layout()
figure.savefig(args.report / "confusion_matrix.png", dpi=110)
