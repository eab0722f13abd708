#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tools/advice-page: every number on the page is the document's, every question is answered."""
import copy
import csv
import json
import os
import re
import subprocess
import sys
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
TOOL = os.path.join(ROOT, 'tools', 'advice-page')
PAGE = os.path.join(ROOT, 'docs', 'where-the-advice-fails')


def parameter(name, value, low, high):
    return {'id': f'game.{name}', 'name': f'Meaning of {name}', 'unit': '%', 'value': value,
            'low': low, 'high': high}


def turned(*counts):
    ids = ('contingent', 'gifts', 'word_binds', 'no_fear_of_collapse', 'low_resolve')
    return [{'id': name, 'count': count}
            for name, count in zip(ids, counts if len(counts) == len(ids) else counts * len(ids))]


# Invented; numbers that no sentence could hold by chance.
DOCUMENT = {
    'fulcrum': {'version': '9.8.7', 'case': 'made', 'case_sha256': 'ab' * 32, 'command': 'advice',
                'seed': 4711},
    'package': {'id': 'p', 'name': 'Five Offers',
                'levers': [{'id': 'a', 'name': 'A pause'}, {'id': 'b', 'name': 'B of THAAD'}]},
    'sender': {'id': 'S', 'name': 'Senderland'},
    'target': {'id': 'T', 'name': 'Targetland'},
    'enforcer': {'id': 'E', 'name': 'Enforcia'},
    'draws': 1777, 'refused': 23,
    'margin': {'enforcement': .0137, 'freeze': .0149},
    'questions': [
        {'id': 'enforcer_unmoved', 'among': 1777, 'count': 613,
         'checked': {'draws': 881, 'count': 307},
         'thresholds': [{'parameter': parameter('f', .00831, .00211, .0293), 'side': 'above',
                         'at': .0141, 'draws': 227, 'count': 199, 'lift': 2.516}],
         'box': {'bounds': [{'parameter': parameter('f', .00831, .00211, .0293), 'low': .0157,
                             'high': None},
                            {'parameter': parameter('h0', .0313, .0107, .0719), 'low': .0331,
                             'high': .0643},
                            {'parameter': parameter('big', 1234.5, 617, 9876), 'low': None,
                             'high': 5432}],
                 'draws': 113, 'count': 106, 'density': .938, 'coverage': .345, 'lift': 2.692},
         'remedies': turned(311, 0, 3, 611, 29)},
        {'id': 'moved_without_freeze', 'among': 1164, 'count': 0,
         'checked': {'draws': 574, 'count': 0}, 'thresholds': [], 'box': None, 'remedies': turned(0)},
        {'id': 'pressure_suffices', 'among': 1777, 'count': 1777,
         'checked': {'draws': 881, 'count': 881}, 'thresholds': [], 'box': None, 'remedies': turned(0)},
    ] + [{'id': q, 'among': 1777, 'count': 53, 'checked': {'draws': 881, 'count': 23},
          'thresholds': [], 'box': None, 'remedies': turned(19)}
         for q in ('inducements_suffice', 'only_together', 'neither_works', 'backfires')],
    'certificate': {'max_violation': 1e-11},
}


def make(text):
    done = subprocess.run([sys.executable, TOOL], input=text, capture_output=True, text=True,
                          timeout=60)
    return done.returncode, done.stdout, done.stderr


def page_of(document):
    code, out, err = make(json.dumps(document))
    assert code == 0, err
    return out


def numbers_of(value):
    """Every number in a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            yield from numbers_of(child)
    elif isinstance(value, (int, float)):
        yield float(value)


def counts_of(document):
    """Pairs of counts of which a sentence may give the ratio."""
    for q in document['questions']:
        checked = q['checked']
        yield q['count'], q['among']
        yield checked['count'], checked['draws']
        for part in q['thresholds'] + ([q['box']] if q['box'] else []):
            yield part['count'], part['draws']
            yield part['count'], checked['count']
        for r in q['remedies']:
            yield r['count'], q['count']


def numerals(page):
    """Numbers in sentences: without years of the literature, references, ids, version and hash."""
    text = re.sub(r'`[^`]*`|\([^()]*(?:19|20)\d\d[^()]*\)|9\.8\.7|abababababab|\]\([^)]*\)', ' ', page)
    text = re.sub(r'\bof 100\b', ' ', text)
    return [float(x.replace(',', '')) for x in re.findall(r'-?(?:\d[\d,]*\.?\d*|\.\d+)', text)]


class Page(unittest.TestCase):
    def test_no_number_is_typed(self):
        known = {float(f'{x:.3g}') for x in numbers_of(DOCUMENT)} | set(numbers_of(DOCUMENT))
        known |= {float(round(100 * a / b)) for a, b in counts_of(DOCUMENT) if b}
        known |= {1., 99.}  # less than 1 of 100, more than 99
        found = numerals(page_of(DOCUMENT))
        self.assertGreater(len(found), 60)
        self.assertEqual([x for x in found if x not in known], [])

    def test_counts_and_shares(self):
        page = ' '.join(page_of(DOCUMENT).split())
        for text in ('613 of 1,777 draws (34 of 100)', '88 of 100 of those draws, against 35 of 100',
                     'above .0141', 'between .0331 and .0643', 'below 5430', 'stands at .00831 %',
                     '106 of 113 such draws (94 of 100). That is 35 of 100', 'none of 1,164 draws',
                     '1,777 of 1,777 draws (100 of 100)', '| 613 | 311 (51 of 100) | 0 (0 of 100) |',
                     '3 (less than 1 of 100)', '611 (more than 99 of 100)', 'seed 4711',
                     '23 further draws', 'B of THAAD', 'by no more than .0137', 'Enforcia is moved'):
            self.assertIn(text, page)

    def test_every_question_of_the_schema_has_its_words(self):
        with open(os.path.join(ROOT, 'schema', 'advice.schema.json'), encoding='utf-8') as file:
            schema = json.load(file)
        question = schema['properties']['questions']['items']['properties']
        self.assertEqual({q['id'] for q in DOCUMENT['questions']}, set(question['id']['enum']))
        remedy = question['remedies']['items']['properties']['id']['enum']
        self.assertEqual({r['id'] for r in DOCUMENT['questions'][0]['remedies']}, set(remedy))

    def test_the_page_is_what_the_tool_makes_of_the_document_beside_it(self):
        with open(PAGE + '.json', encoding='utf-8') as file:
            code, out, err = make(file.read())
        self.assertEqual((code, err), (0, ''))
        with open(PAGE + '.md', encoding='utf-8') as file:
            self.assertEqual(file.read(), out)

    def test_the_parameters_on_the_page_are_the_case_s(self):
        with open(PAGE + '.json', encoding='utf-8') as file:
            document = json.load(file)
        self.assert_valid(document)
        case = os.path.join(ROOT, 'cases', document['fulcrum']['case'], 'parameters.csv')
        with open(case, encoding='utf-8', newline='') as file:
            known = {row['id']: row for row in csv.DictReader(file)}
        for q in document['questions']:
            for p in [t['parameter'] for t in q['thresholds']] + [
                    b['parameter'] for b in (q['box'] or {'bounds': []})['bounds']]:
                self.assertEqual(p['unit'], known[p['id']]['unit'])
                self.assertEqual([p['value'], p['low'], p['high']],
                                 [float(known[p['id']][key]) for key in ('value', 'low', 'high')])

    def test_the_made_document_is_one(self):
        self.assert_valid(DOCUMENT)

    def assert_valid(self, document):
        try:
            import jsonschema
        except ImportError:
            self.skipTest('python3-jsonschema is not installed')
        store = {}
        for name in ('advice', 'common'):
            with open(os.path.join(ROOT, 'schema', name + '.schema.json'), encoding='utf-8') as file:
                store[name + '.schema.json'] = json.load(file)
        schema = store['advice.schema.json']
        resolver = jsonschema.RefResolver(schema['$id'], schema, store=store)
        jsonschema.Draft202012Validator(schema, resolver=resolver).validate(document)

    def test_what_is_no_document_is_refused(self):
        unknown = copy.deepcopy(DOCUMENT)
        unknown['questions'][0]['id'] = 'unheard_of'
        headless = copy.deepcopy(DOCUMENT)
        del headless['fulcrum']
        for text in ('', '{', '[]', '3', json.dumps(unknown), json.dumps(headless)):
            code, out, err = make(text)
            self.assertEqual((code, out), (3, ''), text[:20])
            self.assertIn('standard input: not ', err)
            self.assertNotIn('Traceback', err)

    def test_lines_are_short(self):
        long = [line for line in page_of(DOCUMENT).splitlines()
                if len(line) > 110 and not line.startswith('|')]
        self.assertEqual(long, [])


if __name__ == '__main__':
    unittest.main()
