#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build the tables of the case from source/ and measures.csv: trade.csv, inputs.csv, economy.csv,
tariffs.csv, record.csv and the report balance.md.

    python3 build.py [OUTPUT_FOLDER]

Standard library only, no random numbers, fixed order: the same bytes every time. Arrays of flows
are [sector][buyer][seller], million USD a year net of tariff; input shares [actor][user][input].
"""
import csv
import datetime
import pathlib
import sys
from math import fsum     # correctly rounded: the same in every version of Python

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / 'source'

SECTORS = ['agriculture', 'fish', 'coal', 'crude', 'ores', 'food', 'textiles', 'wood', 'petroleum',
           'chemicals', 'plastics', 'nonmetallic', 'metals', 'metal_products', 'machinery',
           'electrical', 'vehicles', 'other_mfg', 'utilities', 'construction', 'trade', 'services']
GOODS = SECTORS[:18]
WORLD = ['CHN', 'USA', 'KOR', 'JPN', 'RUS', 'IND', 'IDN', 'TWN', 'DEU', 'FRA', 'TUR', 'MEX', 'BRA',
         'CAN', 'AUS', 'x-eu', 'x-row']
SMALL = ['THA', 'PHL', 'PAK', 'SGP', 'UKR', 'EGY', 'NGA', 'MOZ', 'LKA', 'ZMB', 'CHL', 'SAU', 'ZAF',
         'HKG', 'MYS', 'QAT', 'MMR', 'MNG', 'KHM', 'TUN', 'TZA', 'GHA', 'PER', 'BGD', 'ARE']
ACTORS = ['CHN', 'USA', 'PRK'] + WORLD[2:-1] + SMALL + ['x-row']
TARGET = 'PRK'
# GDP growth of 2014-2016 of those without a figure of their own is taken from another economy's
GROWTH_FROM = {'TWN': 'KOR', 'FRA': 'DEU', 'TUR': 'DEU', 'x-eu': 'DEU'}

SMALLEST = 1e-3             # million USD: smaller flows are dropped, the target's excepted
MOST_IMPORTED = .6          # of goods spending: above it trade is transit and left out
KEPT_WITH_REST = .1         # of a flow with x-row that the target's trade may not eat up
EXPORTED_AT_LEAST = .02     # of a small economy's output of a good
DONORS = [('CHN', .4), ('IND', .3), ('IDN', .3)]   # of the target's input coefficients
REFINING = {'crude': .75, 'value_added': .15}      # shares of the output of the target's refineries
CRUDE_REFINED = .9999       # of the crude it buys; the remainder keeps final demand off zero
SIZES = ['low', 'high']

MOVES_ON = datetime.date(2018, 3, 1)    # day of the law by which the record of moves is read


def read(path):
    with open(path, newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f))


def rows(name):
    return read(SOURCE / name)


def write(folder, name, header, lines):
    with open(folder / name, 'w', newline='', encoding='utf-8') as f:
        out = csv.writer(f, lineterminator='\n')
        out.writerow(header)
        out.writerows(lines)


def six(x):
    """The number as it is written: six significant digits, no exponent."""
    text = '%.6g' % x
    if 'e' in text:
        text = '%.12f' % float(text)
        text = text.rstrip('0').rstrip('.') if '.' in text else text
    return text


def rounded(x):
    return float(six(x))


def zeros(*shape):
    if len(shape) == 1:
        return [0.] * shape[0]
    return [zeros(*shape[1:]) for _ in range(shape[0])]


def fit(cell, row_sum, column_sum, passes=5000):
    """Iterative proportional fitting of cell[r][c] to sums that agree in total; the last step meets
    the columns exactly. Returns the largest relative correction of the last pass."""
    count = len(column_sum)
    gap = 0.
    for _ in range(passes):
        gap = 0.
        for r, row in enumerate(cell):
            total = fsum(row)
            if total > 0:
                factor = row_sum[r] / total
                gap = max(gap, abs(factor - 1))
                cell[r] = [x * factor for x in row]
        for c in range(count):
            total = fsum(row[c] for row in cell)
            if total > 0:
                factor = column_sum[c] / total
                gap = max(gap, abs(factor - 1))
                for row in cell:
                    row[c] *= factor
        if gap < 1e-10:
            break
    return gap


class Report:
    """What had to be changed, for balance.md."""

    def __init__(self):
        self.sections = []

    def section(self, title, *paragraphs):
        self.sections.append((title, [p for p in paragraphs]))

    def table(self, header, lines):
        out = ['| ' + ' | '.join(header) + ' |', '|' + '---|' * len(header)]
        out += ['| ' + ' | '.join(str(x) for x in line) + ' |' for line in lines]
        return '\n'.join(out)

    def write(self, path):
        text = ['# What the construction of the tables changed', '',
                'Written by `build.py`; do not edit. Money is million USD of 2016.', '']
        for title, paragraphs in self.sections:
            text += ['## ' + title, '']
            for p in paragraphs:
                text += [p, '']
        path.write_text('\n'.join(text), encoding='utf-8')


# ---- the world block of 2014 ---------------------------------------------------------------------

def read_world():
    n, j = len(WORLD), len(SECTORS)
    flow, tariff, share = zeros(j, n, n), zeros(j, n, n), zeros(n, j, j)
    where = {e: i for i, e in enumerate(WORLD)}
    sector = {s: i for i, s in enumerate(SECTORS)}
    for r in rows('world_flows.csv'):
        flow[sector[r['sector']]][where[r['buyer']]][where[r['seller']]] = float(r['value_musd'])
    for r in rows('world_tariffs.csv'):
        tariff[sector[r['sector']]][where[r['buyer']]][where[r['seller']]] = float(r['rate'])
    for r in rows('world_inputs.csv'):
        share[where[r['economy']]][sector[r['sector']]][sector[r['input']]] = float(r['share'])
    return flow, tariff, share


def growth(countries):
    """GDP of 2016 over 2014 in dollars, by economy of the world block."""
    ratio = {c['iso3']: float(c['gdp_2016_musd']) / float(c['gdp_2014_musd'])
             for c in countries.values()}
    rest = [c for c in countries.values() if c['iso3'] not in WORLD and c['iso3'] != TARGET]
    result = {e: ratio[GROWTH_FROM.get(e, e)] for e in WORLD[:-1]}
    result['x-row'] = (fsum(float(c['gdp_2016_musd']) for c in rest)
                       / fsum(float(c['gdp_2014_musd']) for c in rest))
    return result


def to_2016(flow, factor, figures, report):
    """Scale outputs and spending by GDP, hold US-China goods at customs values, fit the rest."""
    n = len(WORLD)
    chn, usa = WORLD.index('CHN'), WORLD.index('USA')
    scale = {}
    for seller, buyer, key in ((chn, usa, 'us_imports_from_china'),
                               (usa, chn, 'us_exports_to_china')):
        goods = fsum(flow[j][buyer][seller] for j in range(len(GOODS)))
        scale[seller, buyer] = figures[key] / goods
    changes, worst = [], 0.
    for j, name in enumerate(SECTORS):
        fixed = {(b, s): flow[j][b][s] * f for (s, b), f in scale.items()} if name in GOODS else {}
        sold = [fsum(flow[j][b][s] for b in range(n)) * factor[WORLD[s]] for s in range(n)]
        bought = [fsum(flow[j][b]) * factor[WORLD[b]] for b in range(n)]
        match = fsum(sold) / fsum(bought)
        bought = [x * match for x in bought]
        cell = [[flow[j][b][s] * factor[WORLD[s]] for s in range(n)] for b in range(n)]
        before = [row[:] for row in cell]
        for (b, s), value in fixed.items():
            cell[b][s] = 0.
            sold[s] -= value
            bought[b] -= value
        worst = max(worst, fit(cell, bought, sold, 100000))
        for (b, s), value in fixed.items():
            cell[b][s] = value
        for b in range(n):
            for s in range(n):
                changes.append((abs(cell[b][s] - before[b][s]), name, WORLD[s], WORLD[b],
                                before[b][s], cell[b][s]))
        flow[j] = cell
    changes.sort(key=lambda c: (-c[0], c[1:4]))
    report.section(
        'From 2014 to 2016',
        'Outputs and spending of every sector are scaled by the change of GDP in dollars. Where '
        'there is no figure: Taiwan as South Korea; France, Turkey and the other Europeans as '
        'Germany; the rest of the world as the listed economies in it.',
        report.table(['economy', 'GDP 2016 over 2014'],
                     [(e, '%.4f' % factor[e]) for e in WORLD]),
        'Goods between the United States and China are held at customs values: sales of China to '
        'the United States times %.3f (to %.0f), the other way times %.3f (to %.0f). Prices of '
        'single goods (oil fell by half) are not adjusted.'
        % (scale[chn, usa], figures['us_imports_from_china'],
           scale[usa, chn], figures['us_exports_to_china']),
        'All other flows are then fitted to outputs and spending by iterative proportional '
        'fitting; the largest gap left is %.0e. The largest changes against the mere scaling:'
        % worst,
        report.table(['sector', 'seller', 'buyer', 'scaled', 'fitted'],
                     [(c[1], c[2], c[3], '%.0f' % c[4], '%.0f' % c[5]) for c in changes[:12]]))
    return flow


# ---- small economies out of the rest of the world ------------------------------------------------

def value_added(flow, share, economy):
    total = 0.
    for j in range(len(SECTORS)):
        output = fsum(row[economy] for row in flow[j])
        total += output * (1 - fsum(share[economy][j]))
    return total


def import_factor(wanted, spent, imported):
    """The factor on the import shares of the rest of the world that gives imports of `wanted`."""
    def goods(a):
        return fsum(min(.95, a * imported[j]) * spent[j] for j in range(len(GOODS)))
    low, high = 0., 1e4
    for _ in range(200):
        middle = .5 * (low + high)
        if goods(middle) < wanted:
            low = middle
        else:
            high = middle
    return .5 * (low + high)


def small_openness(weight, spent, outside, countries):
    """Import share of spending by sector of each small economy, and a line of the report."""
    openness, notes = [], []
    for c, iso in enumerate(SMALL):
        own = [s * weight[c] for s in spent]
        goods = fsum(own[:len(GOODS)])
        wanted = float(countries[iso]['goods_imports_2016_musd'])
        allowed = min(wanted, MOST_IMPORTED * goods)
        factor = import_factor(allowed, own, outside)
        openness.append([min(.95, factor * outside[j]) if j < len(GOODS) else outside[j]
                         for j in range(len(SECTORS))])
        notes.append([iso, countries[iso]['gdp_2016_musd'], '%.0f' % wanted, '%.0f' % allowed])
    return openness, notes


def take_out(flow, share, countries, report):
    """Members of the rest of the world with their own size and openness. Returns flows over
    WORLD[:-1] + SMALL + [x-row]: per sector, one fit of everything that crosses a border of the
    rest of the world; trade among the others is untouched."""
    row = len(WORLD) - 1
    block, members = row, len(SMALL) + 1
    n = block + members
    world_gdp = value_added(flow, share, row)
    weight = [float(countries[c]['gdp_2016_musd']) / world_gdp for c in SMALL]
    spent = [fsum(flow[j][row]) for j in range(len(SECTORS))]
    made = [fsum(b[row] for b in flow[j]) for j in range(len(SECTORS))]
    outside = [1 - flow[j][row][row] / spent[j] for j in range(len(SECTORS))]
    openness, notes = small_openness(weight, spent, outside, countries)
    result = zeros(len(SECTORS), n, n)
    worst = 0.
    for j in range(len(SECTORS)):
        sold = [flow[j][row][s] for s in range(block)]
        bought = [flow[j][b][row] for b in range(block)]
        home, away, need = [], [], []
        for c in range(len(SMALL)):
            most = made[j] * weight[c] * (1 - EXPORTED_AT_LEAST)
            kept = min((1 - openness[c][j]) * spent[j] * weight[c], most)
            home.append(kept)
            away.append(made[j] * weight[c] - kept)
            need.append(spent[j] * weight[c] - kept)
        rest = 1 - fsum(weight)
        sold += away + [made[j] * rest]
        bought += need + [spent[j] * rest]
        cell = zeros(n, n)
        size = weight + [rest]
        for b in range(n):
            for s in range(n):
                if b < block and s < block:
                    continue
                if b >= block and s >= block:
                    if b != s or b == n - 1:
                        cell[b][s] = flow[j][row][row] * size[b - block] * size[s - block]
                elif b >= block:
                    cell[b][s] = flow[j][row][s] * size[b - block]
                else:
                    cell[b][s] = flow[j][b][row] * size[s - block]
        worst = max(worst, fit(cell, bought, sold, 20000))
        for b in range(block):
            for s in range(block):
                cell[b][s] = flow[j][b][s]
        for c, kept in enumerate(home):
            cell[block + c][block + c] = kept
        result[j] = cell
    report_small(result, block, notes, worst, report)
    return result


def report_small(flow, first, notes, gap, report):
    for c, note in enumerate(notes):
        i = first + c
        got = fsum(fsum(flow[j][i]) - flow[j][i][i] for j in range(len(GOODS)))
        sent = fsum(fsum(b[i] for b in flow[j]) - flow[j][i][i] for j in range(len(GOODS)))
        note += ['%.0f' % got, '%.0f' % sent]
    report.section(
        'Small economies out of the rest of the world',
        'Each has its own GDP; output and spending follow the pattern of the rest of the world, '
        'and its import shares are those of the rest of the world times one factor that gives its '
        'goods imports. Imports above %d %% of goods spending are transit and left out; an economy '
        'exports at least %d %% of its output of every good, which is why closed ones come out '
        'with more imports than the statistics have. Partners are those of the rest of the world. '
        'Largest gap left by the fit: %.0e.'
        % (100 * MOST_IMPORTED, 100 * EXPORTED_AT_LEAST, gap),
        report.table(['economy', 'GDP', 'goods imports', 'asked for', 'imports here',
                      'exports here'], notes))


# ---- North Korea ---------------------------------------------------------------------------------

def goods_of(flow, partner, total, scale, detail):
    """Trade with one partner by sector: known values, the rest by weights of its own or '*'."""
    def listed(who, kind):
        return [d for d in detail if (d['flow'], d['partner'], d['kind']) == (flow, who, kind)]
    known = {}
    for d in listed(partner, 'value'):
        known[d['sector']] = known.get(d['sector'], 0.) + float(d['amount']) * scale
    left = total - fsum(known.values())
    if left < -1e-9:
        sys.exit('build: %s of %s: goods above the total' % (flow, partner))
    weights = listed(partner, 'weight') or listed('*', 'weight')
    whole = fsum(float(d['amount']) for d in weights)
    for d in weights:
        part = float(d['amount']) / whole
        known[d['sector']] = known.get(d['sector'], 0.) + max(left, 0.) * part
    return known


def dprk_trade(figures, report):
    """Exports and imports {(actor, sector): value} that sum to KOTRA's totals."""
    partners, detail = rows('dprk_partners.csv'), rows('dprk_commodities.csv')
    labour = {r['host']: float(r['value_musd']) for r in rows('dprk_labour.csv')}
    result, lines = {}, []
    for flow in ('exports', 'imports'):
        column = 'mirror_%s_musd' % flow
        others = fsum(float(p[column]) for p in partners if p['partner'] != 'CHN')
        factor = (figures['dprk_' + flow] - figures['dprk_%s_china' % flow]) / others
        trade = {}
        for p in partners:
            china = p['partner'] == 'CHN'
            scale = 1. if china else factor
            total = figures['dprk_%s_china' % flow] if china else float(p[column]) * factor
            known = goods_of(flow, p['partner'], total, scale, detail)
            for sector, value in known.items():
                if value > 0:
                    key = p['actor'], sector
                    trade[key] = trade.get(key, 0.) + value
        result[flow] = trade
        lines.append((flow, '%.1f' % others,
                      '%.1f' % (figures['dprk_' + flow] - figures['dprk_%s_china' % flow]),
                      '%.3f' % factor))
    for host, value in labour.items():
        result['exports'][host, 'services'] = value
    by_sector = [(s, '%.1f' % fsum(v for (_, k), v in result['exports'].items() if k == s),
                  '%.1f' % fsum(v for (_, k), v in result['imports'].items() if k == s))
                 for s in SECTORS]
    report.section(
        'North Korea: trade',
        'Partners other than China are scaled so that totals equal those of KOTRA; reporters whose '
        'flows are probably meant for South Korea are left out.',
        report.table(['flow', 'reported by the others', 'KOTRA less China', 'factor'], lines),
        'Earnings of workers abroad, %.0f, are an export of services beside that.'
        % fsum(labour.values()),
        report.table(['sector', 'exports', 'imports'], by_sector))
    return result


def donor_shares(world_share):
    j = len(SECTORS)
    mixed = zeros(j, j)
    for name, part in DONORS:
        economy = world_share[WORLD.index(name)]
        for user in range(j):
            for k in range(j):
                mixed[user][k] += part * economy[user][k]
    crude = SECTORS.index('crude')
    for user in range(j):       # only refining uses crude; others buy coal and power instead
        mixed[user][crude] = 0.
    return mixed


def bounded(start, low, high, total):
    """Numbers proportional to `start` within bounds that sum to `total`."""
    def at(factor):
        return [min(max(factor * s, lo), hi) for s, lo, hi in zip(start, low, high)]
    if not fsum(low) <= total <= fsum(high):
        sys.exit('build: final demand cannot be placed within its bounds')
    small, large = 0., 1e6
    for _ in range(300):
        middle = .5 * (small + large)
        if fsum(at(middle)) < total:
            small = middle
        else:
            large = middle
    return at(.5 * (small + large))


def dprk_economy(size, figures, trade, world_share, report):
    """Domestic sales by sector and input shares [user][input] of the target in one size."""
    table = {r['sector']: r for r in rows('dprk_economy.csv')}
    j = len(SECTORS)
    crude, refining = SECTORS.index('crude'), SECTORS.index('petroleum')
    gdp = figures['dprk_gdp_' + size]
    abroad = [fsum(v for (_, s), v in trade['exports'].items() if s == name) for name in SECTORS]
    bought = [fsum(v for (_, s), v in trade['imports'].items() if s == name) for name in SECTORS]
    seed = donor_shares(world_share)
    share = [float(table[s]['value_added_share']) for s in SECTORS]
    refined = bought[crude] * CRUDE_REFINED / REFINING['crude']
    made = zeros(j)
    added = [gdp * s / fsum(share) for s in share]
    heavy = [SECTORS.index(s) for s in ('chemicals', 'plastics', 'nonmetallic', 'metals',
                                        'metal_products', 'machinery', 'electrical', 'vehicles')]
    spare = added[refining] - refined * REFINING['value_added']
    added[refining] -= spare
    whole = fsum(added[h] for h in heavy)
    for h in heavy:
        added[h] *= 1 + spare / whole
    used = zeros(j, j)
    for user in range(j):
        beta = 1 - fsum(seed[user])
        made[user] = added[user] / beta if user not in (crude, refining) else 0.
        used[user] = [x * made[user] for x in seed[user]]
    made[refining] = refined
    rest = refined * (1 - REFINING['crude'] - REFINING['value_added'])
    whole = fsum(seed[refining])
    used[refining] = [x * rest / whole for x in seed[refining]]
    supply = [made[k] - abroad[k] + bought[k] for k in range(j)]
    supply[crude] = 0.
    for k, name in enumerate(SECTORS):
        if made[k] < abroad[k]:
            sys.exit('build: North Korea exports more %s than it makes' % name)
    final = [supply[k] - fsum(used[user][k] for user in range(j)) for k in range(j)]
    low = [supply[k] * float(table[s]['final_low']) for k, s in enumerate(SECTORS)]
    high = [supply[k] * float(table[s]['final_high']) for k, s in enumerate(SECTORS)]
    total = fsum(added) + fsum(bought) - fsum(abroad)
    placed = bounded([max(x, 0.) for x in final], low, high, total)
    columns = [supply[k] - placed[k] for k in range(j)]
    lines = [fsum(used[user]) for user in range(j)]
    before = [[x / made[user] if made[user] > 0 else 0. for x in used[user]] for user in range(j)]
    gap = fit(used, lines, columns)
    used[refining][crude] = refined * REFINING['crude']
    result = [[x / made[user] if made[user] > 0 else 0. for x in used[user]] for user in range(j)]
    lines = [[s, added[k], made[k], abroad[k], bought[k], placed[k], final[k]]
             for k, s in enumerate(SECTORS)]
    report_dprk(size, gdp, spare, gap, lines, before, result, report)
    return [made[k] - abroad[k] for k in range(j)], result


def report_dprk(size, gdp, spare, gap, lines, before, result, report):
    j, crude = len(SECTORS), SECTORS.index('crude')
    moved = sorted(((abs(result[u][k] - before[u][k]), SECTORS[u], SECTORS[k], before[u][k],
                     result[u][k]) for u in range(j) for k in range(j) if k != crude),
                   key=lambda m: (-m[0], m[1:3]))
    report.section(
        'North Korea: %s variant, GDP %.0f' % (size, gdp),
        'Value added by sector is that of the Bank of Korea (refining is bounded by its crude: '
        '%.0f go to the other heavy industries); input shares are those of %s, fitted so that '
        'final demand of every sector keeps within its bounds (largest gap left %.0e).'
        % (spare, ', '.join('%s %.0f %%' % (d, 100 * p) for d, p in DONORS), gap),
        report.table(['sector', 'value added', 'output', 'exports', 'imports', 'final demand',
                      'before fitting'],
                     [[line[0]] + ['%.0f' % x for x in line[1:]] for line in lines]),
        'Largest changes of input shares:',
        report.table(['user', 'input', 'donors', 'here'],
                     [(m[1], m[2], '%.4f' % m[3], '%.4f' % m[4]) for m in moved[:10]]))


# ---- the record of moves -------------------------------------------------------------------------

def covered(flow, sector):
    """Share of a sector's trade that the law of the day covers, and the allowance of a cap on it in
    million USD a year; (coverage, None) where there is no cap."""
    side = 'sellers' if flow == 'exports' else 'buyers'
    share, allowance = 0., None
    for m in read(HERE / 'measures.csv'):
        start = datetime.date.fromisoformat(m['start']) + datetime.timedelta(int(m['lag_days']))
        in_force = start <= MOVES_ON and (not m['end'] or m['end'] > str(MOVES_ON))
        touches = m[side] == TARGET and sector in m['sectors'].split()
        if m['imposer'] == 'UN' and in_force and touches:
            share = max(share, float(m['coverage']))
            if m['kind'] == 'cap':
                allowance = float(m['cap_quantity']) * float(m['unit_price_usd']) / 1e6
    return share, allowance


def level(lines, column, trade):
    """1 less what moved over what moved in half of the base year, both of what is covered and less
    what a cap allows: 0 where more moved than then, 1 where no more moved than is allowed."""
    moved, base = [], []
    for r in lines:
        share, allowance = covered(r['flow'], r['sector'])
        whole = fsum(v for (_, s), v in trade[r['flow']].items() if s == r['sector'])
        own = trade[r['flow']][r['partner'], r['sector']]
        free = .5 * allowance * own / whole if allowance is not None else 0.
        moved.append(share * float(r[column]) - free)
        base.append(share * own / 2 - free)
    return min(max(1 - fsum(moved) / fsum(base), 0.), 1.)


def record_of_moves(trade, report):
    """Rows of record.csv: what is known as it is, and enforcement read off trade by half-year."""
    columns = ['half', 'variable', 'part', 'value', 'low', 'high', 'source', 'grade', 'note']
    result = [[r[c] for c in columns] for r in rows('moves.csv')]
    table, parts = rows('moves_trade.csv'), {}
    for r in table:
        parts.setdefault((r['part'], r['half']), []).append(r)
    shown = []
    for (part, half), lines in parts.items():
        value, low, high = (level(lines, c, trade) for c in ('value_musd', 'high_musd', 'low_musd'))
        largest = max(lines, key=lambda r: trade[r['flow']][r['partner'], r['sector']])
        grade = max(r['grade'] for r in lines)
        result.append([half, 'enforcement', part, '%.2f' % value, '%.2f' % low, '%.2f' % high,
                       largest['source'], grade, 'trade: ' + largest['note']])
        shown.append((part, half, '%.2f' % value, '%.2f' % low, '%.2f' % high))
    report.section(
        'The record of moves',
        'Enforcement by half-year is 1 less covered trade over half of that of 2016, both less '
        'what a cap allows (spread over partners as their trade of 2016). Covered is what the '
        'resolutions in force on %s cover. The low level takes the high end of what moved. '
        'Cited is the source of the largest sector, the grade is the worst.' % MOVES_ON,
        report.table(['part', 'half-year', 'level', 'low', 'high'], sorted(shown)))
    order = {'stage': 0, 'relief': 1, 'enforcement': 2}
    return columns, sorted(result, key=lambda r: (order[r[1]], r[2], r[0]))


# ---- assembling ----------------------------------------------------------------------------------

def embed(flow, trade, report):
    """Put the target among ACTORS and take its trade out of its partners' trade with x-row."""
    order = WORLD[:-1] + SMALL + ['x-row']
    where = {a: i for i, a in enumerate(ACTORS)}
    n = len(ACTORS)
    result = zeros(len(SECTORS), n, n)
    for j in range(len(SECTORS)):
        for b, buyer in enumerate(order):
            for s, seller in enumerate(order):
                result[j][where[buyer]][where[seller]] = flow[j][b][s]
    target, rest = where[TARGET], where['x-row']
    left = 0.
    for direction in ('exports', 'imports'):
        for (actor, name), value in sorted(trade[direction].items()):
            j, a = SECTORS.index(name), where[actor]
            if direction == 'exports':
                cell, buyer, seller = (a, target), a, rest
            else:
                cell, buyer, seller = (target, a), rest, a
            result[j][cell[0]][cell[1]] += value
            room = (1 - KEPT_WITH_REST) * result[j][buyer][seller]
            taken = min(value, max(room, 0.))
            result[j][buyer][seller] -= taken
            left += value - taken
    total = fsum(fsum(t.values()) for t in trade.values())
    report.section(
        'North Korea in the world',
        "Its trade is taken out of its partners' trade with the rest of the world, as far as at "
        'least a tenth of a flow remains: %.3f of %.3f, and %.3f are added instead.'
        % (total - left, total, left))
    return result


def round_and_drop(flow):
    """Values as they will be written; returns what was dropped."""
    target, dropped = ACTORS.index(TARGET), 0.
    for j in range(len(SECTORS)):
        for b in range(len(ACTORS)):
            for s in range(len(ACTORS)):
                x = flow[j][b][s]
                if x < SMALLEST and target not in (b, s):
                    dropped += x
                    x = 0.
                flow[j][b][s] = rounded(x)
    return dropped


def final_demand(flow, tariff, share, actor):
    """Spending at buyers' prices less inputs, by sector."""
    count = len(SECTORS)
    output = [fsum(row[actor] for row in flow[j]) for j in range(count)]
    result = []
    for k in range(count):
        spent = fsum(x * (1 + t) for x, t in zip(flow[k][actor], tariff[k][actor]))
        result.append(spent - fsum(share[u][k] * output[u] for u in range(count)))
    return result


def mend(flow, tariff, share, actor, changes):
    """Where inputs exceed what is bought of a sector, use less of it and more of the others."""
    count = len(SECTORS)
    output = [fsum(row[actor] for row in flow[j]) for j in range(count)]
    for _ in range(100):
        final = final_demand(flow, tariff, share, actor)
        short = [k for k in range(count) if final[k] < 0]
        if not short:
            return
        for k in short:
            used = fsum(share[u][k] * output[u] for u in range(count))
            spent = used + final[k]
            factor = max(spent, 0.) * .999 / used
            changes.append((used - spent, ACTORS[actor], SECTORS[k]))
            for u in range(count):
                cut = share[u][k] * (1 - factor)
                share[u][k] -= cut
                # sectors with room take the cut: those with the most final demand for their size
                room = [share[u][i] if final[i] > 0 and i != k else 0. for i in range(count)]
                whole = fsum(room)
                for i in range(count):
                    share[u][i] += cut * room[i] / whole if whole > 0 else 0.
            share_rounded(share)
    sys.exit('build: %s: negative final demand remains' % ACTORS[actor])


def share_rounded(share):
    for user in range(len(SECTORS)):
        share[user] = [rounded(x) if x >= 1e-6 else 0. for x in share[user]]


def actor_tables(world_tariff, world_share):
    """Tariffs and input shares for ACTORS; small economies have those of the rest of the world,
    which levies none inside itself."""
    def source(actor):
        return WORLD.index(actor if actor in WORLD else 'x-row')
    n = len(ACTORS)
    tariff = zeros(len(SECTORS), n, n)
    for j in range(len(SECTORS)):
        for b, buyer in enumerate(ACTORS):
            for s, seller in enumerate(ACTORS):
                if TARGET not in (buyer, seller) and source(buyer) != source(seller):
                    tariff[j][b][s] = world_tariff[j][source(buyer)][source(seller)]
    share = [[row[:] for row in world_share[source(a)]] for a in ACTORS]
    return tariff, share


def size_of(actor, size):
    return size if actor == TARGET else ''


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    report = Report()
    figures = {}
    for r in rows('figures.csv'):
        figures[r['key']] = float(r['value'])
    countries = {r['iso3']: r for r in rows('countries.csv')}
    notes = {r['key']: r for r in rows('world_notes.csv')}
    report.section(
        'The world tables of 2014',
        'Sales inside an economy on which the tables put a tariff (nearly all inside the rest of '
        'the world) are taken without one: %s of revenue is counted as domestic sales. Mining is '
        'split into coal, crude oil and gas, and ores by recalled volumes and prices; shares of '
        'output:'
        % notes['own_tariff_revenue']['value'],
        report.table(['economy', 'coal', 'crude', 'ores'],
                     [[e] + [notes['mining_share.%s.%s' % (e, k)]['value']
                             for k in ('coal', 'crude', 'ores')] for e in WORLD]))
    flow, world_tariff, world_share = read_world()
    flow = to_2016(flow, growth(countries), figures, report)
    flow = take_out(flow, world_share, countries, report)
    trade = dprk_trade(figures, report)
    flow = embed(flow, trade, report)
    tariff, share = actor_tables(world_tariff, world_share)
    for block in share:
        share_rounded(block)
    target = ACTORS.index(TARGET)
    variants = {}
    for size in SIZES:
        home, inputs = dprk_economy(size, figures, trade, world_share, report)
        share_rounded(inputs)
        variants[size] = [rounded(x) for x in home], inputs
    dropped = round_and_drop(flow)
    changes = []
    for a, actor in enumerate(ACTORS):
        for size in SIZES if actor == TARGET else ['']:
            if actor == TARGET:
                for j in range(len(SECTORS)):
                    flow[j][a][a] = variants[size][0][j]
                mend(flow, tariff, variants[size][1], a, changes)
            else:
                mend(flow, tariff, share[a], a, changes)
    for j in range(len(SECTORS)):
        flow[j][target][target] = 0.
    merged = {}
    for value, actor, name in changes:
        merged[actor, name] = max(merged.get((actor, name), 0.), value)
    largest = sorted(((v, a, s) for (a, s), v in merged.items()), key=lambda m: (-m[0], m[1:]))
    report.section(
        'What was left to mend',
        'Flows below %g are dropped (%.3f in all). Where inputs would exceed what an economy buys '
        'of a sector, its users take less of it and more of their other inputs: %d cells, %.1f in '
        'all.'
        % (SMALLEST, dropped, len(largest), fsum(m[0] for m in largest)),
        report.table(['economy', 'sector', 'shortfall'],
                     [(m[1], m[2], '%.3g' % m[0]) for m in largest[:12]]))
    compare_gdp(flow, share, countries, report)
    write_tables(folder, flow, tariff, share, variants)
    write(folder, 'record.csv', *record_of_moves(trade, report))
    metals = SECTORS.index('metals')
    usa, chn = ACTORS.index('USA'), ACTORS.index('CHN')
    basic = flow[metals][usa][chn]
    others = fsum(flow[metals][usa][s] for s, a in enumerate(ACTORS)
                 if a not in ('USA', 'CHN', 'CAN', 'MEX'))
    steel = figures['us_steel_imports_from_china']
    report.section(
        'Steel in the metals that the United States buys',
        'From China: %.0f of %.0f = %.3f. From the others but Canada and Mexico: %.0f of %.0f = '
        '%.3f. These are the coverages of the steel tariff in measures.csv.'
        % (steel, basic, steel / basic,
           figures['us_steel_imports'] - figures['us_steel_imports_can_mex'] - steel, others,
           (figures['us_steel_imports'] - figures['us_steel_imports_can_mex'] - steel) / others))
    report.write(folder / 'balance.md')


def compare_gdp(flow, share, countries, report):
    """Value added of the large economies beside their GDP."""
    lines = []
    for a, actor in enumerate(ACTORS):
        if actor in WORLD and actor in countries:
            added = fsum(fsum(row[a] for row in flow[j]) * (1 - fsum(share[a][j]))
                        for j in range(len(SECTORS)))
            gdp = float(countries[actor]['gdp_2016_musd'])
            lines.append([actor, '%.0f' % added, '%.0f' % gdp, '%.2f' % (added / gdp)])
    report.section(
        'Value added and GDP',
        'The tables value output at basic prices, GDP is at market prices and from later vintages; '
        'nothing is scaled to close the gap. Small economies and North Korea have their GDP.',
        report.table(['economy', 'value added', 'GDP', 'ratio'], lines))


def write_tables(folder, flow, tariff, share, variants):
    n, j = len(ACTORS), len(SECTORS)
    lines, duties = [], []
    for s in range(n):
        for b in range(n):
            for k in range(j):
                if ACTORS[s] == TARGET == ACTORS[b]:
                    for size in SIZES:
                        if variants[size][0][k] > 0:
                            lines.append([TARGET, TARGET, SECTORS[k], six(variants[size][0][k]),
                                          size])
                elif flow[k][b][s] > 0:
                    lines.append([ACTORS[s], ACTORS[b], SECTORS[k], six(flow[k][b][s]), ''])
                    if tariff[k][b][s] > 0:
                        duties.append([ACTORS[s], ACTORS[b], SECTORS[k], six(tariff[k][b][s])])
    write(folder, 'trade.csv', ['seller', 'buyer', 'sector', 'value_musd', 'size'], lines)
    write(folder, 'tariffs.csv', ['seller', 'buyer', 'sector', 'rate'], duties)
    inputs, economy = [], []
    for a, actor in enumerate(ACTORS):
        for size in SIZES if actor == TARGET else ['']:
            block = share[a]
            if actor == TARGET:
                block = variants[size][1]
                for k in range(j):
                    flow[k][a][a] = variants[size][0][k]
            final = final_demand(flow, tariff, block, a)
            for k in range(j):
                output = fsum(row[a] for row in flow[k])
                economy.append([actor, SECTORS[k], six(output * (1 - fsum(block[k]))),
                                six(final[k]), size])
                for i in range(j):
                    if block[k][i] > 0 and output > 0:
                        inputs.append([actor, SECTORS[k], SECTORS[i], six(block[k][i]), size])
    write(folder, 'inputs.csv', ['actor', 'sector', 'input', 'share', 'size'], inputs)
    write(folder, 'economy.csv',
          ['actor', 'sector', 'value_added_musd', 'final_demand_musd', 'size'], economy)


if __name__ == '__main__':
    main()
