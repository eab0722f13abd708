# SPDX-License-Identifier: MIT
"""What a drawing of a tree says, read back from the SVG by a parser that is not ours."""
import subprocess
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def draw(program, path, lam, form, *extent):
    """The bytes of a drawing; raises CalledProcessError where there is none."""
    command = [program, str(path), str(lam), form, *map(str, extent)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def rows(svg):
    """The rows of a picture: (title, words, numbers), each from its own elements."""
    out = []
    for group in ElementTree.fromstring(svg).iter(SVG + "g"):
        texts = group.findall(SVG + "text")
        words = [span.text for span in texts[0].findall(SVG + "tspan")]
        out.append((group.find(SVG + "title").text, words, [text.text for text in texts[1:]]))
    return out


def branches(svg):
    """(x, y, width) of the end of each branch."""
    out = []
    for path in ElementTree.fromstring(svg).iter(SVG + "path"):
        if "tree-branch" in path.get("class"):
            start, turn = path.get("d").split("q")
            y = float(start.split("V")[1]) + float(turn.split()[3].split("H")[0])
            out.append((float(turn.split("H")[1]), y, float(path.get("stroke-width"))))
    return out
