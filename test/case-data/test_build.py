#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The tables of cases/dprk-2016: rebuilt byte for byte, and true to what they cite.

Everything is computed here from the CSV files alone, not with the code of build.py.
"""
import csv
import datetime
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

CASE = pathlib.Path(__file__).resolve().parents[2] / 'cases' / 'dprk-2016'
TARGET = 'PRK'
BUILT = ['trade.csv', 'inputs.csv', 'economy.csv', 'tariffs.csv', 'record.csv', 'balance.md']
DISTRIBUTIONS = {'fixed', 'uniform', 'loguniform', 'triangular', 'lognormal'}


def rows(name):
    with open(CASE / name, newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f))


def plain(text):
    """The case.yaml of this case without a YAML library: comments cut."""
    return '\n'.join(line.split(' #')[0] for line in text.splitlines())


class World:
    """Flows and input shares at a size of the target between 0 (low) and 1 (high)."""

    def __init__(self, size):
        part = {'': 1., 'low': 1. - size, 'high': size}
        self.flow, self.share, self.rate = {}, {}, {}
        for r in rows('trade.csv'):
            key = r['seller'], r['buyer'], r['sector']
            self.flow[key] = self.flow.get(key, 0.) + part[r['size']] * float(r['value_musd'])
        for r in rows('inputs.csv'):
            key = r['actor'], r['sector'], r['input']
            self.share[key] = self.share.get(key, 0.) + part[r['size']] * float(r['share'])
        for r in rows('tariffs.csv'):
            self.rate[r['seller'], r['buyer'], r['sector']] = float(r['rate'])
        self.output, self.spending = {}, {}
        for (seller, buyer, sector), x in self.flow.items():
            self.output.setdefault((seller, sector), []).append(x)
            gross = x * (1 + self.rate.get((seller, buyer, sector), 0.))
            self.spending.setdefault((buyer, sector), []).append(gross)
        self.output = {k: math.fsum(v) for k, v in self.output.items()}
        self.spending = {k: math.fsum(v) for k, v in self.spending.items()}

    def final_demand(self):
        used = {}
        for (actor, sector, k), share in self.share.items():
            used.setdefault((actor, k), []).append(
                share * self.output.get((actor, sector), 0.))
        keys = set(self.spending) | set(used)
        return {k: self.spending.get(k, 0.) - math.fsum(used.get(k, [])) for k in keys}

    def value_added(self, actor):
        total = []
        for (a, sector), x in self.output.items():
            if a == actor:
                used = math.fsum(s for (b, j, _), s in self.share.items()
                                 if b == actor and j == sector)
                total.append(x * (1 - used))
        return math.fsum(total)


class Rebuild(unittest.TestCase):
    def test_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, str(CASE / 'build.py'), folder], check=True)
            for name in BUILT:
                self.assertEqual((CASE / name).read_bytes(),
                                 (pathlib.Path(folder) / name).read_bytes(), name)

    def test_small_enough(self):
        size = sum(f.stat().st_size for f in CASE.rglob('*') if f.suffix in ('.csv', '.yaml'))
        self.assertLess(size, 4e6)


class Trade(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.low, cls.high = World(0.), World(1.)
        cls.trade = rows('trade.csv')

    def target_flows(self, direction, goods=True):
        result = {}
        for r in self.trade:
            pair = r['seller'], r['buyer']
            if pair[0] == pair[1] or TARGET not in pair or (goods and r['sector'] == 'services'):
                continue
            if (pair[0] == TARGET) == (direction == 'exports'):
                partner = pair[1] if direction == 'exports' else pair[0]
                result.setdefault(partner, []).append((r['sector'], float(r['value_musd'])))
        return result

    def test_totals_are_those_of_kotra(self):
        # six digits for each of about 400 flows: the sum is good to a few thousandths of a million
        for direction, world, china in (('exports', 2820, 2634.4), ('imports', 3730, 3420)):
            flows = self.target_flows(direction)
            total = math.fsum(x for f in flows.values() for _, x in f)
            self.assertAlmostEqual(total, world, delta=.01)
            self.assertAlmostEqual(math.fsum(x for _, x in flows['CHN']), china, delta=.01)

    def test_goods_near_the_published_ones(self):
        # KOTRA 2017, exports to the world: mineral fuels 1190, clothing 730, fish 196; the table
        # keeps the values of Chinese customs, which differ from these by up to 1.5 per cent
        flows = self.target_flows('exports')
        for sector, published in (('coal', 1190), ('textiles', 730), ('fish', 196)):
            total = math.fsum(x for f in flows.values() for s, x in f if s == sector)
            self.assertLess(abs(total / published - 1), .015, sector)
        fuels = math.fsum(x for f in self.target_flows('imports').values() for s, x in f
                          if s in ('crude', 'petroleum'))
        self.assertLess(abs(fuels / 440 - 1), .015)

    def test_thirty_partners(self):
        partners = set(self.target_flows('exports')) | set(self.target_flows('imports'))
        self.assertGreaterEqual(len([p for p in partners if not p.startswith('x-')]), 30)

    def test_kaesong_stays_out(self):
        for direction in ('exports', 'imports'):
            self.assertNotIn('KOR', self.target_flows(direction))

    def test_labour_abroad(self):
        labour = math.fsum(float(r['value_musd']) for r in self.trade
                           if r['seller'] == TARGET != r['buyer'] and r['sector'] == 'services')
        self.assertTrue(200 <= labour <= 500)

    def test_gdp_of_the_target(self):
        self.assertAlmostEqual(self.low.value_added(TARGET) / 16800, 1, delta=.001)
        self.assertAlmostEqual(self.high.value_added(TARGET) / 32000, 1, delta=.001)

    def test_value_added_shares_of_the_target(self):
        # Bank of Korea, 2016: agriculture 21.7, mining 12.6, manufacturing 20.6, utilities 5.2,
        # construction 8.8, services 31.1
        parts = {'agriculture': ('agriculture', 'fish'), 'mining': ('coal', 'ores'),
                 'utilities': ('utilities',), 'construction': ('construction',),
                 'services': ('trade', 'services')}
        published = {'agriculture': 21.7, 'mining': 12.6, 'utilities': 5.2, 'construction': 8.8,
                     'services': 31.1}
        for size in ('low', 'high'):
            added = {r['sector']: float(r['value_added_musd']) for r in rows('economy.csv')
                     if r['actor'] == TARGET and r['size'] == size}
            total = math.fsum(added.values())
            for name, sectors in parts.items():
                share = 100 * math.fsum(added[s] for s in sectors) / total
                self.assertAlmostEqual(share, published[name], delta=.05)

    def test_deficit_can_be_financed(self):
        flows = {d: math.fsum(x for f in self.target_flows(d, goods=False).values() for _, x in f)
                 for d in ('exports', 'imports')}
        self.assertLess((flows['imports'] - flows['exports']) / flows['imports'], .9)

    def test_world_trade_balances(self):
        abroad, home = {}, {}
        for (seller, buyer, _), x in self.low.flow.items():
            if seller != buyer:
                abroad[seller] = abroad.get(seller, 0.) + x
                home[buyer] = home.get(buyer, 0.) + x
        balance = math.fsum(abroad.values()) - math.fsum(home.values())
        self.assertAlmostEqual(balance / math.fsum(home.values()), 0, delta=1e-12)

    def test_us_china_goods_at_customs_values(self):
        # USITC 2017: 505.6 and 130.4 billion; the share of the target's flows taken out is nil
        services = {'utilities', 'construction', 'trade', 'services'}
        for seller, buyer, published in (('CHN', 'USA', 505600), ('USA', 'CHN', 130400)):
            total = math.fsum(x for (s, b, k), x in self.low.flow.items()
                              if (s, b) == (seller, buyer) and k not in services)
            self.assertAlmostEqual(total / published, 1, delta=1e-5)

    def test_no_negative_number(self):
        for name, column in (('trade.csv', 'value_musd'), ('inputs.csv', 'share'),
                             ('tariffs.csv', 'rate'), ('economy.csv', 'value_added_musd'),
                             ('economy.csv', 'final_demand_musd')):
            for r in rows(name):
                self.assertGreaterEqual(float(r[column]), 0, (name, r))

    def test_final_demand_is_not_negative(self):
        for size in (0., .25, .5, .75, 1.):
            world = World(size)
            for key, value in world.final_demand().items():
                # sums of six-digit numbers: 1e-9 of what is bought is the rounding of doubles
                self.assertGreaterEqual(value, -1e-9 * world.spending.get(key, 0.), (size, key))

    def test_what_is_used_is_sold(self):
        for (actor, sector, k), share in self.low.share.items():
            if share > 0 and self.low.output.get((actor, sector), 0.) > 0:
                self.assertGreater(self.low.spending.get((actor, k), 0.), 0, (actor, sector, k))

    def test_input_shares_leave_value_added(self):
        total = {}
        for r in rows('inputs.csv'):
            key = r['actor'], r['sector'], r['size']
            total[key] = total.get(key, 0.) + float(r['share'])
        for key, x in total.items():
            self.assertLess(x, 1, key)

    def test_crude_feeds_refining_only(self):
        users = {r['sector'] for r in rows('inputs.csv')
                 if r['actor'] == TARGET and r['input'] == 'crude'}
        self.assertEqual(users, {'petroleum'})
        self.assertEqual(self.low.output.get((TARGET, 'crude'), 0.), 0.)

    def test_economy_states_what_follows(self):
        for size, world in (('low', self.low), ('high', self.high)):
            final = world.final_demand()
            for r in rows('economy.csv'):
                if r['size'] in ('', size):
                    got = final[r['actor'], r['sector']]
                    spent = world.spending.get((r['actor'], r['sector']), 0.)
                    # six digits are written; a difference of large numbers loses some more
                    self.assertLess(abs(float(r['final_demand_musd']) - got),
                                    1e-5 * got + 1e-9 * spent + 1e-9, r)

    def test_steel_coverage(self):
        """Coverage of the steel tariff: 970 million from China; 23,530 from the others."""
        metals = {s: x for (s, b, k), x in self.low.flow.items() if (b, k) == ('USA', 'metals')}
        measure = {r['id']: float(r['coverage']) for r in rows('measures.csv')}
        self.assertAlmostEqual(measure['us-steel-2018'], 970 / metals['CHN'], delta=5e-4)
        others = math.fsum(x for s, x in metals.items()
                           if s not in ('USA', 'CHN', 'CAN', 'MEX', TARGET))
        self.assertAlmostEqual(measure['us-steel-2018-others'], 23530 / others, delta=2e-3)


class Record(unittest.TestCase):
    """What record.csv says, against what other sources say of the same half-years."""

    @classmethod
    def setUpClass(cls):
        cls.rows = rows('record.csv')
        cls.level = {(r['part'], r['half']): tuple(float(r[c]) for c in ('low', 'value', 'high'))
                     for r in cls.rows if r['variable'] == 'enforcement'}

    def test_every_half_year_is_there(self):
        halves = ['%dH%d' % (y, h) for y in range(2016, 2020) for h in (1, 2)]
        for variable in ('stage', 'relief'):
            self.assertEqual([r['half'] for r in self.rows if r['variable'] == variable], halves)
        for part in ('minerals', 'light', 'oil', 'supplies', 'russia'):
            self.assertEqual([h for p, h in self.level if p == part], halves, part)

    def test_levels_hold_together(self):
        for key, (low, value, high) in self.level.items():
            self.assertTrue(0 <= low <= value <= high <= 1, key)

    def test_coal_alone_gives_the_level_of_minerals_within_its_share(self):
        # China's coal of 2017 by half-year, 224 and 188.7 of 1187 (KITA); coal is 1187 of the 1474
        # that is covered (ores 200 at .95, metals 129 at .75), so the level of all minerals lies
        # within what the others can add or take: their share, from nothing moved to 1.3 times 2016
        share = 1187 / (1187 + .95 * 200 + .75 * 129)
        for half, moved in (('2017H1', 224.), ('2017H2', 188.7)):
            coal = 1 - moved / (1187 / 2)
            low = share * coal + (1 - share) * (1 - 1.3)
            high = share * coal + (1 - share)
            self.assertTrue(low <= self.level['minerals', half][1] <= high, half)

    def test_trade_with_china_fell_as_much(self):
        # Chinese customs by month (Reuters): imports from North Korea by half-year, 880.3 and
        # 845.1 in 2017, 107.3 and 106.0 in 2018, against 2634.4 in 2016. Covered is 2360 of that:
        # the other 274 may have stayed or gone, 137 in a half-year; two digits of a level are 6
        covered = {'minerals': 1187 + .95 * 200 + .75 * 129.4,
                   'light': .97 * 650 + 194.8 + .95 * 66}
        for half, seen in (('2017H1', 880.3), ('2017H2', 845.1), ('2018H1', 107.3),
                           ('2018H2', 106.0)):
            missing = sum(c / 2 * self.level[p, half][1] for p, c in covered.items())
            self.assertLess(abs(2634.4 / 2 - missing - seen), 143, half)

    def test_no_test_while_frozen(self):
        # tests: 6 Jan and 9 Sep 2016, 3 Sep 2017; long-range missiles 4 and 28 Jul, 29 Nov 2017
        stage = {r['half']: r['value'] for r in self.rows if r['variable'] == 'stage'}
        for half in ('2016H1', '2016H2', '2017H2'):
            self.assertEqual(stage[half], 'armed')
        for year in (2018, 2019):
            for h in (1, 2):
                self.assertEqual(stage['%dH%d' % (year, h)], 'frozen')


class Words(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        text = plain((CASE / 'case.yaml').read_text(encoding='utf-8'))
        cls.text = text
        cls.actors = set(re.findall(r'\{id: ([\w-]+), name: [^\n]*, role:', text))
        cls.sectors = set(re.findall(r'theta: theta\.(\w+)', text))
        cls.sources = set(re.findall(r'@\w+\{([^,]+),',
                                     (CASE / 'sources.bib').read_text(encoding='utf-8')))

    def test_names(self):
        self.assertEqual(len(self.sectors), 22)
        for name in ('trade.csv', 'tariffs.csv', 'latent.csv'):
            for r in rows(name):
                self.assertIn(r['seller'], self.actors)
                self.assertIn(r['buyer'], self.actors)
                self.assertIn(r['sector'], self.sectors)
        for r in rows('measures.csv'):
            self.assertIn(r['imposer'], self.actors | {'UN'})
            for side in ('sellers', 'buyers'):
                self.assertLessEqual(set(r[side].split()), self.actors | {'*'}, r['id'])
            self.assertLessEqual(set(r['sectors'].split()), self.sectors | {'*'}, r['id'])
        for r in rows('enforcement.csv'):
            self.assertIn(r['actor'], self.actors | {'*'})
        for r in rows('hubs.csv'):
            self.assertIn(r['hub'], self.actors)
            self.assertIn(r['group'], {'minerals', 'light', 'oil', 'supplies'})

    def test_no_key_twice(self):
        for name, columns in (('trade.csv', ('seller', 'buyer', 'sector', 'size')),
                              ('inputs.csv', ('actor', 'sector', 'input', 'size')),
                              ('tariffs.csv', ('seller', 'buyer', 'sector')),
                              ('parameters.csv', ('id',)), ('measures.csv', ('id',)),
                              ('enforcement.csv', ('actor', 'group', 'year')),
                              ('hubs.csv', ('hub', 'group')),
                              ('history.csv', ('variable', 'actor', 'group', 'year')),
                              ('record.csv', ('half', 'variable', 'part'))):
            keys = [tuple(r[c] for c in columns) for r in rows(name)]
            self.assertEqual(len(keys), len(set(keys)), name)

    def test_parameters(self):
        values = {}
        for r in rows('parameters.csv'):
            value, low, high = (float(r[c]) for c in ('value', 'low', 'high'))
            self.assertTrue(low <= value <= high, r['id'])
            self.assertIn(r['distribution'], DISTRIBUTIONS)
            if r['distribution'] in ('loguniform', 'lognormal'):
                self.assertGreater(low, 0, r['id'])
            values[r['id']] = value
        named = set(re.findall(r'(?:theta|economy|game|lever|withdrawal)\.\w+(?:\.\w+)?',
                               self.text))
        for name in named:
            self.assertIn(name, values)

    def test_ranges(self):
        for r in rows('measures.csv'):
            low, value, high = (float(r[c]) for c in ('coverage_low', 'coverage', 'coverage_high'))
            self.assertTrue(0 <= low <= value <= high <= 1, r['id'])
            bounds = r['cap_musd'] + r['cap_quantity']
            self.assertEqual(r['kind'] == 'cap', bounds != '', r['id'])
            self.assertEqual(r['cap_quantity'] == '', r['unit_price_usd'] == '', r['id'])
            self.assertEqual(r['kind'] == 'cap', r['rent'] != '', r['id'])
            self.assertEqual(r['kind'] == 'tariff', r['rate'] != '', r['id'])
            self.assertIn(r['binds'], ('all', 'imposer'))
        for r in rows('enforcement.csv'):
            self.assertTrue(0 <= float(r['low']) <= float(r['level']) <= float(r['high']) <= 1, r)
        for r in rows('hubs.csv'):
            self.assertTrue(0 <= float(r['share_low']) <= float(r['share'])
                            <= float(r['share_high']), r)
            self.assertTrue(1 <= float(r['cost_low']) <= float(r['cost']) <= float(r['cost_high']))
            self.assertTrue(0 < float(r['adaptation_years_low']) <= float(r['adaptation_years'])
                            <= float(r['adaptation_years_high']), r)

    def test_prices_of_caps_are_those_of_the_base_year(self):
        """Coal to China 22.5 Mt, refined oil 4.5 m barrels, crude 520 kt in 2016."""
        units = {'coal': 22.5e6, 'petroleum': 4.5e6, 'crude': 520e3}
        trade = {s: 0.0 for s in units}
        for r in rows('trade.csv'):
            if r['sector'] in units and r['seller'] != r['buyer']:
                sold = r['seller'] == TARGET and r['buyer'] == 'CHN' and r['sector'] == 'coal'
                bought = r['buyer'] == TARGET and r['sector'] != 'coal'
                trade[r['sector']] += float(r['value_musd']) if sold or bought else 0
        for r in rows('measures.csv'):
            if r['cap_quantity']:
                price = 1e6 * trade[r['sectors']] / units[r['sectors']]
                self.assertAlmostEqual(float(r['unit_price_usd']) / price, 1, delta=.01)

    def test_dates(self):
        for r in rows('measures.csv'):
            start = datetime.date.fromisoformat(r['start'])
            if r['end']:
                effect = start + datetime.timedelta(int(r['lag_days']))
                self.assertLess(effect, datetime.date.fromisoformat(r['end']), r['id'])
        for date in re.findall(r'date: (\S+?)[,}]', self.text):
            datetime.date.fromisoformat(date)

    def test_notices_carry_the_same_coverage(self):
        measures = {r['id']: r for r in rows('measures.csv')}
        for r in measures.values():
            if r['note'].startswith('implements '):
                law = measures[r['note'].split()[1]]
                for column in ('coverage', 'coverage_low', 'coverage_high', 'sectors'):
                    self.assertEqual(r[column], law[column], r['id'])

    def test_every_source_is_known(self):
        claims = (CASE / 'claims.yaml').read_text(encoding='utf-8')
        used = set(re.findall(r'^    source: (\S+)$', claims, re.M))
        self.assertGreaterEqual(claims.count('  - id: '), 20)
        self.assertEqual(claims.count('  - id: '), len(re.findall(r'^    source: ', claims, re.M)))
        for path in sorted(CASE.glob('*.csv')) + sorted((CASE / 'source').glob('*.csv')):
            with open(path, newline='', encoding='utf-8') as f:
                for r in csv.DictReader(f):
                    if 'source' in r:
                        self.assertTrue(r['source'], (path.name, r))
                        used |= set(r['source'].split())
                        self.assertIn(r['grade'], 'ABCDE', (path.name, r))
        self.assertLessEqual(used, self.sources)

    def test_model_keys(self):
        claims = (CASE / 'claims.yaml').read_text(encoding='utf-8')
        levers = set(re.findall(r'^  - id: (\w+)$', self.text, re.M))
        known = {'pivotal_enforcer', 'limited_without_enforcer', 'more_pressure',
                 'package_moves_enforcer', 'package_moves_target', 'missing_piece'}
        for key in re.findall(r'^    model: (\S+)$', claims, re.M):
            key = key.strip('"')
            if key.startswith('lever:'):
                self.assertIn(key[6:], levers)
            else:
                self.assertIn(key, known)


if __name__ == '__main__':
    unittest.main()
