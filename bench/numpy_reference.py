#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same fixed point in straightforward NumPy, timed beside fulcrum on one thread.

    FULCRUM_REFERENCE=FOLDER python3 bench/numpy_reference.py ./fulcrum

Equations and unknowns are those of docs/theory/economy.md with all elasticities of substitution one
(log wage bills, log prices, log spending), Anderson mixing of depth 8, residual 1e-10, cold start.
Every sum over flows or inputs is a stacked matrix product, so that the time is spent in BLAS and in
NumPy's own loops. Prints the time of both and their ratio, and what the embargo or the tariffs do,
by which one sees that it is the same equilibrium. Without NumPy or without data it says so and stops.
"""
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

# one thread, as fulcrum; set before NumPy loads its BLAS
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
try:
    import numpy as np
except ImportError:
    print("bench/numpy_reference.py: left out: NumPy is not installed", file=sys.stderr)
    sys.exit(0)

ROUNDS = 11
DEPTH = 8
TOLERANCE = 1e-10
MAX_STEP = 2.0
SERVICES_THETA = 8.22
WESTERN_OUTSIDERS = ("CHN", "IND", "IDN", "BRA", "MEX", "TUR", "ROW", "RUS")


class World:
    """A benchmark: flow, tariff [j, buyer, seller]; inputs [country, user, input]; theta [j]."""

    def __init__(self, flow, tariff, inputs, theta, final_share=None, balanced=False):
        self.flow, self.tariff, self.inputs, self.theta = flow.copy(), tariff, inputs, theta
        own = np.arange(flow.shape[1])
        while True:     # final demand below zero came out of stocks: made up by output at home
            spending = np.sum(self.flow * (1 + tariff), axis=2).T               # [n, j]
            output = np.sum(self.flow, axis=1).T
            final = spending - np.einsum("nj,njk->nk", output, inputs)
            if final_share is not None or final.min() >= -1e-15 * self.flow.sum():
                break
            self.flow[:, own, own] += np.maximum(-final, 0).T
        final = np.maximum(final, 0)
        self.alpha = final / final.sum(1, keepdims=True) if final_share is None else final_share
        self.spending, self.output = spending, output
        used = np.where(spending > 0, spending, 1).T[:, :, None]
        self.share = self.flow * (1 + tariff) / used
        self.beta = 1 - inputs.sum(2)
        self.value_added = self.beta * output
        self.bill = self.value_added.sum(1)
        self.revenue = np.sum(self.flow * tariff, axis=(0, 2))
        transfer = final.sum(1) - self.bill - self.revenue
        self.transfer = np.zeros_like(transfer) if balanced else transfer
        made = np.where(output > 0, output, 1)
        contested = np.einsum("jni,jni->ij", self.flow, 1 - self.share) / made
        slope = np.sum(self.value_added * theta * contested, axis=1) / self.bill
        self.step = 1 / (1 + slope)
        self.wanted = spending > 0

    def prepare(self, openness=None, tariff=None):
        """Fold a shock into the weights of the sums over sellers."""
        weight = self.share
        if tariff is not None:
            weight = weight * ((1 + tariff) / (1 + self.tariff)) ** -self.theta[:, None, None]
        if openness is not None:
            weight = weight * openness
        self.weight = np.ascontiguousarray(weight)
        self.paid = weight / (1 + (self.tariff if tariff is None else tariff))
        self.paid_by_seller = np.ascontiguousarray(self.paid.transpose(0, 2, 1))
        self.inputs_by_input = np.ascontiguousarray(self.inputs.transpose(0, 2, 1))

    def map(self, x):
        """The image of x = (log bills, log prices, log spending), and the residual."""
        n, j = self.spending.shape
        y, p, e = x[:n], x[n:n + n * j].reshape(n, j), x[n + n * j:].reshape(n, j)
        log_cost = self.beta * y[:, None] + np.matmul(self.inputs, p[:, :, None])[:, :, 0]
        c = np.exp(-self.theta * log_cost).T[:, :, None]                        # [j, i, 1]
        spending = np.where(self.wanted, np.exp(e), 0)
        total = np.matmul(self.weight, c)[:, :, 0]                              # [j, n]
        total[total == 0] = 1
        scale = spending.T / total
        output = (c * np.matmul(self.paid_by_seller, scale[:, :, None]))[:, :, 0].T
        net = scale * np.matmul(self.paid, c)[:, :, 0]
        revenue = spending.sum(1) - net.sum(0)
        new_p = np.where(self.wanted, -np.log(total).T / self.theta, p)
        bill = np.sum(self.beta * output, axis=1)
        ratio = bill / (self.bill * np.exp(y))
        new_y = y + self.step * np.log(ratio)
        income = bill + revenue + self.transfer
        need = self.alpha * income[:, None]
        need += np.matmul(self.inputs_by_input, output[:, :, None])[:, :, 0]
        gap = np.where(self.wanted, need / np.where(self.wanted, spending, 1) - 1, 0)
        new_e = np.where(self.wanted, np.log(np.where(self.wanted, need, 1)), e)
        shift = np.log(np.dot(self.bill, np.exp(new_y)) / self.bill.sum())
        residual = max(abs(ratio - 1).max(), abs(new_p - p).max(), abs(gap).max(), abs(shift))
        self.income, self.bill_now, self.revenue_now = income, bill, revenue
        self.price_now, self.spending_now, self.scale, self.c = p, spending, scale, c
        g = np.concatenate((new_y, new_p.ravel(), new_e.ravel()))
        return g - shift, residual

    def solve(self, openness=None, tariff=None):
        """Anderson mixing from the benchmark; returns the number of passes."""
        self.prepare(openness, tariff)
        n, j = self.spending.shape
        start = np.log(np.where(self.wanted, self.spending, 1)).ravel()
        x = np.concatenate((np.zeros(n + n * j), start))
        steps, moves = np.empty((DEPTH, x.size)), np.empty((DEPTH, x.size))
        last_x = last_f = None
        for done in range(1, 2001):
            g, residual = self.map(x)
            if residual <= TOLERANCE:
                return done
            f = g - x
            move = f
            if last_x is not None:
                slot = (done - 2) % DEPTH
                np.subtract(f, last_f, out=steps[slot])
                np.subtract(x, last_x, out=moves[slot])
                count = min(done - 1, DEPTH)
                df, dx = steps[:count], moves[:count]
                mix = np.linalg.lstsq(df @ df.T, df @ f, rcond=1e-14)[0]
                move = f - mix @ df - mix @ dx
            last_x, last_f = x, f
            x = x + move * min(1, MAX_STEP / abs(move).max())
        raise SystemExit("no convergence")

    def flows(self):
        """What sellers receive in the last solution."""
        return self.paid * self.scale[:, :, None] * self.c.transpose(0, 2, 1)

    def real_income(self, n):
        """Per cent, without transfers."""
        price = np.exp(self.alpha[n] @ self.price_now[n])
        before = self.bill[n] + self.revenue[n]
        return 100 * ((self.bill_now[n] + self.revenue_now[n]) / before / price - 1)


def numbers(path):
    return np.array([float(x) for x in path.read_text().replace(",", " ").split()])


def nafta(reference):
    """Caliendo & Parro (2015): the deficit-free world of 1993, then NAFTA's tariffs of 2005."""
    folder = reference / "caliendo-parro-1993"
    names = folder.joinpath("regions.txt").read_text().split("\n")
    names = [name.strip() for name in names if name.strip()]
    n = len(names)
    theta = numbers(folder / "T.txt")
    traded = theta.size
    output = numbers(folder / "GO.txt").reshape(-1, n) / 1e6
    j = output.shape[0]
    theta = np.concatenate((theta, np.full(j - traded, SERVICES_THETA)))
    beta = numbers(folder / "B.txt").reshape(j, n)
    inputs = np.maximum(numbers(folder / "IO.txt").reshape(n, j, j), 0).transpose(0, 2, 1)
    inputs = np.ascontiguousarray(inputs * (1 - beta.T)[:, :, None])
    flow, tariff, later = np.zeros((j, n, n)), np.zeros((j, n, n)), np.zeros((j, n, n))
    flow[:traded] = numbers(folder / "xbilat1993.txt").reshape(traded, n, n) / 1e3
    tariff[:traded] = numbers(folder / "tariffs1993.txt").reshape(traded, n, n) / 100
    later[:traded] = numbers(folder / "tariffs2005.txt").reshape(traded, n, n) / 100
    own = np.arange(n)
    flow[:, own, own] = 0
    flow[:, own, own] = np.maximum(output - flow.sum(1), 0)
    spending = np.sum(flow * (1 + tariff), axis=2).T
    final = np.maximum(spending - np.einsum("nj,njk->nk", flow.sum(1).T, inputs), 0)
    alpha = final / final.sum(1, keepdims=True)
    first = World(flow, tariff, inputs, theta, alpha, balanced=True)
    first.solve()
    world = World(first.flows(), tariff, inputs, theta)
    members = [k for k, name in enumerate(names) if name in ("Canada", "Mexico", "USA")]
    new = tariff.copy()
    for a in members:
        for b in members:
            if a != b:
                new[:, a, b] = later[:, a, b]
    return world, {"tariff": new}, {name: names.index(name) for name in ("Mexico", "Canada", "USA")}


def wiod(reference):
    """WIOD 2014, transfers fixed, elasticity 5: the west closes its trade with Russia."""
    folder = reference / "wiod-2014"
    with open(folder / "countrysample_wiod.csv", newline="") as file:
        names = [row["iso"] for row in csv.DictReader(file)]
    n, j = len(names), 50
    share = numbers(folder / "Din2014.txt").reshape(j, n, n)
    tariff = numbers(folder / "tariffs2014.txt").reshape(j, n, n) - 1
    own = np.arange(n)
    tariff[:, own, own] = 0
    flow = share * numbers(folder / "X0.txt").reshape(j, n, 1) / (1 + tariff)
    beta = numbers(folder / "B.txt").reshape(j, n)
    inputs = numbers(folder / "G.txt").reshape(n, j, j).transpose(0, 2, 1)
    inputs = np.ascontiguousarray(inputs * (1 - beta.T)[:, :, None])
    openness = np.ones((j, n, n))
    russia = names.index("RUS")
    west = [k for k, name in enumerate(names) if name not in WESTERN_OUTSIDERS]
    openness[:, russia, west] = openness[:, west, russia] = 0
    return World(flow, tariff, inputs, np.full(j, 5.0)), {"openness": openness}, {"Russia": russia}


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: numpy_reference.py FULCRUM")
    reference = os.environ.get("FULCRUM_REFERENCE")
    if not reference:
        print("bench/numpy_reference.py: left out: FULCRUM_REFERENCE names no folder",
              file=sys.stderr)
        return
    ours = subprocess.run([sys.argv[1], "bench", "--rows", "nafta,wiod", "--json"], check=True,
                          stdout=subprocess.PIPE)
    ours = {row["name"]: row for row in json.loads(ours.stdout)["rows"]}
    print("%-8s %10s %8s %10s %8s %7s  real income, per cent (NumPy)" %
          ("row", "fulcrum ms", "passes", "NumPy ms", "passes", "ratio"))
    for make in (nafta, wiod):
        world, shock, shown = make(pathlib.Path(reference))
        seconds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            passes = world.solve(**shock)
            seconds.append(time.perf_counter() - start)
        theirs, row = statistics.median(seconds), ours[make.__name__]
        outcomes = ", ".join("%s %+.4f" % (name, world.real_income(n))
                             for name, n in shown.items())
        print("%-8s %10.2f %8d %10.2f %8d %7.1f  %s" %
              (row["name"], 1e3 * row["seconds"], row["passes"], 1e3 * theirs, passes,
               theirs / row["seconds"], outcomes))


if __name__ == "__main__":
    main()
