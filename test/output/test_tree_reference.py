# SPDX-License-Identifier: MIT
"""The toy sanctions game as drawn, beside the probabilities that Gambit computed for it."""
import csv
import os
import sys
from pathlib import Path

from tree_picture import draw, rows

reference = os.environ.get("FULCRUM_REFERENCE")
if not reference:
    print("skipped: FULCRUM_REFERENCE names no folder of reference data", file=sys.stderr)
    sys.exit(77)

games = Path(reference) / "games"
with open(games / "toy_logit.csv", newline="", encoding="utf-8") as file:
    lines = list(csv.DictReader(file))
compared = 0
for line in lines:
    drawn = rows(draw(sys.argv[1], games / "toy.efg", line["lambda"], "svg", 1000, 0))
    names = [title.split(";")[0] for title, _, _ in drawn]
    # decisions of the toy have a label each, a row's title ends with it in brackets, and its moves
    # are the next rows one step in: their names and probabilities stand first in the words
    for column, value in line.items():
        if column == "lambda":
            continue
        node, move = column.split("|")
        at = next(k for k, name in enumerate(names) if name.endswith(f"({node})"))
        words = next(words for _, words, _ in drawn[at + 1:] if words[1] == move)
        chance = float(value)
        if words[0] == "<0.001":
            assert chance < 0.001 + 1e-9, (column, words)
        elif words[0] == ">0.999":
            assert chance > 0.999 - 1e-9, (column, words)
        else:
            assert abs(float(words[0]) - chance) <= 0.0005 + 1e-9, (column, words, chance)
        compared += 1
assert compared == len(lines) * (len(lines[0]) - 1)
print(f"{compared} probabilities agree to the digits drawn")
