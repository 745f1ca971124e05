"""Read the aggregated rows, with and without a header line, and report the error."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas

parser = argparse.ArgumentParser()
parser.add_argument("--predictions", type=Path, required=True)
parser.add_argument("--plain", type=Path, required=True)
parser.add_argument("--report", type=Path, required=True)
args = parser.parse_args()

scored = pandas.read_csv(args.predictions)
plain = pandas.read_csv(args.plain / "parallel_run_step.txt", header=None, names=list(scored.columns))
if not scored.equals(plain):
    raise SystemExit("the rows with and without a header line differ")

error = (scored["predicted"] - scored["fare"]).abs()
text = (f"trips                {len(scored)}\n"
        f"mean fare            {scored['fare'].mean():.2f}\n"
        f"mean absolute error  {error.mean():.2f}\n"
        f"median error         {error.median():.2f}\n")
(args.report / "report.txt").write_text(text)
print(text)
