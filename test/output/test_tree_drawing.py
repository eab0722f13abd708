# SPDX-License-Identifier: MIT
"""Drawings of small games whose equilibrium is known by hand: well-formed, true, readable."""
import math
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from tree_picture import SVG, branches, draw, rows

PROGRAM = sys.argv.pop()

ENTRY = '''EFG 2 R "market entry" { "Newcomer" "Incumbent" }
p "" 1 1 "enter?" { "out" "in" } 0
t "" 1 "" { 0, 2 }
p "" 2 1 "fight?" { "fight" "share" } 0
t "" 2 "price war" { -1, -1 }
t "" 3 "" { 1, 1 }
'''

# in its own words: markup, quotes, controls, malformed UTF-8, a lone surrogate, nothing at all
ODD = b'''EFG 2 R "a < b & c > d ]]> <!-- \\"quoted\\"" { "<S>" "" }
p "" 1 1 "\x01\x1b[31m\xff\xfe" { "&amp;" "\xed\xa0\x80" "\xef\xbf\xbe" } 0
t "" 1 "\xe2\x80\xa6 caf\xc3\xa9" { 1, 0 }
t "" 2 "\xf0\x9f\x92\xa1\xf0" { -0.0, 1e99 }
t "" 3 "" { 123456, -1e-9 }
'''


def entry(lam):
    """Probabilities of share and of in, from the definition."""
    share = 1 / (1 + math.exp(-2 * lam))
    gain = share - (1 - share)
    return share, 1 / (1 + math.exp(-lam * gain))


def luminance(colour):
    """Relative luminance, WCAG 2.1."""
    channel = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channel]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Drawing(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def game(self, text):
        path = Path(self.folder.name) / "game.efg"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def test_entry_game_has_its_equilibrium(self):
        share, enter = entry(1)
        found = {words[1]: words for _, words, _ in rows(draw(PROGRAM, self.game(ENTRY), 1, "svg"))
                 if len(words) > 1}
        for move, chance in [("share", share), ("fight", 1 - share), ("in", enter),
                             ("out", 1 - enter)]:
            self.assertEqual(found[move][0], f"{chance:.3f}")
        self.assertEqual(found["in"][2], "fight?")
        self.assertEqual(found["fight"][2], "price war")

    def test_text_and_picture_say_the_same(self):
        path = self.game(ENTRY)
        text = draw(PROGRAM, path, 1, "text").decode()
        lines = text.split("\n\n")[1].splitlines()[1:]
        drawn = rows(draw(PROGRAM, path, 1, "svg"))
        self.assertEqual(len(lines), len(drawn))
        for line, (_, words, numbers) in zip(lines, drawn):
            self.assertEqual(line.split()[-len(numbers):], numbers)
            for word in words[:2]:
                self.assertIn(word, line)

    def test_branches_are_as_wide_as_moves_are_likely(self):
        for lam in (0, 1, 3):
            share, enter = entry(lam)
            got = [width for _, _, width in branches(draw(PROGRAM, self.game(ENTRY), lam, "svg"))]
            want = [1 - enter, enter, 1 - share, share]
            for width, chance in zip(got, want, strict=True):
                self.assertAlmostEqual(width, max(0.7, 8 * chance), delta=0.006)

    def test_folded_moves_are_named_and_counted(self):
        moves = " ".join(f'"m{k}"' for k in range(100))
        ends = "".join(f't "" {k + 1} "" {{ {k / 100} }}\n' for k in range(100))
        path = self.game(f'EFG 2 R "many" {{ "A" }}\np "" 1 1 "" {{ {moves} }} 0\n{ends}')
        drawn = rows(draw(PROGRAM, path, 2, "svg", 11))
        self.assertEqual(len(drawn), 11)
        self.assertEqual([words[1] for _, words, _ in drawn[1:10]],
                         [f"m{k}" for k in range(91, 100)])
        weights = [math.exp(2 * k / 100) for k in range(100)]
        title, words, numbers = drawn[10]
        self.assertTrue(title.startswith("+91 moves: m0; m1; m2"))
        self.assertTrue(words[1].startswith("+91 moves: m0;"))
        self.assertEqual(words[0], f"{sum(weights[:91]) / sum(weights):.3f}")
        self.assertEqual(numbers, [words[0]])

    def test_any_label_makes_well_formed_xml(self):
        drawn = rows(draw(PROGRAM, self.game(ODD), 0, "svg"))
        self.assertEqual(drawn[0][1], ["  [31m??"])
        self.assertEqual(drawn[1][1], ["0.333", "&amp;", "… café"])
        self.assertEqual(drawn[2][1], ["0.333", "???", "💡?"])
        self.assertEqual(drawn[3][1], ["0.333", "???"])
        self.assertEqual(drawn[2][2][1:], ["0", "1e+99"])
        draw(PROGRAM, self.game(ODD), 0, "text").decode()

    def test_picture_stands_alone_and_scales(self):
        picture = draw(PROGRAM, self.game(ENTRY), 1, "svg")
        root = ElementTree.fromstring(picture)
        _, _, width, height = map(float, root.get("viewBox").split())
        self.assertIsNone(root.get("width"))
        self.assertLessEqual(width, 500)  # eleven units of type are 8.6 pixels at 390
        self.assertEqual(root.find(SVG + "title").text, "market entry")
        for text in root.iter(SVG + "text"):
            self.assertTrue(0 <= float(text.get("x")) <= width)
            self.assertTrue(0 <= float(text.get("y")) <= height)
        for foreign in (b"<script", b"href", b"url(", b"@import", b"nan", b"inf\""):
            self.assertNotIn(foreign, picture)

    def test_players_differ_by_shape_and_by_colour(self):
        players = " ".join(f'"P{k}"' for k in range(1, 6))
        nodes = "".join(f'p "" {k} 1 "" {{ "on" }} 0\n' for k in range(1, 6))
        path = self.game(f'EFG 2 R "five" {{ {players} }}\n{nodes}t "" 1 "" {{ 1, 2, 3, 4, 5 }}\n')
        root = ElementTree.fromstring(draw(PROGRAM, path, 1, "svg"))
        nodes = [path for group in root.iter(SVG + "g") for path in group.findall(SVG + "path")][:5]
        self.assertEqual(len({path.get("d") for path in nodes}), 5)
        self.assertEqual(len({path.get("class") for path in nodes}), 5)
        style = root.find(SVG + "style").text
        for scheme in style.split("@media (prefers-color-scheme:dark)"):
            paper = re.search(r"tree-paper\{fill:(#\w+)", scheme)[1]
            band = re.search(r"tree-band\{fill:(#\w+)", scheme)[1]
            colours = re.findall(r"tree-player-\d\{fill:(#\w+)", scheme)
            self.assertEqual(len(set(colours)), 5)
            for ground in (paper, band):
                for colour in colours:  # 1.4.11: graphics
                    self.assertGreaterEqual(contrast(colour, ground), 3, (colour, ground))
                for ink in re.findall(r"tree-(?:ink|dim)\{fill:(#\w+)", scheme):  # 1.4.3: text
                    self.assertGreaterEqual(contrast(ink, ground), 4.5, (ink, ground))

    def test_ascii_is_ascii(self):
        self.assertTrue(draw(PROGRAM, self.game(ENTRY), 1, "ascii").isascii())

    def test_bad_extent_is_refused(self):
        for extent in ((0,), (10, 2)):
            with self.assertRaises(subprocess.CalledProcessError) as caught:
                draw(PROGRAM, self.game(ENTRY), 1, "svg", *extent)
            self.assertEqual(caught.exception.returncode, 1)
            self.assertIn(b"expected", caught.exception.stderr)
            self.assertEqual(caught.exception.stdout, b"")


if __name__ == "__main__":
    unittest.main()
