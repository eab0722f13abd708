#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Aggregate the world input-output tables of 2014 into the world block of cases/dprk-2016.

    FULCRUM_REFERENCE=FOLDER python3 tools/world/make_world.py [OUTPUT_FOLDER]

FOLDER holds wiod-2014/ (WIOD 2016 release as arranged by Felbermayr, Groeschl & Heiland 2022) and
world-2016/mining_2014.csv. Writes world_flows.csv, world_inputs.csv, world_tariffs.csv and
world_notes.csv into cases/dprk-2016/source/ unless told otherwise. Only maintainers run this: the
case itself is built from the written tables by cases/dprk-2016/build.py. Standard library only.
"""
import csv
import os
import pathlib
import sys
from math import fsum     # correctly rounded: the same in every version of Python

NAMED = ['CHN', 'USA', 'KOR', 'JPN', 'RUS', 'IND', 'IDN', 'TWN', 'DEU', 'FRA', 'TUR', 'MEX',
         'BRA', 'CAN', 'AUS']
ECONOMIES = NAMED + ['x-eu', 'x-row']

# sector of the case <- numbers of the WIOD sectors (1-based); mining is split further down
SECTORS = {
    'agriculture': [1, 2], 'fish': [3], 'mining': [4], 'food': [5], 'textiles': [6],
    'wood': [7, 8, 9], 'petroleum': [10], 'chemicals': [11, 12], 'plastics': [13],
    'nonmetallic': [14], 'metals': [15], 'metal_products': [16], 'machinery': [19],
    'electrical': [17, 18], 'vehicles': [20, 21], 'other_mfg': [22], 'utilities': [23, 24, 25],
    'construction': [26], 'trade': list(range(27, 35)), 'services': list(range(35, 51)),
}
KINDS = ['coal', 'crude', 'ores']

# Prices of 2014, recalled: USD/t, USD/bbl, USD per million BTU by region, USD/t.
COAL_PRICE, OIL_PRICE, IRON_PRICE = 70, 99, 97
GAS_PRICE = {'USA': 4.4, 'CAN': 4.4, 'MEX': 4.4, 'JPN': 16, 'KOR': 16, 'TWN': 16}
GAS_PRICE_ELSEWHERE = 10
BTU_PER_BCM = 35.3          # million BTU in a thousand cubic metres
CHINA_IRON_ORE = 370        # usable ore; the recalled volume is crude ore
OTHER_ORES = .2             # other ores, stone and sand: share of an economy's mining output
LITTLE = .3
# What each user's purchases from mining are made of: coal, crude and gas, ores. A rule, grade D.
USER_MIX = {
    'petroleum': (.05, .93, .02), 'utilities': (.45, .53, .02), 'metals': (.20, .05, .75),
    'nonmetallic': (.20, .10, .70), 'construction': (.02, .03, .95), 'chemicals': (.15, .60, .25),
    'mining': (.25, .50, .25), 'final': (.20, .50, .30),
}
OTHER_USER_MIX = (.30, .40, .30)


def matrix(path):
    with open(path) as f:
        return [[float(x) for x in line.split(',')] for line in f if line.strip()]


def rows(path):
    with open(path, newline='') as f:
        return list(csv.DictReader(f))


def economy_of(iso):
    return iso if iso in NAMED else 'x-row' if iso == 'ROW' else 'x-eu'


def aggregate(folder):
    """Flows net of tariff, tariff revenue and input values by economy and sector (mining whole)."""
    countries = [r['iso'] for r in rows(folder / 'countrysample_wiod.csv')]
    n, sectors = len(countries), 50
    shares, tariffs = matrix(folder / 'Din2014.txt'), matrix(folder / 'tariffs2014.txt')
    spending, beta = matrix(folder / 'X0.txt'), matrix(folder / 'B.txt')
    inputs = matrix(folder / 'G.txt')
    to_economy = [ECONOMIES.index(economy_of(c)) for c in countries]
    names = list(SECTORS)
    to_sector = [0] * sectors
    for j, name in enumerate(names):
        for number in SECTORS[name]:
            to_sector[number - 1] = j
    size, count = len(ECONOMIES), len(names)
    flow = [[[0.] * size for _ in range(size)] for _ in range(count)]      # [sector][buyer][seller]
    revenue = [[[0.] * size for _ in range(size)] for _ in range(count)]
    output = [[0.] * sectors for _ in range(n)]
    own_revenue = 0.
    for j in range(sectors):
        for b in range(n):
            for s in range(n):
                gross = shares[j * n + b][s] * spending[j][b]
                net = gross / tariffs[j * n + b][s]
                buyer, seller, sector = to_economy[b], to_economy[s], to_sector[j]
                if buyer == seller:     # a tariff inside an economy: count the revenue as sales
                    own_revenue += gross - net
                    net = gross
                output[s][j] += net
                flow[sector][buyer][seller] += net
                revenue[sector][buyer][seller] += gross - net
    used = [[[0.] * count for _ in range(count)] for _ in range(size)]     # [economy][user][input]
    for c in range(n):
        for j in range(sectors):
            for k in range(sectors):
                value = inputs[c * sectors + k][j] * (1 - beta[j][c]) * output[c][j]
                used[to_economy[c]][to_sector[j]][to_sector[k]] += value
    return names, flow, revenue, used, own_revenue


def fit(table, row_sums, column_sums):
    """Iterative proportional fitting; the sums agree in total."""
    for _ in range(2000):
        worst = 0.
        for r, row in enumerate(table):
            total = fsum(row)
            if total > 0:
                table[r] = [x * row_sums[r] / total for x in row]
        for c in range(len(column_sums)):
            total = fsum(row[c] for row in table)
            if total > 0:
                worst = max(worst, abs(total - column_sums[c]))
                for row in table:
                    row[c] *= column_sums[c] / total
        if worst <= 1e-12 * fsum(column_sums):
            break
    return table


def mining_value(folder, output):
    """Shares of coal, crude and gas, ores in each economy's mining output, by recalled volumes.

    Where the recalled volumes explain less than LITTLE of the output that the tables state (Japan,
    France, ...), the rest is stone, sand and other ores.
    """
    volume = {r['iso3']: r for r in rows(folder / 'mining_2014.csv')}
    fields = ['coal_mt', 'crude_oil_kbd', 'natural_gas_bcm', 'iron_ore_mt']

    def amounts(iso):
        return [float(volume[iso][f]) if iso in volume else 0. for f in fields]

    got = {e: amounts(e) for e in ECONOMIES if e in volume}
    for e in ('FRA', 'TUR'):    # inside x-eu's recalled volumes or small
        got[e] = [0., 0., 0., 0.]
    got['TUR'][0] = 65.
    world = amounts('x-world')
    world[3] -= float(volume['CHN']['iron_ore_mt']) - CHINA_IRON_ORE
    got['CHN'][3] = CHINA_IRON_ORE
    got['x-row'] = [w - fsum(got[e][f] for e in got) for f, w in enumerate(world)]
    result = {}
    for e, (coal, oil, gas, iron) in got.items():
        values = [coal * COAL_PRICE,
                  oil * .365 * OIL_PRICE
                  + gas * BTU_PER_BCM * GAS_PRICE.get(e, GAS_PRICE_ELSEWHERE),
                  iron * IRON_PRICE]
        total = fsum(values)
        if total < LITTLE * output[e]:
            coal, crude = values[0] / output[e], values[1] / output[e]
            result[e] = (coal, crude, 1 - coal - crude)
            continue
        parts = [(1 - OTHER_ORES) * v / total for v in values]
        parts[2] += OTHER_ORES
        result[e] = tuple(parts)
    return result


def split_mining(names, flow, revenue, used, value):
    """Replace mining by coal, crude, ores on the side of sellers, buyers and users."""
    m = names.index('mining')
    size = len(ECONOMIES)
    mix = [USER_MIX.get(name, OTHER_USER_MIX) for name in names]
    demand = []
    for b in range(size):
        spent = fsum(flow[m][b]) + fsum(revenue[m][b])
        by_user = [used[b][j][m] for j in range(len(names))]
        final = max(spent - fsum(by_user), 1e-3 * spent)
        parts = [fsum(by_user[j] * mix[j][c] for j in range(len(names)))
                 + final * USER_MIX['final'][c] for c in range(3)]
        demand.append([p / fsum(parts) for p in parts])
    split = [[[0.] * size for _ in range(size)] for _ in KINDS]
    for s in range(size):
        sales = [flow[m][b][s] for b in range(size)]
        made = value[ECONOMIES[s]]
        table = [[sales[b] * made[c] * demand[b][c] for c in range(3)] for b in range(size)]
        table = fit(table, sales, [fsum(sales) * made[c] for c in range(3)])
        for b in range(size):
            # columns are met exactly, rows to convergence: close the rows, they are the trade data
            scale = sales[b] / fsum(table[b]) if fsum(table[b]) > 0 else 0.
            for c in range(3):
                split[c][b][s] = table[b][c] * scale
    rate = [[revenue[m][b][s] / flow[m][b][s] if flow[m][b][s] > 0 else 0. for s in range(size)]
            for b in range(size)]
    new_names = [x for name in names for x in (KINDS if name == 'mining' else [name])]
    old = [names.index('mining' if x in KINDS else x) for x in new_names]
    new_flow = [split[KINDS.index(x)] if x in KINDS else flow[old[j]]
                for j, x in enumerate(new_names)]
    new_revenue = [[[split[KINDS.index(x)][b][s] * rate[b][s] for s in range(size)]
                    for b in range(size)] if x in KINDS else revenue[old[j]]
                   for j, x in enumerate(new_names)]
    new_used = []
    for b in range(size):
        spent = [fsum(split[c][b][s] * (1 + rate[b][s]) for s in range(size)) for c in range(3)]
        by_user = [used[b][j][m] for j in range(len(names))]
        final = max(fsum(spent) - fsum(by_user), 1e-3 * fsum(spent))
        scale = fsum(spent) / (fsum(by_user) + final)
        table = [[u * scale * mix[j][c] for c in range(3)] for j, u in enumerate(by_user)]
        table.append([final * scale * USER_MIX['final'][c] for c in range(3)])
        table = fit(table, [fsum(r) for r in table], spent)
        output = [fsum(new_flow[j][n][b] for n in range(size)) for j in range(len(new_names))]
        mined = fsum(output[new_names.index(k)] for k in KINDS)
        block = []
        for j, user in enumerate(new_names):
            part = output[j] / mined if user in KINDS and mined > 0 else 1.
            block.append([(table[old[j]][KINDS.index(x)] if x in KINDS else used[b][old[j]][old[k]])
                          * part for k, x in enumerate(new_names)])
        new_used.append(block)
    return new_names, new_flow, new_revenue, new_used


def write(path, header, lines):
    with open(path, 'w', newline='') as f:
        out = csv.writer(f, lineterminator='\n')
        out.writerow(header)
        out.writerows(lines)


def main():
    reference = os.environ.get('FULCRUM_REFERENCE')
    if not reference:
        sys.exit('make_world: FULCRUM_REFERENCE names no folder')
    reference = pathlib.Path(reference)
    target = pathlib.Path(__file__).resolve().parents[2] / 'cases' / 'dprk-2016' / 'source'
    if len(sys.argv) > 1:
        target = pathlib.Path(sys.argv[1])
    names, flow, revenue, used, own = aggregate(reference / 'wiod-2014')
    mining = flow[names.index('mining')]
    value = mining_value(reference / 'world-2016',
                         {e: fsum(buyer[s] for buyer in mining) for s, e in enumerate(ECONOMIES)})
    names, flow, revenue, used = split_mining(names, flow, revenue, used, value)
    size = len(ECONOMIES)
    flows, tariffs, inputs = [], [], []
    for s in range(size):
        for b in range(size):
            for j, name in enumerate(names):
                x = flow[j][b][s]
                if x < 1e-3:
                    continue
                flows.append([ECONOMIES[s], ECONOMIES[b], name, '%.6g' % x])
                rate = revenue[j][b][s] / x
                if rate >= .0005:
                    tariffs.append([ECONOMIES[s], ECONOMIES[b], name, '%.4f' % rate])
    for e in range(size):
        for j, name in enumerate(names):
            output = fsum(flow[j][b][e] for b in range(size))
            for k, other in enumerate(names):
                share = used[e][j][k] / output if output > 0 else 0.
                if share >= 1e-6:
                    inputs.append([ECONOMIES[e], name, other, '%.5g' % share])
    write(target / 'world_flows.csv', ['seller', 'buyer', 'sector', 'value_musd'], flows)
    write(target / 'world_tariffs.csv', ['seller', 'buyer', 'sector', 'rate'], tariffs)
    write(target / 'world_inputs.csv', ['economy', 'sector', 'input', 'share'], inputs)
    notes = [['own_tariff_revenue', '%.6g' % own, 'million USD',
              'tariffs that the tables put on sales inside one economy (nearly all inside the rest '
              'of the world), counted as sales']]
    for e in ECONOMIES:
        for c, kind in enumerate(KINDS):
            notes.append(['mining_share.%s.%s' % (e, kind), '%.4f' % value[e][c],
                          'share of mining output', 'recalled volumes times prices of 2014'])
    write(target / 'world_notes.csv', ['key', 'value', 'unit', 'note'], notes)
    print('%d flows, %d tariffs, %d inputs' % (len(flows), len(tariffs), len(inputs)))


if __name__ == '__main__':
    main()
