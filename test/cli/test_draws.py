# SPDX-License-Identifier: MIT
"""Draws that are kept with a case: read where they belong, drawn anew where they do not."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

FULCRUM = os.environ['FULCRUM']
TRIANGLE = os.path.join(os.environ['FULCRUM_ROOT'], 'cases', 'triangle')


class Run(unittest.TestCase):
    COMMAND, FILE, DRAWS, PLACE = 'run', 'draws.json', 4, 1   # v(all)

    def make(self, folder, *options):
        return subprocess.run([FULCRUM, self.COMMAND, folder, '--draws', str(self.DRAWS), '--json',
                               *options], capture_output=True, check=True).stdout

    def setUp(self):
        self.room = tempfile.TemporaryDirectory()
        self.addCleanup(self.room.cleanup)
        self.case = os.path.join(self.room.name, 'triangle')
        shutil.copytree(TRIANGLE, self.case)
        self.kept = os.path.join(self.case, self.FILE)
        self.drawn = self.make(self.case, '--keep-draws', self.kept)

    def change(self, change):
        with open(self.kept, encoding='utf-8') as file:
            document = json.load(file)
        change(document)
        with open(self.kept, 'w', encoding='utf-8') as file:
            json.dump(document, file)

    def test_kept_draws_say_what_drawn_ones_say(self):
        self.assertEqual(self.make(self.case), self.drawn)

    def test_they_are_read(self):
        def change(document):
            for row in document['draws']:
                row[self.PLACE] = 77.0
        self.change(change)
        self.assertNotEqual(self.make(self.case), self.drawn)

    def test_fewer_than_asked_for_are_drawn_anew(self):
        self.change(lambda document: document.update(draws=document['draws'][1:]))
        self.assertEqual(self.make(self.case), self.drawn)

    def test_those_of_other_circumstances_are_not_read(self):
        def spoil(document):
            for row in document['draws']:
                row[self.PLACE] = 77.0
        for change in (lambda d: d['fulcrum'].update(case_sha256='0' * 64),
                       lambda d: d['fulcrum'].update(seed=2),
                       lambda d: d['fulcrum'].update(command='rank'),
                       lambda d: d['fulcrum'].update(version='0'),
                       lambda d: d.update(package='words')):
            with self.subTest(change=change):
                self.make(self.case, '--keep-draws', self.kept)
                self.change(lambda document: (spoil(document), change(document)))
                self.assertEqual(self.make(self.case), self.drawn)

    def test_a_file_that_is_none_is_not_read(self):
        for text in ('', '{', '[]', '{"draws": "none"}'):
            with self.subTest(text=text), open(self.kept, 'w', encoding='utf-8') as file:
                file.write(text)
            self.assertEqual(self.make(self.case), self.drawn)


class Advice(Run):
    COMMAND, FILE, DRAWS, PLACE = 'advice', 'advice-draws.json', 8, 9   # freeze, both


if __name__ == '__main__':
    unittest.main()
