#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build trade.csv and inputs.csv of the case from the round figures in source/.

    python3 build.py [OUTPUT_FOLDER]

Standard library only; the same bytes every time. Money is million USD of 2011.
"""
import csv
import pathlib
import sys
from math import fsum

HERE = pathlib.Path(__file__).resolve().parent
ACTORS = ['USA', 'IRN', 'x-eu', 'CHN', 'IND', 'JPN', 'KOR', 'TUR', 'ARE', 'x-row']
SECTORS = ['oil', 'goods', 'services']
TARGET, REST = 'IRN', 'x-row'
REVENUE = 95000.            # of the target's oil in 2011 (EIA), million USD
BARRELS = 2500.             # for which it got them, thousand a day
# inputs per unit of output, the same everywhere: the remainder is value added
INPUTS = {'oil': {'goods': .1, 'services': .1},
          'goods': {'oil': .018, 'goods': .38, 'services': .21},
          'services': {'oil': .008, 'goods': .12, 'services': .25}}


def rows(name):
    with open(HERE / 'source' / name, newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f))


def added(sector):
    return 1 - fsum(INPUTS[sector].values())


def iran():
    """Flows of the target, {(seller, buyer, sector): value}."""
    flow = {}
    for r in rows('iran.csv'):
        value = float(r['value']) * (REVENUE / BARRELS if r['unit'] == 'kbd' else 1.)
        seller, buyer = (TARGET, r['partner']) if r['flow'] == 'exports' else (r['partner'], TARGET)
        flow[seller, buyer, r['sector']] = value
    return flow


def oil(flow, table):
    """What a country needs beyond its own wells and the target's comes from the United Arab
    Emirates, as far as they have any, and from the rest of the world."""
    price = REVENUE / BARRELS
    made = {a: float(table[a]['oil_made_kbd']) * price for a in ACTORS}
    used = {a: float(table[a]['oil_used_kbd']) * price for a in ACTORS}
    need = {}
    for a in ACTORS:
        if a in (TARGET, 'ARE', REST):
            continue
        flow[a, a, 'oil'] = min(made[a], used[a])
        need[a] = used[a] - flow[a, a, 'oil'] - flow.get((TARGET, a, 'oil'), 0.)
    spare = made['ARE'] - used['ARE']
    whole = fsum(need.values())
    for a, x in need.items():
        flow['ARE', a, 'oil'] = spare * x / whole
        flow[REST, a, 'oil'] = x - spare * x / whole
    flow['ARE', 'ARE', 'oil'] = used['ARE']
    flow[REST, REST, 'oil'] = used[REST] - flow[TARGET, REST, 'oil']
    flow[TARGET, TARGET, 'oil'] = made[TARGET] - BARRELS * price


def goods(flow, table):
    """Trade among the others in proportion to exports and imports, fitted to both; the rest of the
    world's imports are what the others do not take."""
    others = [a for a in ACTORS if a != TARGET]
    sold = {a: float(table[a]['goods_exports_musd']) for a in others}
    bought = {a: float(table[a]['goods_imports_musd']) for a in others}
    bought[REST] = fsum(sold.values()) - fsum(bought[a] for a in others if a != REST)
    cell = {(s, b): sold[s] * bought[b] for s in others for b in others if s != b}
    for _ in range(2000):
        for s in others:
            whole = fsum(cell[s, b] for b in others if b != s)
            for b in others:
                if b != s:
                    cell[s, b] *= sold[s] / whole
        for b in others:
            whole = fsum(cell[s, b] for s in others if s != b)
            for s in others:
                if s != b:
                    cell[s, b] *= bought[b] / whole
    for (s, b), x in cell.items():
        flow[s, b, 'goods'] = x
    for a in ACTORS:
        abroad = fsum(flow.get((a, b, 'goods'), 0.) for b in ACTORS if b != a)
        made = float(table[a]['goods_output_of_gdp']) * float(table[a]['gdp_musd'])
        flow[a, a, 'goods'] = made - abroad


def services(flow, table):
    """What is left of GDP."""
    for a in ACTORS:
        made = {k: fsum(flow.get((a, b, k), 0.) for b in ACTORS) for k in ('oil', 'goods')}
        rest = float(table[a]['gdp_musd']) - fsum(added(k) * x for k, x in made.items())
        abroad = fsum(flow.get((a, b, 'services'), 0.) for b in ACTORS if b != a)
        flow[a, a, 'services'] = rest / added('services') - abroad


def write(folder, name, header, lines):
    with open(folder / name, 'w', newline='', encoding='utf-8') as f:
        out = csv.writer(f, lineterminator='\n')
        out.writerow(header)
        out.writerows(lines)


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    table = {r['actor']: r for r in rows('economies.csv')}
    flow = iran()
    oil(flow, table)
    goods(flow, table)
    services(flow, table)
    write(folder, 'trade.csv', ['seller', 'buyer', 'sector', 'value_musd', 'size'],
          [[s, b, k, '%.0f' % flow[s, b, k], ''] for s in ACTORS for b in ACTORS for k in SECTORS
           if flow.get((s, b, k), 0.) >= .5])
    makes = {(s, k) for (s, _, k), x in flow.items() if x > 0}
    write(folder, 'inputs.csv', ['actor', 'sector', 'input', 'share', 'size'],
          [[a, k, i, '%g' % x, ''] for a in ACTORS for k in SECTORS if (a, k) in makes
           for i, x in INPUTS[k].items()])


if __name__ == '__main__':
    main()
