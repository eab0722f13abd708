#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The world tables in cases/dprk-2016/source are what the maintainers' script makes of the original
ones, and keep their totals. Needs the folder named by FULCRUM_REFERENCE."""
import csv
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / 'cases' / 'dprk-2016' / 'source'
REFERENCE = pathlib.Path(os.environ.get('FULCRUM_REFERENCE') or '/nonexistent')


def rows(path):
    with open(path, newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f))


class World(unittest.TestCase):
    def test_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            script = ROOT / 'tools' / 'world' / 'make_world.py'
            subprocess.run([sys.executable, str(script), folder], check=True,
                           stdout=subprocess.DEVNULL)
            for name in ('world_flows.csv', 'world_tariffs.csv', 'world_inputs.csv',
                         'world_notes.csv'):
                self.assertEqual((SOURCE / name).read_bytes(),
                                 (pathlib.Path(folder) / name).read_bytes(), name)

    def test_spending_is_kept(self):
        """Spending at buyers' prices over the world is what X0 states: it does not depend on how
        economies and sectors are grouped."""
        text = (REFERENCE / 'wiod-2014' / 'X0.txt').read_text()
        stated = math.fsum(float(x) for x in text.replace(',', ' ').split())
        rate = {(r['seller'], r['buyer'], r['sector']): float(r['rate'])
                for r in rows(SOURCE / 'world_tariffs.csv')}
        spent = math.fsum(float(r['value_musd'])
                          * (1 + rate.get((r['seller'], r['buyer'], r['sector']), 0.))
                          for r in rows(SOURCE / 'world_flows.csv'))
        # rates are written to four decimals and left out below .0005
        self.assertAlmostEqual(spent / stated, 1, delta=1e-5)

    def test_value_added_is_near_the_stated_one(self):
        """VA_n differs from output times value-added share by inventories, up to 5 per cent."""
        iso = [r['iso'] for r in rows(REFERENCE / 'wiod-2014' / 'countrysample_wiod.csv')]
        stated = dict(zip(iso, (float(x) for x in
                                (REFERENCE / 'wiod-2014' / 'VA_n.txt').read_text().split())))
        output, used = {}, {}
        for r in rows(SOURCE / 'world_flows.csv'):
            key = r['seller'], r['sector']
            output[key] = output.get(key, 0.) + float(r['value_musd'])
        for r in rows(SOURCE / 'world_inputs.csv'):
            key = r['economy'], r['sector']
            used[key] = used.get(key, 0.) + float(r['share'])
        for economy in ('CHN', 'USA', 'KOR', 'JPN', 'RUS', 'IND', 'DEU', 'BRA'):
            added = math.fsum(x * (1 - used.get(k, 0.)) for k, x in output.items()
                              if k[0] == economy)
            self.assertLess(abs(added / stated[economy] - 1), .05, economy)


if __name__ == '__main__':
    if not (REFERENCE / 'wiod-2014').is_dir() or not (REFERENCE / 'world-2016').is_dir():
        print('skipped: FULCRUM_REFERENCE names no folder with wiod-2014 and world-2016',
              file=sys.stderr)
        sys.exit(77)
    unittest.main()
