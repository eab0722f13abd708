"""fulcrum import: every format's example becomes a case that is checked and solved; nothing is lost on
the way; what is wrong is refused with its place."""
import csv
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from program import PROGRAM, ROOT, document, run

EXAMPLES = os.path.join(ROOT, "examples", "import")
WHO = ("--target", "DUN", "--sender", "ALP", "--enforcer", "BOR")
NAMED = ("--target", "Dunmark", "--sender", "Alpland", "--enforcer", "x-boria")
# name: format, table, further options
FORMATS = {
    "long": ("long", "long.csv", ("--year", "2019", "--unit", ".001", *WHO)),
    "inputs": ("long", "long.csv", ("--year", "2019", "--unit", ".001", "--inputs", "inputs.csv",
                                    "--theta", "theta.csv", *WHO)),
    "output": ("long", "trade-only.csv", ("--year", "2019", "--gross-output", "output.csv", "--inputs",
                                          "inputs.csv", *WHO)),
    "wide": ("wide", "wide.csv", ("--year", "2019", *WHO)),
    "gravity": ("gravity", "gravity.csv", ("--year", "2007", *WHO)),
    "blocks": ("blocks", "blocks", NAMED),
    "shares": ("shares", "shares", WHO),
}


def rows(*path):
    with open(os.path.join(*path), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def flows(case):
    """Sales by (seller, buyer, sector) of a written case."""
    return {(r["seller"], r["buyer"], r["sector"]): float(r["value_musd"])
            for r in rows(case, "trade.csv")}


def matrix(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return [[float(x) for x in line.replace(",", " ").split()] for line in file]


class Sandbox(unittest.TestCase):
    """A copy of the examples in a folder of its own."""

    def setUp(self):
        self.top = tempfile.mkdtemp()
        self.folder = os.path.join(self.top, "import")
        shutil.copytree(EXAMPLES, self.folder)
        self.case = os.path.join(self.top, "case")

    def tearDown(self):
        shutil.rmtree(self.top)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_import(self, name, *more):
        form, table, options = FORMATS[name]
        words = [self.path(x) if x.endswith(".csv") else x for x in options]
        return run("import", form, self.path(table), "-o", self.case, *words, *more)

    def imported(self, name, *more):
        """Import an example anew; returns the notes on standard error."""
        shutil.rmtree(self.case, ignore_errors=True)
        code, out, err = self.run_import(name, *more)
        self.assertEqual(code, 0, err)
        self.assertIn("import.md", out)
        return err

    def edit(self, name, old, new, count=1):
        with open(self.path(name), encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text.replace(old, new, count))

    def near(self, a, b, rtol):
        self.assertLessEqual(abs(a - b), rtol * abs(b) + 1e-300, f"{a} is not {b}")


class Examples(Sandbox):
    def test_every_example_is_checked_and_solved(self):
        for name in FORMATS:
            with self.subTest(name):
                self.imported(name)
                code, out, err = run("check", self.case)
                self.assertEqual(code, 0, err)
                self.assertNotIn("remark", out)
                self.assertNotIn("inventories", out)
                solved, _ = document("solve", self.case)
                self.assertTrue(solved["converged"])
                self.assertLessEqual(solved["certificate"]["max_violation"], 1e-8)
                lost = {a["id"]: a["real_income_pct"] for a in solved["actors"]}
                target = "x-dunmark" if name == "blocks" else "DUN"
                self.assertLess(lost[target], 0)
                self.assertEqual(min(lost.values()), lost[target])

    def test_the_whole_question_can_be_asked(self):
        self.imported("wide")
        for command in ("game", "leverage", "packages"):
            self.assertEqual(run(command, self.case, "--quiet")[0], 0, command)
        code, out, err = run("run", self.case, "--quiet", "--draws", "2")
        self.assertEqual(code, 0, err)

    def test_nothing_is_left_beside_the_folder(self):
        self.imported("long")
        self.assertEqual(sorted(os.listdir(self.top)), ["case", "import"])


class HowTo(Sandbox):
    def test_every_command_of_the_how_to(self):
        with open(os.path.join(ROOT, "docs", "howto", "your-own-data.md"), encoding="utf-8") as file:
            text = file.read().replace(" \\\n", " ")
        commands = [line.split() for line in text.split("\n") if line.startswith("    ./fulcrum ")]
        self.assertEqual(sum(words[1] == "import" for words in commands), 6)
        for words in commands:
            words = [os.path.join(ROOT, x) if x.startswith(("examples/", "cases/")) else
                     os.path.join(self.top, x) if x.startswith("my-") else x for x in words]
            code, _, err = run(*words[1:])
            self.assertEqual(code, 0, f"{words}: {err}")


class Totals(Sandbox):
    """What is in the case is what is in the table, by an independent reading of it. Numbers are read and
    written once each: a relative 1e-14 leaves room for their sums."""

    def test_long(self):
        self.imported("inputs")
        table = {(r["seller"], r["buyer"], r["sector"]): .001 * float(r["value"])
                 for r in rows(self.folder, "long.csv") if r["year"] == "2019"}
        case = flows(self.case)
        self.assertEqual(set(case), {k for k, v in table.items() if v > 0})
        for key, value in case.items():
            self.near(value, table[key], 1e-14)
        rates = {(r["seller"], r["buyer"], r["sector"]): float(r["tariff"])
                 for r in rows(self.folder, "long.csv") if float(r["tariff"]) > 0}
        self.assertEqual(rates, {(r["seller"], r["buyer"], r["sector"]): float(r["rate"])
                                 for r in rows(self.case, "tariffs.csv")})

    def test_output_less_exports_stays_at_home(self):
        self.imported("output")
        case = flows(self.case)
        for row in rows(self.folder, "output.csv"):
            made = sum(v for (i, _, j), v in case.items()
                       if i == row["actor"] and j == row["sector"])
            self.near(made, float(row["output"]), 1e-12)

    def test_wide(self):
        self.imported("wide")
        case, inputs = flows(self.case), rows(self.case, "inputs.csv")
        table = {r["label"]: r for r in rows(self.folder, "wide.csv")}
        cells = [label for label in table if "_" in label]
        made = {}
        for (seller, _, sector), value in case.items():
            made[f"{seller}_{sector}"] = made.get(f"{seller}_{sector}", 0) + value
        for cell in cells:
            stated = sum(float(v) for k, v in table[cell].items() if k not in ("label", "OUT"))
            self.near(made[cell], stated, 1e-12)
            self.near(made[cell], float(table["OUT"][cell]), 1e-3)   # the table has one decimal
        for row in inputs:
            user = f"{row['actor']}_{row['sector']}"
            bought = sum(float(table[c][user]) for c in cells if c.endswith("_" + row["input"]))
            self.near(float(row["share"]) * made[user], bought, 1e-12)
        for (seller, buyer, sector), value in case.items():
            bought = sum(float(v) for k, v in table[f"{seller}_{sector}"].items()
                         if k.startswith(buyer + "_"))
            self.near(value, bought, 1e-12)

    def test_gravity(self):
        notes = self.imported("gravity")
        case = flows(self.case)
        table = {(r["exporter"], r["importer"], "all"): float(r["trade"])
                 for r in rows(self.folder, "gravity.csv") if r["year"] == "2007"}
        self.assertEqual(case, table)
        self.assertRegex(notes, r"rows of other years, left out +16")
        self.assertIn("DIST, CNTG", notes)

    def test_gravity_without_domestic_trade(self):
        with open(self.path("gravity.csv"), encoding="utf-8") as file:
            lines = file.read().split("\n")
        with open(self.path("gravity.csv"), "w", encoding="utf-8") as file:
            file.write("\n".join(x for x in lines if len(set(x.split(",")[:2])) != 1 or not x))
        self.imported("gravity")
        case = flows(self.case)
        for row in rows(self.folder, "gravity.csv"):
            if row["year"] == "2007":
                made = sum(v for (i, _, _), v in case.items() if i == row["exporter"])
                self.near(made, float(row["Y"]), 1e-12)

    def test_blocks(self):
        self.imported("blocks")
        case = flows(self.case)
        ids = ["x-alpland", "x-boria", "x-caledon", "x-dunmark"]
        trade = matrix(self.folder, "blocks", "xbilat1993.txt")
        output = matrix(self.folder, "blocks", "GO.txt")
        for j, sector in enumerate(["farming", "goods"]):
            for n in range(4):
                for i in range(4):
                    if i != n and trade[4 * j + n][i] > 0:
                        self.near(case[ids[i], ids[n], sector], trade[4 * j + n][i] / 1000, 1e-14)
        for j, sector in enumerate(["farming", "goods", "services"]):
            for i in range(4):
                made = sum(v for (a, _, k), v in case.items() if a == ids[i] and k == sector)
                self.near(made, output[j][i] / 1e6, 1e-12)
        self.assertEqual({r["id"]: float(r["value"]) for r in rows(self.case, "parameters.csv")
                          if r["id"].startswith("theta.")},
                         {"theta.farming": 6, "theta.goods": 5, "theta.services": 8.22})

    def test_shares(self):
        notes = self.imported("shares")
        case = flows(self.case)
        who = ["ALP", "BOR", "CAL", "DUN"]
        share, spent = matrix(self.folder, "shares", "Din2014.txt"), matrix(self.folder, "shares", "X0.txt")
        tariff = matrix(self.folder, "shares", "tariffs2014.txt")
        for j, sector in enumerate(["farming", "goods", "services"]):
            for n in range(4):
                for i in range(4):
                    gross = share[4 * j + n][i] * spent[j][n]
                    # an actor's own sales keep what its tariff on itself takes
                    net = gross if i == n else gross / tariff[4 * j + n][i]
                    if net > 0:
                        self.near(case[who[i], who[n], sector], net, 1e-14)
        self.assertRegex(notes, r"tariffs on own sales, counted as domestic sales +1 ")
        self.assertFalse([r for r in rows(self.case, "tariffs.csv") if r["seller"] == r["buyer"]])


class Order(Sandbox):
    """Reordered rows and columns give the same case, byte for byte but for the report."""

    def read_case(self):
        found = {}
        for name in sorted(os.listdir(self.case)):
            if name != "import.md":
                with open(os.path.join(self.case, name), "rb") as file:
                    found[name] = file.read()
        return found

    def test_rows(self):
        for name, table in (("inputs", "long.csv"), ("inputs", "inputs.csv"), ("inputs", "theta.csv"),
                            ("output", "output.csv"), ("wide", "wide.csv"),
                            ("gravity", "gravity.csv")):
            with self.subTest(table):
                self.imported(name)
                before = self.read_case()
                with open(self.path(table), encoding="utf-8") as file:
                    lines = file.read().strip().split("\n")
                body = lines[1:]
                random.Random(1).shuffle(body)
                with open(self.path(table), "w", encoding="utf-8") as file:
                    file.write("\n".join([lines[0], *body]) + "\n")
                self.imported(name)
                self.assertEqual(self.read_case(), before)

    def test_columns(self):
        for name, table in (("inputs", "long.csv"), ("wide", "wide.csv"), ("gravity", "gravity.csv")):
            with self.subTest(table):
                self.imported(name)
                before = self.read_case()
                with open(self.path(table), encoding="utf-8", newline="") as file:
                    lines = list(csv.reader(file))
                order = list(range(1, len(lines[0])))
                random.Random(2).shuffle(order)
                with open(self.path(table), "w", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows(
                        [[line[k] for k in [0, *order]] for line in lines])
                self.imported(name)
                self.assertEqual(self.read_case(), before)


class Refused(Sandbox):
    def refused(self, name, *parts, status=3, more=()):
        code, out, err = self.run_import(name, *more)
        self.assertEqual(code, status, err)
        self.assertEqual(out, "")
        for part in parts:
            self.assertIn(part, err)
        self.assertEqual(os.listdir(self.top), ["import"])

    def field(self, name, row, column, value):
        """Set a field; rows count from 1 below the header. Returns line:column of it."""
        with open(self.path(name), encoding="utf-8") as file:
            lines = file.read().split("\n")
        at = lines[0].split(",").index(column)
        fields = lines[row].split(",")
        place = f"{name}:{row + 1}:{len(','.join(fields[:at])) + 1 + (at > 0)}: error: "
        fields[at] = value
        lines[row] = ",".join(fields)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        return place

    def test_numbers(self):
        for name, table, column, what in (("long", "long.csv", "value", "value"),
                                          ("inputs", "inputs.csv", "share", "share"),
                                          ("output", "output.csv", "output", "output"),
                                          ("inputs", "theta.csv", "theta", "theta"),
                                          ("wide", "wide.csv", "BOR_goods", "an input"),
                                          ("gravity", "gravity.csv", "trade", "trade")):
            row = 17 if table == "gravity.csv" else 2
            for value, says in (("-1", "is -1, expected"), ("nan", "'nan' is not a finite number"),
                                ("1e999", "is not a finite number"), ("", "is empty"),
                                ("1 000", "is not a finite number")):
                with self.subTest(table=table, value=value):
                    place = self.field(table, row, column, value)
                    self.refused(name, place + what, says)
                    shutil.copy(os.path.join(EXAMPLES, table), self.path(table))

    def test_missing_column(self):
        for name, table, column in (("long", "long.csv", "value"), ("gravity", "gravity.csv", "trade"),
                                    ("inputs", "inputs.csv", "input"), ("inputs", "theta.csv", "theta")):
            with self.subTest(table):
                self.edit(table, column, "elsewhere")
                self.refused(name, f"{table}:1:1: error: column '{column}' is missing", "--column")
                shutil.copy(os.path.join(EXAMPLES, table), self.path(table))

    def test_another_name_of_a_column(self):
        self.edit("long.csv", "value", "elsewhere")
        self.imported("long", "--column", "value=elsewhere")
        self.imported("long", "--column", "value=elsewhere", "--inputs", self.path("inputs.csv"))

    def test_unknown_rename(self):
        self.refused("long", "no column 'valeu' (did you mean 'value'?)", status=2,
                     more=("--column", "valeu=x"))

    def test_duplicates(self):
        for name, table in (("long", "long.csv"), ("inputs", "inputs.csv"), ("output", "output.csv"),
                            ("inputs", "theta.csv"), ("gravity", "gravity.csv")):
            with self.subTest(table):
                with open(self.path(table), encoding="utf-8") as file:
                    lines = file.read().strip().split("\n")
                row = 17 if table == "gravity.csv" else 1
                self.edit(table, "\n".join(lines) + "\n", "\n".join([*lines, lines[row]]) + "\n")
                self.refused(name, f"{table}:{len(lines) + 1}:1: error:", f"first in line {row + 1}")
                shutil.copy(os.path.join(EXAMPLES, table), self.path(table))

    def test_duplicate_label(self):
        self.edit("wide.csv", "\nBOR_farm,", "\nALP_farm,")
        self.refused("wide", "wide.csv:5:1: error: row 'ALP_farm' stands twice")

    def test_unknown_names(self):
        self.field("inputs.csv", 1, "actor", "ALPP")
        self.refused("inputs", "inputs.csv:2:1: error: actor 'ALPP' is not declared (did you mean 'ALP'")
        shutil.copy(os.path.join(EXAMPLES, "inputs.csv"), self.path("inputs.csv"))
        self.edit("theta.csv", "farm", "fram")
        self.refused("inputs", "theta.csv:2:1: error: sector 'fram' is not declared")

    def test_no_theta_for_a_sector(self):
        self.edit("theta.csv", "goods,5,3,9,C\n", "")
        self.refused("inputs", "theta.csv:3:1: error: no theta for sector 'goods'")

    def test_cut_short(self):
        for name, table in (("long", "long.csv"), ("wide", "wide.csv"), ("gravity", "gravity.csv")):
            with self.subTest(table):
                with open(self.path(table), "rb+") as file:
                    file.truncate(os.path.getsize(self.path(table)) // 2)
                self.refused(name, f"{table}:", "cut short")
                with open(self.path(table), "w", encoding="utf-8"):
                    pass
                self.refused(name, f"{table}:1:1: error: the file is empty")

    def test_wide_cut_at_a_line(self):
        with open(self.path("wide.csv"), encoding="utf-8") as file:
            lines = file.read().split("\n")
        with open(self.path("wide.csv"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines[:9]) + "\n")
        self.refused("wide", "wide.csv:1:", "has no row: the table was cut short")

    def test_not_square(self):
        self.edit("wide.csv", "ALP_goods,ALP_services,BOR", "ALP_goods,ALP_services2,BOR")
        self.refused("wide", "wide.csv:4:1: error: row 'ALP_services' has no column: the table is not")

    def test_unknown_row(self):
        self.edit("wide.csv", "\nVA,", "\nadded,")
        self.refused("wide", "wide.csv:15:1: error: row 'added': expected COUNTRY_SECTOR")

    def test_nothing_beneath(self):
        with open(self.path("wide.csv"), encoding="utf-8") as file:
            lines = file.read().split("\n")
        with open(self.path("wide.csv"), "w", encoding="utf-8") as file:
            file.write("\n".join(x for x in lines if not x.startswith(("VA,", "OUT,"))))
        self.refused("wide", "wide.csv:14:1: error: no row of value added")

    def test_years(self):
        form, table, options = FORMATS["long"]
        code, _, err = run("import", form, self.path(table), "-o", self.case, *options[2:])
        self.assertEqual(code, 3)
        self.assertIn("long.csv:50:1: error: the table holds several years, 2019 and 2018", err)
        self.refused("long", "no row of the year 1999", more=("--year", "1999"))

    def test_trade_alone(self):
        code, _, err = run("import", "long", self.path("trade-only.csv"), "-o", self.case, "--year",
                           "2019", *WHO)
        self.assertEqual(code, 3)
        self.assertIn("ALP sells nothing to itself", err)
        self.assertIn("--gross-output", err)

    def test_output_differs(self):
        place = self.field("gravity.csv", 18, "Y", "1")
        self.refused("gravity", place + "ALP has another Y in line 18")

    def without(self, name, drop):
        """Remove the rows of a CSV file of which `drop` says so."""
        with open(self.path(name), encoding="utf-8") as file:
            lines = file.read().split("\n")
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write("\n".join(x for x in lines if not (x and drop(x.split(",")))))

    def test_output_below_exports(self):
        """Cause and place: exports of DUN in 2007 in the table, and the output that is below them."""
        self.without("gravity.csv", lambda f: f[:2] == ["DUN", "DUN"])
        self.imported("gravity")
        shutil.rmtree(self.case)
        with open(self.path("gravity.csv"), encoding="utf-8") as file:
            table = [line.split(",") for line in file.read().strip().split("\n")]
        sold = sum(float(f[3]) for f in table if f[0] == "DUN" and f[2] == "2007")
        own = [k for k, f in enumerate(table, 1) if f[0] == "DUN" and f[2] == "2007"]
        for made in (f"{sold / 2:.6g}", "0"):
            for k in own:
                table[k - 1][4] = made
            with open(self.path("gravity.csv"), "w", encoding="utf-8") as file:
                file.write("\n".join(",".join(f) for f in table) + "\n")
            for unit in ("1", "1000"):  # numbers are those of the table
                self.refused("gravity", f"gravity.csv:{own[0]}:{len(','.join(table[own[0] - 1][:4])) + 2}:"
                             f" error: the output of DUN is {made} and its exports sum to {sold:.6g}",
                             "correct them, or add a row in which it is exporter and importer",
                             more=("--unit", unit))

    def test_an_importer_without_output(self):
        self.without("gravity.csv", lambda f: f[0] == "DUN")
        self.refused("gravity", "DUN sells nothing to itself", "or one of an export, with its output")

    def test_output_below_exports_in_every_sector(self):
        with open(self.path("output.csv"), encoding="utf-8") as file:
            lines = file.read().strip().split("\n")
        with open(self.path("output.csv"), "w", encoding="utf-8") as file:
            for line in lines:
                actor, sector, output = line.split(",")
                file.write(f"{actor},{sector},{'1e-9' if actor == 'DUN' else output}\n")
        self.refused("output", "DUN sells nothing to itself", "an output above its exports")

    def test_trade_one_way(self):
        """Of anybody, not the target alone: a place, and what to do."""
        self.without("gravity.csv", lambda f: f[1] == "CAL" and f[0] != "CAL")
        # the first row of 2007 that names it, three rows of 2006 and one of 2007 being gone
        self.refused("gravity", "gravity.csv:21:1: error: CAL buys nothing abroad but sells there",
                     "add its imports, or leave CAL out of the table")
        shutil.copy(os.path.join(EXAMPLES, "gravity.csv"), self.path("gravity.csv"))
        self.without("gravity.csv", lambda f: f[0] == "DUN" and f[1] != "DUN")
        self.refused("gravity", "error: DUN sells nothing abroad but buys there", "add its exports")

    def test_a_theta_that_is_no_number_is_no_file_either(self):
        for theta in ("nan", "inf", "-inf", "1e999"):
            self.refused("gravity", f"--theta: error: theta '{theta}' is not a finite number",
                         more=("--theta", theta))
        self.refused("gravity", "--theta: error: theta is 0, expected 1e-06..1000",
                     more=("--theta", "0"))
        self.refused("gravity", "nowhere: error: cannot be opened", more=("--theta", "nowhere"))

    def test_two_names_one_id(self):
        self.edit("long.csv", "CAL,", "Alp Land,", 100)
        self.edit("long.csv", "BOR,", "alp land,", 100)
        self.refused("long", "give the same id, x-alp-land", more=("--enforcer", "Alp Land"))

    def test_blocks_and_shares(self):
        for name, table, old, new, says in (
                ("blocks", "blocks/GO.txt", "\n", "\t1\n", "GO.txt:3:32: error: expected a finite number"),
                ("blocks", "blocks/B.txt", "0.", "x.", "B.txt:1:1: error: expected a finite number"),
                ("blocks", "blocks/regions.txt", "Boria", "Alpland", "regions.txt:2:1: error: actor"),
                ("shares", "shares/X0.txt", ",", " ", "X0.txt:1:"),
                ("shares", "shares/X0.txt", ",", ",-", "X0.txt:1:1: error: number 2 of this row is -"),
                ("shares", "shares/Din2014.txt", "0.", "0.1", "Din2014.txt:1:1: error: these shares sum"),
                ("shares", "shares/countrysample_wiod.csv", "BOR", "ALP", "wiod.csv:3:1: error: actor")):
            with self.subTest(table=table, new=new):
                self.edit(table, old, new)
                self.refused(name, says)
                shutil.copy(os.path.join(EXAMPLES, table), self.path(table))
        os.remove(self.path("shares/G.txt"))
        self.refused("shares", "G.txt: error: cannot be opened")

    def test_usage(self):
        table = self.path("wide.csv")
        for words, says in (((), "needs a format and a table"), (("wide",), "needs a format and a table"),
                            (("wdie", table, "-o", self.case), "no format 'wdie' (did you mean 'wide'"),
                            (("wide", table, "--year", "2019"), "--out is needed"),
                            (("wide", table, "-o", self.case, "--year", "2019"),
                             "--target is needed: one of ALP, BOR, CAL, DUN"),
                            (("wide", table, "-o", self.case, "--year", "2019", "--target", "DUM"),
                             "--target 'DUM' is not in the table (did you mean 'DUN'?)"),
                            (("wide", table, "-o", self.case, "--year", "2019", "--target", "DUN",
                              "--sender", "ALP", "--enforcer", "ALP"), "three different actors"),
                            (("wide", table, "-o", self.case, "--unit", "0"), "--unit '0'"),
                            (("wide", table, "-o", self.folder), "exists already")):
            with self.subTest(says):
                code, out, err = run("import", *words)
                self.assertEqual(code, 2, err)
                self.assertEqual(out, "")
                self.assertIn(says, err)
        code, _, err = run("import", "wide", table, "-o", self.case, *WHO)
        self.assertEqual(code, 3)
        self.assertIn("--year", err)

    def test_no_folder_to_write_in(self):
        code, _, err = run("import", "wide", self.path("wide.csv"), "--year", "2019", *WHO, "-o",
                           os.path.join(self.top, "none", "case"))
        self.assertEqual(code, 4)
        self.assertIn("cannot be made", err)

    def test_a_full_disk_leaves_nothing(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

        done = subprocess.run([PROGRAM, "import", "wide", self.path("wide.csv"), "--year", "2019",
                               *WHO, "-o", self.case], capture_output=True, text=True,
                              preexec_fn=limit)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("cannot be written", done.stderr)
        self.assertEqual(os.listdir(self.top), ["import"])

    def test_a_table_that_makes_no_case_leaves_nothing(self):
        # what CAL sells abroad pays for next to nothing of what it buys there
        lines = ["seller,buyer,sector,value"] + [f"{n},{n},all,10" for n in ("ALP", "BOR", "DUN")]
        lines += ["ALP,BOR,all,1", "BOR,ALP,all,1", "ALP,CAL,all,1", "CAL,ALP,all,.0005",
                  "CAL,CAL,all,1"]
        with open(self.path("long.csv"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        self.refused("long", "long.csv: error: makes no case: the benchmark transfer of CAL is 0.9995 of "
                     "its imports, above its finance limit 0.999: it needs more exports")


class Changes(Sandbox):
    """What is changed is said."""

    def test_inventories_below_zero(self):
        with open(self.path("wide.csv"), encoding="utf-8") as file:
            lines = file.read().split("\n")
        at = lines[0].split(",").index("DUN_INVNT")
        fields = lines[1].split(",")
        bought = sum(float(x) for h, x in zip(lines[0].split(","), fields) if h.startswith("DUN_"))
        fields[at] = str(float(fields[at]) - bought - 5)
        lines[1] = ",".join(fields)
        with open(self.path("wide.csv"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        notes = self.imported("wide")
        self.assertRegex(notes, r"sales below 0 \(inventories\), set to 0 +1 +100 % +-5 +0\n")
        self.assertNotIn(("ALP", "DUN", "farm"), flows(self.case))

    def test_inputs_above_output(self):
        # services of ALP use more than they make: value added below zero
        self.edit("inputs.csv", "*,services,services,0.25", "*,services,services,0.95")
        notes = self.imported("inputs")
        self.assertRegex(notes, r"inputs above output \(value added below 0\), scaled to output +4")
        self.assertEqual(run("check", self.case)[0], 0)

    def test_used_and_not_bought(self):
        self.edit("inputs.csv", "*,services,farm,0.02", "*,services,farm,0.5")
        notes = self.imported("inputs")
        self.assertRegex(notes, r"domestic sales raised to the inputs that producers use +\d")
        code, out, _ = run("check", self.case)
        self.assertEqual(code, 0)
        self.assertNotIn("inventories", out)
        self.assertNotIn("producers use more", out)


if __name__ == "__main__":
    unittest.main()
