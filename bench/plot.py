#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draw seconds over flows from the document of fulcrum bench --json.

    ./fulcrum bench cases/dprk-2016 --json | python3 bench/plot.py [SIZE:NAME ...] >docs/performance.svg

Each SIZE, in KiB, marks where the flows that a pass reads outgrow a cache called NAME; without any the
caches of this machine are marked. Below the curve stands what the same passes would take at the speed of
a plain copy. Standard library only.
"""
import json
import math
import pathlib
import sys

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 24, 24, 52
FONT = 'font-family="sans-serif" font-size="12"'


def caches():
    """(bytes, name) of the data caches of this machine."""
    found = []
    for folder in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = (folder / "type").read_text().strip()
        if kind != "Instruction":
            size = int((folder / "size").read_text().strip().rstrip("K")) * 1024
            found.append((size, "L" + (folder / "level").read_text().strip()))
    return found


def given(words):
    pairs = [word.split(":", 1) for word in words]
    return [(float(size) * 1024, name) for size, name in pairs]


class Axes:
    """Logarithmic axes in whole decades around the points."""

    def __init__(self, points):
        xs, ys = [x for x, _ in points], [y for _, y in points]
        self.x0, self.x1 = math.floor(math.log10(min(xs))), math.ceil(math.log10(max(xs)) - .02)
        self.y0, self.y1 = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))

    def x(self, value):
        part = (math.log10(value) - self.x0) / (self.x1 - self.x0)
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        part = (math.log10(value) - self.y0) / (self.y1 - self.y0)
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)

    def draw(self):
        yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
        for d in range(self.x0, self.x1 + 1):
            x = self.x(10 ** d)
            yield line(x, TOP, x, HEIGHT - BOTTOM, "#dddddd")
            yield power(x, HEIGHT - BOTTOM + 18, d, "middle")
        for d in range(self.y0, self.y1 + 1):
            y = self.y(10 ** d)
            yield line(LEFT, y, WIDTH - RIGHT, y, "#dddddd")
            yield power(LEFT - 8, y + 4, d, "end")
        yield text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "flows", "middle")
        yield (f'<text x="18" y="{(TOP + HEIGHT - BOTTOM) / 2:.1f}" {FONT} text-anchor="middle" '
               f'transform="rotate(-90 18 {(TOP + HEIGHT - BOTTOM) / 2:.1f})">seconds a solve</text>')


def line(x1, y1, x2, y2, colour, dash=""):
    dash = f' stroke-dasharray="{dash}"' if dash else ""
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
            f'{dash}/>')


def text(x, y, words, anchor="start", colour="black"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" {FONT} text-anchor="{anchor}" fill="{colour}">'
            f'{words}</text>')


def power(x, y, exponent, anchor):
    return text(x, y, f'10<tspan dy="-5" font-size="9">{exponent}</tspan>', anchor)


def curve(axes, points, colour, dash=""):
    path = " ".join(f"{axes.x(x):.1f},{axes.y(y):.1f}" for x, y in points)
    dash = f' stroke-dasharray="{dash}"' if dash else ""
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
    if not dash:
        for x, y in points:
            yield f'<circle cx="{axes.x(x):.1f}" cy="{axes.y(y):.1f}" r="4" fill="{colour}"/>'


def main():
    marks = given(sys.argv[1:]) or caches()
    rows = {row["name"]: row for row in json.load(sys.stdin)["rows"]}
    products = [row for name, row in rows.items() if name.startswith("product-")]
    if len(products) < 2:
        sys.exit("bench/plot.py: fewer than two product rows in the document")
    solves = [(row["flows"], row["seconds"]) for row in products]
    copies = [(row["flows"], row["bytes_per_flow"] * row["flows"] * row["passes"]
               / row["copy_bytes_per_second"]) for row in products]
    dense = [rows[name] for name in ("nafta", "wiod", "case") if name in rows]
    axes = Axes(solves + copies + [(row["flows"], row["seconds"]) for row in dense])
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
           f'viewBox="0 0 {WIDTH} {HEIGHT}">', "<title>Seconds of a solve over flows</title>"]
    out += axes.draw()
    for size, name in marks:
        flows = size / products[0]["bytes_per_flow"]
        if 10 ** axes.x0 < flows < 10 ** axes.x1:
            out.append(line(axes.x(flows), TOP, axes.x(flows), HEIGHT - BOTTOM, "#888888", "2 4"))
            out.append(text(axes.x(flows) + 4, TOP + 12, f"{name} is full", colour="#555555"))
    out += curve(axes, copies, "#999999", "6 4")
    out += curve(axes, solves, "#1f4e79")
    x, y = copies[-1]
    out.append(text(axes.x(x) - 8, axes.y(y) + 22, "at the speed of a copy", "end", "#777777"))
    for row in products[1:]:
        out.append(text(axes.x(row["flows"]) - 10, axes.y(row["seconds"]) - 8,
                        f'power {row["exponent"]:.2f}', "end", "#1f4e79"))
    for row in dense:
        x, y = axes.x(row["flows"]), axes.y(row["seconds"])
        out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#b5651d"/>')
        out.append(text(x + 7, y + 4, row["name"], colour="#b5651d"))
    print("\n".join(out + ["</svg>"]))


if __name__ == "__main__":
    main()
