"""Bad input and bad usage: refused with position and remedy, the promised exit status, no crash."""
import fcntl
import os
import pty
import re
import resource
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from program import DPRK, DUEL, PROGRAM, ROOT, TRIANGLE, run

COMMANDS = ["run", "solve", "leverage", "rank", "coalition", "packages", "advice", "game", "history",
            "check", "import", "bench"]


class BadInput(unittest.TestCase):
    """One thing changed in a copy of the teaching case."""

    def setUp(self):
        self.folder = os.path.join(tempfile.mkdtemp(), "case")
        shutil.copytree(TRIANGLE, self.folder)

    def tearDown(self):
        shutil.rmtree(os.path.dirname(self.folder))

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def edit(self, name, old, new, count=1):
        text = self.read(name)
        self.assertIn(old, text)
        self.write(name, text.replace(old, new, count))

    def edit_field(self, name, row, column, value):
        """Set a field of a CSV file; rows count from 1 below the header."""
        lines = self.read(name).split("\n")
        at = lines[0].split(",").index(column)
        fields = lines[row].split(",")
        fields[at] = value
        lines[row] = ",".join(fields)
        self.write(name, "\n".join(lines))

    def refused(self, *parts, status=3):
        code, out, err = run("check", self.folder)
        self.assertEqual(code, status, err)
        self.assertEqual(out, "")
        for part in parts:
            self.assertIn(part, err)

    def test_the_case_itself_is_accepted(self):
        self.assertEqual(run("check", self.folder)[0], 0)

    def test_missing_column(self):
        self.edit("trade.csv", "value_musd", "worth")
        self.refused("trade.csv:1:", "column 'worth' is not known")
        self.edit("trade.csv", "seller,", "", 1)
        self.refused("trade.csv:1:")

    def test_missing_column_is_named(self):
        lines = [line.split(",") for line in self.read("trade.csv").strip().split("\n")]
        at = lines[0].index("sector")
        self.write("trade.csv", "\n".join(",".join(f[:at] + f[at + 1:]) for f in lines) + "\n")
        self.refused("trade.csv:1:1", "column 'sector' is missing")

    def test_negative_flow(self):
        self.edit_field("trade.csv", 2, "value_musd", "-1")
        self.refused("trade.csv:3:", "value_musd is -1, expected 0..")

    def test_nan(self):
        self.edit_field("trade.csv", 2, "value_musd", "nan")
        self.refused("trade.csv:3:", "'nan' is not a finite number")

    def test_infinity(self):
        self.edit_field("trade.csv", 2, "value_musd", "1e999")
        self.refused("trade.csv:3:", "is not a finite number")

    def test_unknown_actor(self):
        self.edit_field("trade.csv", 2, "seller", "QQQ")
        self.refused("trade.csv:3:1", "actor 'QQQ' is not declared")

    def test_near_name(self):
        self.edit("case.yaml", "actors:", "actorz:")
        self.refused("case.yaml:", "key 'actorz'", "did you mean 'actors'")

    def test_duplicate_key(self):
        self.edit("case.yaml", "base_year:", "title: again\nbase_year:")
        self.refused("case.yaml:", "key 'title' stands twice")

    def test_duplicate_row(self):
        text = self.read("trade.csv").strip().split("\n")
        self.write("trade.csv", "\n".join(text + [text[1]]) + "\n")
        self.refused(f"trade.csv:{len(text) + 1}:", "repeats an earlier one")

    def test_sector_without_suppliers(self):
        lines = self.read("trade.csv").strip().split("\n")
        header = lines[0].split(",")
        buyer, sector = header.index("buyer"), header.index("sector")
        inputs = self.read("inputs.csv").strip().split("\n")
        names = inputs[0].split(",")
        first = inputs[1].split(",")
        actor, used = first[names.index("actor")], first[names.index("input")]
        kept = [line for line in lines if not (line.split(",")[buyer] == actor and
                                               line.split(",")[sector] == used)]
        self.write("trade.csv", "\n".join(kept) + "\n")
        self.refused(actor, used, "supplier")

    def test_truncated_files(self):
        for name in ("case.yaml", "trade.csv", "parameters.csv", "measures.csv"):
            whole = self.read(name)
            self.write(name, whole[:len(whole) // 2 - 3])
            self.refused(name if name != "parameters.csv" else "", status=3)
            self.write(name, whole)

    def test_open_quote(self):
        last = len(self.read("hubs.csv").strip().split("\n")) - 1
        self.edit_field("hubs.csv", last, "note", '"without an end')
        self.refused(f"hubs.csv:{last + 1}:", "never closed")

    def test_parameter_without_source_or_grade(self):
        self.edit_field("parameters.csv", 1, "source", "")
        self.refused("parameters.csv:2:", "source is missing")
        self.edit_field("parameters.csv", 1, "source", "nobody")
        self.refused("source 'nobody' is not declared")

    def test_parameter_with_bad_grade(self):
        self.edit_field("parameters.csv", 1, "grade", "F")
        self.refused("parameters.csv:2:", "grade 'F'")

    def test_parameter_out_of_its_range(self):
        self.edit_field("parameters.csv", 1, "low", "1e6")
        self.refused("parameters.csv:2:", "low")

    def test_empty_folder(self):
        for name in os.listdir(self.folder):
            os.remove(os.path.join(self.folder, name))
        self.refused("case.yaml")

    def test_missing_folder(self):
        shutil.rmtree(self.folder)
        os.makedirs(os.path.dirname(self.folder), exist_ok=True)
        code, _, err = run("check", self.folder)
        self.assertEqual(code, 3)
        self.assertIn(self.folder, err)

    def test_empty_file(self):
        self.write("trade.csv", "")
        self.refused("trade.csv:1:1", "empty")

    def test_anchor_tag_directive_second_document(self):
        whole = self.read("case.yaml")
        for text in ("a: &x 1\n", "a: !!str 1\n", "%YAML 1.1\n---\na: 1\n", "a: 1\n---\nb: 2\n",
                     "a: [1, 2\n", "\t- x\n", "a: \x01\n"):
            self.write("case.yaml", text)
            self.refused("case.yaml:")
        self.write("case.yaml", whole)

    def test_windows_line_ends_and_byte_order_mark(self):
        text = self.read("trade.csv")
        self.write("trade.csv", "\ufeff" + text.replace("\n", "\r\n"))
        self.assertEqual(run("check", self.folder)[0], 0)


class Usage(unittest.TestCase):
    def test_alone_it_teaches(self):
        code, out, _ = run()
        self.assertEqual(code, 0)
        self.assertEqual(COMMANDS, re.findall(r"^  (\w+) +\S", out, re.MULTILINE)[:len(COMMANDS)])
        for example in re.findall(r"^  fulcrum (\w+) ", out, re.MULTILINE):
            self.assertIn(example, COMMANDS)

    def test_every_command_has_help_and_a_place_in_the_manual(self):
        with open(os.path.join(ROOT, "man", "fulcrum.1"), encoding="utf-8") as file:
            manual = file.read()
        known = set()
        for word in COMMANDS:
            code, out, _ = run(word, "--help")
            self.assertEqual(code, 0)
            self.assertIn("usage: fulcrum " + word, out)
            self.assertIn(f"\n.It Cm {word}\n", manual)
            known |= {line.split()[0] for line in out.splitlines() if line.startswith("  --")}
            for line in out.splitlines():
                self.assertLessEqual(len(line), 100, f"{word}: {line}")
        described = {"-" + option for line in manual.splitlines() if line.startswith(".It Fl -")
                     for option in re.findall(r"Fl (-[a-z-]+)", line)}
        self.assertEqual(described, known)

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_the_manual_is_well_formed(self):
        done = subprocess.run(["mandoc", "-T", "lint", os.path.join(ROOT, "man", "fulcrum.1")],
                              capture_output=True, text=True)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_usage_errors(self):
        cases = [
            (["sovle", TRIANGLE], "did you mean 'solve'"),
            (["solve"], "needs a case folder"),
            (["solve", TRIANGLE, "--jason"], "did you mean '--json'"),
            (["solve", TRIANGLE, "--regime", "nowhere"], "regime 'nowhere'"),
            (["packages", TRIANGLE, "--require", "enforce=80"], "expected enforce=N/100"),
            (["packages", TRIANGLE, "--require", "freeze=0/100"], "N above 0"),
            (["packages", TRIANGLE, "--level", "1.5"], "--level '1.5'"),
            (["packages", TRIANGLE, "--draws", "4"], "--draws goes with --require"),
            (["packages", TRIANGLE, "--require", "freeze=50/100", "--seed", "2"],
             "--seed goes with --draws"),
            (["packages", TRIANGLE, "--require", "enforce=50/100", "--level", ".6"],
             "--level goes with --require enforce=N/100 and --draws"),
            (["packages", TRIANGLE, "--require", "freeze=50/100", "--draws", "4", "--level", ".5"],
             "--level goes with --require enforce=N/100 and --draws"),
            (["run", TRIANGLE, "--seed", "9223372036854775808"],
             "expected a whole number from 0 to 9223372036854775807"),
            (["run", TRIANGLE, "--seed", "-1"], "expected a whole number from 0"),
            (["run", TRIANGLE, "--draws", "99999999999999999999"],
             "expected a whole number from 1 to 1000000"),
            (["import", "long", "x.csv", "--year", "-99999999999999999999"], "from 1900 to 2198"),
            (["game", TRIANGLE, "--order", "backwards"], "expected 'reverse'"),
            (["game", TRIANGLE, "--explain", "x-enforcr"], "(did you mean 'x-enforcer'?)"),
            (["game", TRIANGLE, "--simultaneous", "--explain", "x-enforcer"],
             "not explained one by one"),
            (["game", TRIANGLE, "--simultaneous", "--perfect"], "no answer at infinite precision"),
            (["game", TRIANGLE, "--package", "duties"], "--stick adds all of them"),
            (["game", TRIANGLE, "--package", "words+aidd"], "(did you mean 'aid'?)"),
            (["game", TRIANGLE, "--with", "sales"], "no part of enforcement that the case holds"),
            (["game", DPRK, "--with", "russia+crud"], "(did you mean 'crude'?)"),
            (["game", TRIANGLE, "--regime", "mor"], "did you mean 'more'"),
            (["packages", TRIANGLE, "--regime", "old", "--date", "2022-06-01"], "exclude each other"),
            (["game", TRIANGLE, "--tree", "--json"], "take one of them"),
            (["bench", "--rows", "case,nafto"], "no row 'nafto' (did you mean 'nafta'?)"),
            (["solve", TRIANGLE, "--date", "2018-02-30"], "is not a date"),
            (["solve", TRIANGLE, "--set", "game.lambada=1"], "did you mean 'game.lambda'"),
            (["solve", TRIANGLE, "--set", "game.lambda=much"], "not a finite number"),
            (["solve", TRIANGLE, "--enforce", "QQQ=1"], "actor 'QQQ'"),
            (["solve", TRIANGLE, "--productivity", "x-target"], "a name, '=' and a value"),
            (["solve", TRIANGLE, "--productivity", "x-target.mineral=2"], "did you mean 'minerals'"),
            (["solve", TRIANGLE, "--productivity", "x-target.minerals=0"],
             "factor '0', expected 1e-06 to 1e+06"),
            (["solve", TRIANGLE, "--productivity", "x-target=30%"], "factor '30%', expected 1e-06"),
            (["solve", TRIANGLE, "--productivity", "x-target=1e300"], "expected 1e-06 to 1e+06"),
            (["solve", TRIANGLE, "--productivity", "x-target=1e-300"], "expected 1e-06 to 1e+06"),
            (["rank", TRIANGLE, "--base", "none", "--productivity", "x-target=2"],
             "--base none excludes"),
            (["leverage", TRIANGLE, "--threads", "0"], "whole number"),
            (["game", TRIANGLE, "--package", "nothing-like-it"], "no package and no lever"),
            (["rank", TRIANGLE, "--mu", "0"], "expected a number above 0"),
            (["rank", TRIANGLE, "--top", "-1"], "whole number"),
            (["rank", TRIANGLE, "--base", "nothing"], "expected 'none'"),
            (["rank", TRIANGLE, "--base", "none", "--regime", "new"], "excludes --regime"),
            (["rank", TRIANGLE, "--base", "none", "--enforce", "x-enforcer=1"], "excludes --regime"),
            (["coalition", TRIANGLE, "--members", "x-sender,x-enforcr"], "did you mean 'x-enforcer'"),
            (["coalition", TRIANGLE, "--members", "x-sender,x-target"], "x-target, is no member"),
            (["coalition", TRIANGLE, "--members", "x-sender,x-sender"], "stands twice"),
            (["coalition", TRIANGLE, "--members", "x-sender"], "expected 2.."),
            (["solve", TRIANGLE, "--actor", "x-sender"], "goes with --decompose"),
            (["solve", TRIANGLE, "--decompose", "--actor", "x-sendr"], "did you mean 'x-sender'"),
        ]
        for args, part in cases:
            code, out, err = run(*args)
            self.assertEqual(code, 2, f"{args}: {err}")
            self.assertIn(part, err)
            self.assertEqual(out, "")

    def test_check_refuses_what_a_game_would(self):
        """Before anything is solved, by the same words and exit status."""
        for value in ("game.lambda=-1", "game.growth=1e300", "game.ebar=3", "lever.aid.cost_s=1e16"):
            refused = run("check", TRIANGLE, "--set", value)
            self.assertEqual(refused[:2], (3, ""))
            self.assertEqual(run("game", TRIANGLE, "--package", "all", "--quiet", "--set", value),
                             refused)
        code, _, err = run("check", TRIANGLE, "--set", "game.relief_freeze=2")
        self.assertEqual(code, 3)
        self.assertIn("game.relief_freeze is 2, expected 0..1", err)

    def test_a_shock_that_numbers_cannot_follow(self):
        """Each factor can be held; what it does to prices, to the power of theta, cannot."""
        for factor in ("1e-6", "1e-5", "1e-4", "1e-3"):
            code, out, err = run("solve", TRIANGLE, "--productivity", "x-target=" + factor)
            self.assertEqual((code, out), (1, ""))
            self.assertNotIn("nan", err)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_a_full_disk_is_noticed(self):
        for args in (["solve", TRIANGLE], ["solve", TRIANGLE, "--json"], ["check", TRIANGLE],
                     ["packages", TRIANGLE, "--json"], ["game", TRIANGLE, "--horizon", "2", "--tree"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([PROGRAM, *args], stdout=full, stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertEqual(done.stderr, "fulcrum: standard output cannot be written\n")

    def test_interrupt(self):
        """Sent to the one process, as kill does; a terminal sends it to what bench forks, too."""
        for args, wait in ((["run", TRIANGLE, "--draws", "100000"], 2),
                           (["bench", "--rows", "product-1e6"], 0.5)):
            process = subprocess.Popen([PROGRAM, *args], stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            time.sleep(wait)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 130, err)
            self.assertEqual(out, "")
            self.assertRegex(err, "^fulcrum: interrupted: (after|before) (?!.*interrupted).*\n$")

    def test_a_bar_is_for_terminals_and_no_error_stands_behind_it(self):
        """In a pipe nothing is shown (see test_interrupt); on a terminal the bar is gone before the
        message comes, and --quiet shows none."""
        for quiet in ([], ["--quiet"]):
            main, terminal = pty.openpty()
            self.addCleanup(os.close, main)
            process = subprocess.Popen([PROGRAM, "run", TRIANGLE, "--draws", "100000", *quiet],
                                       stdout=subprocess.DEVNULL, stderr=terminal)
            os.close(terminal)
            shown = b"" if quiet else os.read(main, 4096)
            time.sleep(2)
            process.send_signal(signal.SIGINT)
            while process.poll() is None or select.select([main], [], [], 0.1)[0]:
                try:
                    shown += os.read(main, 4096)
                except OSError:  # the other end is closed
                    break
            self.assertEqual(process.wait(), 130)
            *bars, message = shown.decode().replace("\r\n", "\n").split("\r")
            self.assertTrue(message.startswith("fulcrum: interrupted"), shown[-300:])
            self.assertEqual(any("#" in bar for bar in bars), not quiet)


class Writes(unittest.TestCase):
    """A file that cannot be written in full is no fault of the input; the error names it and says why,
    and nothing is left behind."""

    COMMANDS = [["run", TRIANGLE, "--draws", "2", "--keep-draws"], ["game", DUEL, "--efg"],
                ["game", DUEL, "--svg"]]

    def setUp(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        self.folder = room.name
        self.path = os.path.join(room.name, "file")

    def refused(self, args, path, reason, **how):
        done = subprocess.run([PROGRAM, *args, path], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, **how)
        self.assertEqual(done.returncode, 4, f"{args}: {done.stderr}")
        self.assertEqual(done.stderr, f"{path}: error: cannot be written: {reason}\n")
        self.assertEqual(done.stdout, "")

    def test_it_is_written_where_it_can_be(self):
        for args in self.COMMANDS:
            self.assertEqual(run(*args, self.path)[0], 0)
            self.assertEqual(os.listdir(self.folder), ["file"])
            self.assertGreater(os.path.getsize(self.path), 0)

    def test_behind_a_link_the_file_is_replaced_and_the_link_stays(self):
        """A chain of links across folders, whose end is there or not yet."""
        os.makedirs(os.path.join(self.folder, "a", "b"))
        end = os.path.join(self.folder, "a", "end")
        os.symlink("../end", os.path.join(self.folder, "a", "b", "second"))
        os.symlink(os.path.join("a", "b", "second"), self.path)
        for args in self.COMMANDS:
            for old in (False, True):
                self.assertEqual(os.path.exists(end), old)
                self.assertEqual(run(*args, self.path)[0], 0)
                self.assertTrue(os.path.islink(self.path))
                self.assertFalse(os.path.islink(end))
                self.assertEqual(sorted(os.listdir(os.path.join(self.folder, "a"))), ["b", "end"])
                self.assertGreater(os.path.getsize(end), 0)
            os.remove(end)

    def test_links_that_go_round(self):
        os.symlink("file", self.path)
        for args in self.COMMANDS:
            self.refused(args, self.path, "Too many levels of symbolic links")
            self.assertEqual(os.listdir(self.folder), ["file"])

    def test_a_pipe_is_written_to_and_stays_one(self):
        plain = os.path.join(self.folder, "plain")
        os.mkfifo(self.path)
        for args in self.COMMANDS:
            self.assertEqual(run(*args, plain)[0], 0)
            with open(plain, "rb") as file:
                expected = file.read()
            os.remove(plain)
            with subprocess.Popen([PROGRAM, *args, self.path], stdout=subprocess.DEVNULL) as process:
                with open(self.path, "rb") as pipe:
                    self.assertEqual(pipe.read(), expected)
            self.assertEqual(process.returncode, 0)
            self.assertTrue(stat.S_ISFIFO(os.stat(self.path).st_mode))
            self.assertEqual(os.listdir(self.folder), ["file"])

    @unittest.skipUnless(hasattr(fcntl, "F_SETPIPE_SZ"), "the size of a pipe cannot be set")
    def test_a_pipe_whose_reader_leaves(self):
        """The picture does not fit into the pipe: the reader leaves before it is written."""
        os.mkfifo(self.path)
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
        with subprocess.Popen([PROGRAM, "game", DUEL, "--svg", self.path], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            select.select([reader], [], [], 60)
            os.close(reader)
            out, err = process.communicate()
        self.assertEqual(process.returncode, 4, err)
        self.assertEqual(err, f"{self.path}: error: cannot be written: Broken pipe\n")
        self.assertEqual(out, "")
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path).st_mode))

    def test_missing_folder(self):
        for args in self.COMMANDS:
            self.refused(args, os.path.join(self.folder, "nowhere", "file"),
                         "No such file or directory")

    def test_a_folder_in_the_way(self):
        os.mkdir(self.path)
        for args in self.COMMANDS:
            self.refused(args, self.path, "Is a directory")
            self.assertEqual(os.listdir(self.folder), ["file"])

    def test_a_name_too_long(self):
        for args in self.COMMANDS:
            code, _, err = run(*args, os.path.join(self.folder, "x" * 5000))
            self.assertEqual(code, 4, err)
            self.assertIn("cannot be written: File name too long", err)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no device that is always full")
    def test_full_disk(self):
        for args in self.COMMANDS:
            os.symlink("/dev/full", self.path + ".part")
            self.refused(args, self.path, "No space left on device")
            self.assertEqual(os.listdir(self.folder), [])

    def test_an_old_file_outlives_a_new_one_that_may_not_grow(self):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write("old")
        for args in self.COMMANDS:
            for limit in (0, 100):
                self.refused(args, self.path, "File too large", preexec_fn=lambda:
                             resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
                self.assertEqual(os.listdir(self.folder), ["file"])
                with open(self.path, encoding="utf-8") as file:
                    self.assertEqual(file.read(), "old")


if __name__ == "__main__":
    unittest.main()
