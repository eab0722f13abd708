# SPDX-License-Identifier: MIT
"""game --tree, --svg, --efg: a drawing speaks the words of the case and says what --explain says; the
file for Gambit keeps the codes."""
import os
import re
import sys
import tempfile
import unittest
from collections import Counter

sys.path[:0] = [os.path.dirname(__file__), os.path.join(os.path.dirname(__file__), "..", "output")]
from program import DUEL, TRIANGLE, document, run
from tree_picture import rows

CODE = re.compile(r"\b[tzkce]\d|\bE\d?\b|\d,\d")
SHORT = ["game", TRIANGLE, "--horizon", "1"]


def words(levels):
    """A move of the enforcer, from its levels: what most parts have is said of the rest."""
    parts = {part: level for part, level in levels.items() if part != "more"}
    common = Counter(parts.values()).most_common(1)[0][0]  # of equals the first
    said = [f"{part} {level:.2g}" for part, level in parts.items() if level != common]
    said.append(f"rest {common:.2g}" if said else f"all {common:.2g}")
    return ", ".join(said) + ("; adopts more" if levels["more"] else "")


def chance(text):
    """The least and the most that a printed probability stands for."""
    bound = float(text.lstrip("<>"))
    if text[0] == "<":
        return 0, bound
    return (bound, 1) if text[0] == ">" else (bound - 0.0005, bound + 0.0005)


class Tree(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.path = os.path.join(room.name, "game")

    def picture(self, *args):
        code, out, err = run(*args, "--svg", self.path)
        self.assertEqual(code, 0, err)
        with open(self.path, "rb") as file:
            return rows(file.read())

    def test_moves_are_those_that_are_explained(self):
        made, _ = document(*SHORT, "--explain", "x-enforcer")
        drawn = {title.split(":")[0]: texts[0] for title, texts, _ in self.picture(*SHORT)[1:]
                 if ": others" in title}
        moves = {words(m["levels"]): m["probability"]
                 for m in made["explanation"]["choices"][0]["moves"]}
        found = set(moves) & set(drawn)
        self.assertEqual(found, set(drawn))
        self.assertGreater(len(found), 3)
        self.assertTrue(any(name.endswith("adopts more") for name in found))
        for name in found:
            low, high = chance(drawn[name])
            self.assertLessEqual(low, moves[name])
            self.assertGreaterEqual(high, moves[name])

    def test_the_root_says_all_of_its_state_and_other_rows_what_is_new(self):
        drawn = self.picture(*SHORT, "--package", "all")
        self.assertTrue(drawn[0][0].startswith(
            "enforcer (armed, half-year 1, the package stands);"))
        said = {texts[1]: texts[2:] for _, texts, _ in drawn[1:] if len(texts) > 1}
        self.assertEqual(said["survive"], [])
        self.assertEqual(said["freeze"], ["frozen"])

    def test_no_codes_but_in_the_file_for_gambit(self):
        for args in (SHORT, [*SHORT, "--package", "all"], ["game", DUEL, "--package", "payment"]):
            for title, texts, _ in self.picture(*args):
                for text in (title.split("; probability")[0], *texts[1:]):
                    self.assertIsNone(CODE.search(text), text)
            code, out, err = run(*args, "--tree")
            self.assertEqual(code, 0, err)
            self.assertIsNone(CODE.search(out[out.index("drawn"):]))
        run(*SHORT, "--efg", self.path)
        with open(self.path, encoding="utf-8") as file:
            self.assertIn('"E t0 armed z0 k0 c0 e4', file.read())

    def test_a_text_says_who_the_players_are(self):
        out = run(*SHORT, "--tree")[1]
        self.assertIn("sender: Sender; target: Target; enforcer: Enforcer; others: Everyone else.\n",
                      out)


if __name__ == "__main__":
    unittest.main()
