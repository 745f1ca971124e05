"""The examples do what their README says: actual rows, from any working folder."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from harness import ROOT, Workspace

EXAMPLES = ROOT / "examples"


def test_digits_scores_every_image_once(workspace: Workspace, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = workspace.create(EXAMPLES / "digits" / "pipeline.yml", "digits", cwd=elsewhere)
    assert done.code == 0, done.text

    predictions = workspace.output("digits", "score", "predictions") / "predictions"
    with predictions.open(newline="") as file:
        rows = list(csv.reader(file))
    images = EXAMPLES / "digits" / "images" / "score"
    expected = sorted(str(p.relative_to(images)) for p in images.rglob("*.png"))
    assert [row[0] for row in rows] == expected, "mini-batch order is path order"
    with (EXAMPLES / "digits" / "labels.csv").open(newline="") as file:
        label_of = {row["file"]: row["label"] for row in csv.DictReader(file)}
    right = sum(label_of[name] == digit for name, digit in rows)
    assert right / len(rows) > 0.93

    report = workspace.output("digits", "report", "report")
    assert f"accuracy  {right / len(rows):.4f}" in (report / "report.txt").read_text()
    assert (report / "confusion_matrix.png").read_bytes().startswith(b"\x89PNG")
    workspace.assert_nothing_left()


def test_taxi_scores_every_row_once(workspace: Workspace) -> None:
    pandas = pytest.importorskip("pandas")
    done = workspace.create(EXAMPLES / "taxi" / "pipeline.yml", "taxi")
    assert done.code == 0, done.text

    scored = pandas.read_csv(workspace.output("taxi", "score", "predictions") / "predictions")
    trips = pandas.read_csv(EXAMPLES / "taxi" / "trips" / "greenTaxiData.csv")
    assert list(scored.columns) == ["pickup", "distance", "fare", "predicted"]
    assert list(scored["pickup"]) == list(trips["lpepPickupDatetime"])
    assert list(scored["fare"]) == list(trips["fareAmount"])
    plain = (workspace.output("taxi", "score_plain", "predictions") / "parallel_run_step.txt").read_text()
    with_header = (workspace.output("taxi", "score", "predictions") / "predictions").read_text()
    assert with_header == "pickup,distance,fare,predicted\n" + plain
    assert "mean absolute error" in (workspace.output("taxi", "report", "report") / "report.txt").read_text()
    workspace.assert_nothing_left()
