"""--output: the tables say what the document says, read back by readers that are not ours; the same
bytes again; and a file that cannot be written in full is an error that leaves nothing behind."""
import csv
import json
import os
import re
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml
import zipfile

sys.path.insert(0, os.path.dirname(__file__))
from program import DUEL, PROGRAM, ROOT, TRIANGLE, document, run

COMMANDS = {
    "run": ["run", TRIANGLE, "--draws", "4"],
    "solve": ["solve", TRIANGLE, "--date", "2022-06-15", "--flows", "--balanced", "--decompose",
              "--productivity", "x-others.goods=1.05"],
    "leverage": ["leverage", TRIANGLE, "--date", "2022-06-15"],
    "rank": ["rank", TRIANGLE, "--date", "2022-06-15", "--joint", "--top", "4"],
    "coalition": ["coalition", TRIANGLE],
    "packages": ["packages", TRIANGLE, "--require", "enforce=60/100"],
    "advice": ["advice", TRIANGLE, "--draws", "6"],
    "game": ["game", TRIANGLE, "--package", "all", "--flips", "--explain", "x-enforcer"],
    "history": ["history", TRIANGLE],
}
SUFFIXES = (".csv", ".dta", ".sqlite", ".xlsx")
# The document is printed with twelve digits: half a unit of the last is at most 5e-12 of the
# number. The tables hold the sixteen or seventeen that a double has.
TOLERANCE = 5.1e-12

PANDAS = """
import json, sys
from pandas.io.stata import StataReader
out = {}
for path in sys.argv[1:]:
    reader = StataReader(path)
    frame = reader.read()
    rows = [[None if x is None or x != x or x == "" else x.item() if hasattr(x, "item") else x
             for x in row] for row in frame.itertuples(index=False)]
    out[path] = {"columns": list(frame.columns), "rows": rows, "label": reader.data_label,
                 "labels": reader.variable_labels(), "stamp": reader.time_stamp}
print(json.dumps(out))
"""


def python_with_pandas():
    for python in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(python) and subprocess.run([python, "-c", "import pandas"],
                                                     capture_output=True).returncode == 0:
            return python
    return None


# ---- readers: {table: list of {column: value}}, missing is None ----

def read_csv(folder):
    tables = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, strict=True))
        tables[re.fullmatch(r"x-(.*)\.csv", name).group(1)] = [
            dict(zip(rows[0], [value or None for value in row], strict=True)) for row in rows[1:]]
    types = {(c["table_name"], c["column_name"]): c["type"] for c in tables["columns"]}
    for table, rows in tables.items():
        for row in rows:
            for column, value in row.items():
                if value is not None and types.get((table, column)) == "real":
                    row[column] = float(value)
                elif value is not None and types.get((table, column)) == "integer":
                    row[column] = int(value)
    return tables


def read_sqlite(folder):
    base = sqlite3.connect(os.path.join(folder, "x.sqlite"))
    base.row_factory = sqlite3.Row
    assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    names = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = {name: [dict(row) for row in base.execute(f'SELECT * FROM "{name}" ORDER BY rowid')]
              for name in names}
    base.close()
    return tables


def read_xlsx(folder):
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    tables = {}
    with zipfile.ZipFile(os.path.join(folder, "x.xlsx")) as book:
        assert book.testzip() is None
        strings = ["".join(t.text or "" for t in item.iter(main + "t"))
                   for item in xml.fromstring(book.read("xl/sharedStrings.xml"))]
        sheets = xml.fromstring(book.read("xl/workbook.xml")).find(main + "sheets")
        for number, sheet in enumerate(sheets, 1):
            rows = []
            content = xml.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            for row in content.iter(main + "row"):
                cells = {}
                for cell in row:
                    letters = re.match("[A-Z]+", cell.get("r")).group()
                    at = 0
                    for letter in letters:
                        at = 26 * at + ord(letter) - ord("A") + 1
                    text = cell.find(main + "v").text
                    cells[at - 1] = strings[int(text)] if cell.get("t") == "s" else float(text)
                rows.append(cells)
            header = [rows[0][c] for c in range(len(rows[0]))]
            tables[sheet.get("name")] = [
                {name: row.get(c) for c, name in enumerate(header)} for row in rows[1:]]
    return tables


def read_stata(folder, python):
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    done = subprocess.run([python, "-c", PANDAS, *paths], capture_output=True, text=True,
                          check=True)
    raw = {re.fullmatch(r"x-(.*)\.dta", os.path.basename(path)).group(1): value
           for path, value in json.loads(done.stdout).items()}
    tables = {name: [dict(zip(t["columns"], row, strict=True)) for row in t["rows"]]
              for name, t in raw.items()}
    return tables, raw


# ---- what the tables should hold, from the document ----

def game(row):
    out = {key: row[key] for key in (
        "enforcement_mean", "enforcement_armed", "enforces", "restart_given_accommodation",
        "honour_given_compliance", "snapback_given_restart", "sender_cost_pct_gdp",
        "target_real_income_pct")}
    out.update(row["outcomes"])
    out.update({"ever_" + key: value for key, value in row["ever"].items()})
    out["enforcer_slack_pct_gdp"] = row["enforcer_slack"]
    return out


def enforcer(row):
    names = {"id": "enforcer", "slack": "slack_pct_gdp"}
    return {names.get(key, key): value for key, value in row.items()}


def by_actor(rows):
    return [{("actor" if k == "id" else k): v for k, v in row.items()} for row in rows]


def productivity(d):
    return {"productivity": d["productivity"],
            "shocks": [{("shock" if k == "id" else k): v for k, v in row.items()}
                       for row in d["shocks"]]}


def expect_solve(d):
    made = d["decomposition"]
    exact, first, parts = made["exact"], made["first_order"], made["attribution"]
    return {
        "actors": by_actor(d["actors"]),
        "measures": d["measures"], "caps": d["caps"], "flows": d["flows"],
        **productivity(d),
        "baseline": by_actor(d["baseline"]["actors"]),
        "baseline_summary": [{"change": d["baseline"]["change"], **d["baseline"]["certificate"]}],
        "decomposition": [{"actor": made["actor"], **exact, "formula": first["formula"],
                           "terms_of_trade_pct": first["terms_of_trade_pct"],
                           "volume_of_trade_pct": first["volume_of_trade_pct"],
                           "first_order_welfare_pct": first["welfare_pct"],
                           **{k: v for k, v in parts.items() if k not in ("measures", "groups", "shocks")},
                           **made["certificate"]}],
        "effects": [{"part": part, **row} for part in ("measure", "group", "shock")
                    for row in parts[part + "s"]],
        "partners": first["by"],
        "summary": [{"converged": True, "iterations": d["iterations"], "residual": d["residual"],
                     "max_violation": d["certificate"]["max_violation"]}]}


def expect_leverage(d):
    return {
        "members": by_actor(d["members"]),
        **productivity(d),
        "summary": [{**{key: d[key] for key in ("regime", "date", "measure", "grand_loss_pct",
                                                "exact", "solves")},
                     "max_violation": d["certificate"]["max_violation"]}]}


def bite(b, prefix=""):
    """A bite without who bears its cost; nothing of it is known where it is None."""
    return {prefix + column: b and b[key] for column, key in (
        ("bite", "bite"), ("cost_musd", "cost"), ("bite_per_cost", "bite_per_cost"),
        ("score", "score"))}


def bearers(named):
    """Who bears what, of bites with what they are of."""
    return [{**of, "actor": c["id"], "cost_musd": c["cost"]}
            for of, b in named if b for c in b["costs"]]


def expect_rank(d):
    rows, joint = d["measures"], d["joint"]
    return {
        "measures": [{"measure": m["id"], **{key: m[key] for key in (
                          "seller", "buyer", "sector", "base_musd", "value_musd", "state",
                          "pays_for_itself")}, **bite(m), **bite(m["exact"], "exact_")}
                     for m in rows],
        "costs": bearers([({"measure": m["id"], "estimate": "first_order"}, m) for m in rows] +
                         [({"measure": m["id"], "estimate": "exact"}, m["exact"]) for m in rows]),
        "joint": [{"state": joint["state"], **bite(joint["sum"], "sum_"),
                   **bite(joint["together"], "together_")}],
        **productivity(d),
        "joint_costs": bearers([({"closed": "sum"}, joint["sum"]),
                                ({"closed": "together"}, joint["together"])]),
        "summary": [{**{key: d[key] for key in ("base", "regime", "measure", "mu", "one_sided",
                                                "target_real_income_pct", "asked")},
                     **d["certificate"]}]}


def expect_coalition(d):
    return {
        "members": [{"actor": m["id"], "outside_loss_pct": m["outside_loss_pct"],
                     "keeping_transfer_musd": m["keeping_transfer_musd"]} for m in d["members"]],
        "losses": [{"actor": m["id"], "sharing": sharing, **loss}
                   for m in d["members"] for sharing, loss in m["sharing"].items()],
        "totals": [{"sharing": sharing, **total} for sharing, total in d["totals"].items()],
        "summary": [{**{key: d[key] for key in ("regime", "measure", "keeping_transfers_musd",
                                                "solves")}, **d["certificate"]}]}


def expect_packages(d):
    corners = [("central", d["corners"]), ("long_horizon", d["corners_long_horizon"]),
               ("lambda_fifth", d["corners_lambda_fifth"]),
               ("lambda_fivefold", d["corners_lambda_fivefold"]),
               ("all_moving", d["corners_all_moving"]),
               ("reverse_order", d["corners_reverse_order"]),
               ("stick", d["enforcer_corners"] or {})]
    bids = {}
    if d["requirement"]:
        bids["bids"] = [{**b, "rank": k, "package": b["package"] or None,
                         "levers": "+".join(b["levers"]) or None}
                        for k, b in enumerate(d["requirement"]["bids"], 1)]
    return {
        "packages": [{"row": k, "package": p["package"] or None,
                      "levers": "+".join(p["levers"]) or None, "terms": p["terms"],
                      "on_frontier": p["on_frontier"], **game(p)}
                     for k, p in enumerate(d["packages"], 1)],
        "package_enforcement": [{"row": k, "part": part, "enforcement": level}
                                for k, p in enumerate(d["packages"], 1)
                                for part, level in p["enforcement"].items()],
        "corners": [{"variant": variant, "corner": corner, **game(g)}
                    for variant, four in corners for corner, g in four.items()],
        "corner_enforcement": [{"variant": variant, "corner": corner, "part": part,
                                "enforcement": level}
                               for variant, four in corners for corner, g in four.items()
                               for part, level in g["enforcement"].items()],
        "package_enforcers": [{"row": k, **enforcer(x)} for k, p in enumerate(d["packages"], 1)
                              for x in p["enforcers"]],
        "corner_enforcers": [{"variant": variant, "corner": corner, **enforcer(x)}
                             for variant, four in corners for corner, g in four.items()
                             for x in g["enforcers"]],
        **bids,
        "levers": d["lever_shapley"],
        "summary": [{"regime": d["regime"], "date": d["date"],
                     "corner_package": d["corner_package"], "long_horizon": d["long_horizon"],
                     "transfer_pct_gdp": d["compensating_transfer"]["pct_gdp"],
                     "max_violation": d["certificate"]["max_violation"]}]}


def expect_advice(d):
    """Six draws are too few for a threshold or a box; test/output/test_table.c reads some."""
    assert not any(q["thresholds"] or q["box"] for q in d["questions"])
    return {
        "questions": [{"question": q["id"], "among": q["among"], "holds": q["count"],
                       "checked": q["checked"]["draws"], "checked_holds": q["checked"]["count"]}
                      for q in d["questions"]],
        "thresholds": [], "boxes": [], "bounds": [],
        "remedies": [{"question": q["id"], "remedy": r["id"], "turned": r["count"]}
                     for q in d["questions"] for r in q["remedies"]],
        "summary": [{"package": d["package"]["id"], "draws": d["draws"], "refused": d["refused"],
                     "margin_enforcement": d["margin"]["enforcement"],
                     "margin_freeze": d["margin"]["freeze"],
                     "max_violation": d["certificate"]["max_violation"]}]}


def expect_game(d):
    choices = list(enumerate(d["explanation"]["choices"], 1))
    moves = [(k, n, move) for k, choice in choices for n, move in enumerate(choice["moves"], 1)]
    assert all(move["levels"] for _, _, move in moves)
    names = {"package": "package_stands", "moves_total": "moves"}
    return {
        "game": [{"regime": d["regime"], "date": d["date"], "package": d["package"],
                  "levers": "+".join(d["levers"]), "stick": d["stick"],
                  "moving": "+".join(d["moving"]) or None, "moves_in": d["order"],
                  "perfect": d["perfect"], **game(d)}],
        "enforcement": [{"part": part, "enforcement": level}
                        for part, level in d["enforcement"].items()],
        "enforcers": [enforcer(x) for x in d["enforcers"]],
        "player_values": [{"actor": actor, "value_pct_gdp": value}
                          for actor, value in d["values_pct_gdp"].items()],
        **productivity(d),
        "flips": [{**{key: flip[key] for key in ("parameter", "value", "low", "high")},
                   **{f"{of}_{key}": flip[of][key] for of in ("slack", "freeze")
                      for key in ("slope", "at")}} for flip in d["flips"]],
        "choices": [{"choice": k, **{names.get(key, key): value for key, value in choice.items()
                                     if key not in ("enforcement", "moves")}}
                    for k, choice in choices],
        "choice_enforcement": [{"choice": k, "part": part, "level": level}
                               for k, choice in choices
                               for part, level in choice["enforcement"].items()],
        "moves": [{"choice": k, "move": n, "name": move["move"],
                   "probability": move["probability"], "utility_pct_gdp": move["utility"]}
                  for k, n, move in moves],
        "move_levels": [{"choice": k, "move": n, "part": part, "level": level}
                        for k, n, move in moves for part, level in move["levels"].items()],
        "move_terms": [{"choice": k, "move": n, "term": term, "worth_pct_gdp": worth}
                       for k, n, move in moves for term, worth in move["parts"].items()],
        "summary": [{"residual": d["residual"],
                     **{"tied_" + key: d["ties"] and d["ties"][key] for key in ("choices", "reach")},
                     "interpolation_nodes": d["interpolation_error"]["nodes"],
                     "target_points": d["interpolation_error"]["target_points"],
                     "enforcer_points": d["interpolation_error"]["enforcer_points"],
                     **d["certificate"], "choices": d["explanation"]["choices_total"]}]}


def ranges(of, *names):
    return {f"{name}_{key}": value for name in names for key, value in of[name].items()}


def expect_run(d):
    drawn, leverage, record = d["assumptions"], d["leverage"], d["record"]
    outcomes = ("denuclearised", "frozen", "unchanged", "collapsed", "enforcement")
    return {
        "sentences": [{"kind": kind, "number": k, "text": text}
                      for kind, texts in (("answer", d["answer"]), ("caveat", d["caveats"]))
                      for k, text in enumerate(texts, 1)],
        "scenarios": [{"scenario": s["id"], **s["certificate"],
                       **{key: value for key, value in s.items()
                          if key not in ("id", "certificate")}} for s in d["scenarios"]],
        **productivity(d),
        "leverage": by_actor(leverage["members"]),
        "losses": [{"who": who, **{"loss_pct_" + key: x for key, x in drawn[of].items()}}
                   for who, of in (("all", "loss_all_pct"),
                                   ("enforcer_alone", "loss_enforcer_alone_pct"),
                                   ("without_enforcer", "loss_without_enforcer_pct"))],
        "corners": [{"corner": corner, **ranges(of, *outcomes), "enforces": of["enforces"]}
                    for corner, of in drawn["corners"].items()],
        "levers": d["packages"]["lever_shapley"],
        "lever_ranges": [{"lever": of["lever"], **ranges(of, "enforcement", "accommodation"),
                          "positive": of["positive"]} for of in drawn["levers"]],
        "drivers": drawn["drivers"],
        "record": record["points"], "record_terms": record["terms"],
        "claims": [{("claim" if key == "id" else key): value or None for key, value in c.items()}
                   for c in d["claims"]],
        "summary": [{"regime": leverage["regime"], "grand_loss_pct": leverage["grand_loss_pct"],
                     "corner_package": d["packages"]["corner_package"],
                     "transfer_pct_gdp": d["packages"]["compensating_transfer"]["pct_gdp"],
                     **{key: drawn[key] for key in ("draws", "refused", "package_raises_enforcement",
                                                    "package_raises_freeze")},
                     "outside": record["outside"], "log_likelihood": record["log_likelihood"],
                     "target_points": drawn["interpolation_error"]["target_points"],
                     "target_points_draws": drawn["interpolation_error_of_draws"]["target_points"],
                     **leverage["certificate"]}]}


def expect_history(d):
    return {
        "years": d["years"],
        "errors": [{"mode": mode, **{k: v for k, v in e.items() if k != "enforcement"}}
                   for mode, e in d["errors"].items()],
        "enforcement": [{"mode": mode, **level} for mode, e in d["errors"].items()
                        for level in e["enforcement"]],
        "record": d["record"]["points"], "record_terms": d["record"]["terms"],
        "summary": [d["certificate"]]}


EXPECT = {"solve": expect_solve, "leverage": expect_leverage, "rank": expect_rank,
          "coalition": expect_coalition, "packages": expect_packages, "advice": expect_advice,
          "game": expect_game, "history": expect_history, "run": expect_run}


def write(folder, args, suffix, *more, env=None):
    done = subprocess.run([PROGRAM, *args, "--output", os.path.join(folder, "x" + suffix), *more],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(env or {})})
    assert done.returncode == 0, done.stderr
    return done


def contents(folder):
    out = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            out[name] = file.read()
    return out


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def sub(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path)
        return path


class Values(Folder):
    def same(self, found, expected, where):
        if isinstance(expected, bool):
            expected = int(expected)
        if isinstance(expected, float):
            self.assertIsInstance(found, (int, float), where)
            self.assertLessEqual(abs(found - expected), TOLERANCE * abs(expected), where)
        else:
            self.assertEqual(found, expected, where)

    def compare(self, tables, name, suffix):
        made, _ = document(*COMMANDS[name])
        expected = EXPECT[name](made)
        self.assertEqual(set(tables), set(expected) | {"columns", "meta"})
        head = made["fulcrum"]
        self.assertEqual(tables["meta"], [
            {"version": head["version"], "case_id": head["case"],
             "case_sha256": head["case_sha256"], "command": name,
             "seed": None if head["seed"] is None else str(head["seed"])}])
        for table, rows in expected.items():
            self.assertEqual(len(tables[table]), len(rows), table)
            for k, row in enumerate(rows):
                self.assertEqual(set(tables[table][k]), set(row), table)
                for column, value in row.items():
                    self.same(tables[table][k][column], value, f"{suffix} {table}[{k}].{column}")

    def test_csv(self):
        for name, args in COMMANDS.items():
            folder = self.sub(name)
            write(folder, args, ".csv")
            self.compare(read_csv(folder), name, ".csv")

    def test_sqlite(self):
        for name, args in COMMANDS.items():
            folder = self.sub(name)
            write(folder, args, ".sqlite")
            self.compare(read_sqlite(folder), name, ".sqlite")

    def test_xlsx(self):
        for name, args in COMMANDS.items():
            folder = self.sub(name)
            write(folder, args, ".xlsx")
            self.compare(read_xlsx(folder), name, ".xlsx")

    def test_stata(self):
        python = python_with_pandas()
        if not python:
            self.skipTest("pandas is not installed")
        for name, args in COMMANDS.items():
            folder = self.sub(name)
            write(folder, args, ".dta")
            tables, raw = read_stata(folder, python)
            self.compare(tables, name, ".dta")
            for table in raw.values():
                self.assertLessEqual(len(table["label"]), 80)
                self.assertEqual(table["stamp"], "01 Jan 1980 12:00")
            for column in tables["columns"]:
                unit = f" ({column['unit']})" if column["unit"] else ""
                self.assertEqual(raw[column["table_name"]]["labels"][column["column_name"]],
                                 column["label"] + unit)

    def test_csv_and_sqlite_keep_every_bit(self):
        """Two formats that go two ways to a double agree exactly."""
        for name, args in COMMANDS.items():
            folder = self.sub(name)
            write(folder, args, ".sqlite")
            plain = self.sub(name + "-csv")
            write(plain, args, ".csv")
            self.assertEqual(read_csv(plain), read_sqlite(folder))

    def test_names_and_labels(self):
        for name, args in COMMANDS.items():
            folder = self.sub(name)
            write(folder, args, ".csv")
            tables = read_csv(folder)
            for column in tables["columns"]:
                self.assertRegex(column["column_name"], "^[a-z][a-z0-9_]{0,31}$")
                self.assertRegex(column["table_name"], "^[a-z][a-z0-9_]{0,30}$")
                self.assertTrue(column["label"])
                unit = f" ({column['unit']})" if column["unit"] else ""
                self.assertLessEqual(len(column["label"] + unit), 80)
                if unit.startswith(" (per cent"):
                    self.assertIn("_pct", column["column_name"])
            described = {(c["table_name"], c["column_name"]) for c in tables["columns"]}
            for table, rows in tables.items():
                if table not in ("columns", "meta"):
                    for row in rows[:1]:
                        self.assertEqual({(table, column) for column in row},
                                         {d for d in described if d[0] == table})

    def test_the_reference_lists_every_column(self):
        with open(os.path.join(ROOT, "docs", "reference", "output-tables.md"),
                  encoding="utf-8") as file:
            text = file.read()

        def part(command, table):
            section = text.split(f"\n## {command}\n")[1].split("\n## ")[0]
            return section.split(f"\n### {table}\n")[1].split("\n### ")[0]

        for name, args in COMMANDS.items():
            folder = self.sub(name)
            write(folder, args, ".csv")
            for c in read_csv(folder)["columns"]:
                table = part(name, c["table_name"])
                same = re.search(r"the columns of `(\w+)` in \[(\w+)\]", table)
                if same:
                    table += part(same[2], same[1])
                if "the columns of a game" in table:
                    table += text.split("\n## The columns of a game\n")[1].split("\n## ")[0]
                self.assertIn(f"| `{c['column_name']}` | {c['type']} | {c['unit'] or '–'} |", table)

    def test_a_missing_part_is_left_out(self):
        folder = self.sub("solve")
        write(folder, ["solve", TRIANGLE], ".sqlite")
        self.assertEqual(set(read_sqlite(folder)),
                         {"actors", "measures", "caps", "productivity", "shocks", "summary", "columns",
                          "meta"})
        folder = self.sub("rank")
        write(folder, ["rank", TRIANGLE, "--base", "none", "--top", "1"], ".sqlite")
        self.assertEqual(set(read_sqlite(folder)),
                         {"measures", "costs", "productivity", "shocks", "summary", "columns", "meta"})
        folder = self.sub("game")
        write(folder, ["game", DUEL], ".sqlite")
        self.assertEqual(set(read_sqlite(folder)), {"game", "enforcement", "enforcers",
                                                    "productivity", "shocks",
                                                    "player_values", "summary", "columns", "meta"})

    def test_moves_of_the_sender_have_names_and_no_levels(self):
        folder = self.sub("game")
        write(folder, ["game", TRIANGLE, "--package", "all", "--explain", "x-sender"], ".sqlite")
        tables = read_sqlite(folder)
        self.assertEqual(tables["move_levels"], [])
        self.assertTrue(tables["moves"])
        self.assertTrue(all(row["name"] for row in tables["moves"]))

    def test_what_was_not_solved_is_missing(self):
        """Rows beyond --top have no exact numbers: empty cells, not noughts, in every format."""
        args = ["rank", TRIANGLE, "--top", "1"]
        for suffix in SUFFIXES:
            write(self.sub(suffix), args, suffix)
        sets = [read(os.path.join(self.folder, suffix)) for read, suffix in
                ((read_csv, ".csv"), (read_sqlite, ".sqlite"), (read_xlsx, ".xlsx"))]
        python = python_with_pandas()
        if python:
            sets.append(read_stata(os.path.join(self.folder, ".dta"), python)[0])
        for tables in sets:
            first, *rest = tables["measures"]
            self.assertIsNotNone(first["exact_bite"])
            self.assertEqual({(row["exact_bite"], row["exact_score"]) for row in rest},
                             {(None, None)})
            exact = [row for row in tables["costs"] if row["estimate"] == "exact"]
            self.assertEqual({row["measure"] for row in exact}, {first["measure"]})

    def test_a_table_without_rows(self):
        """Before any measure nothing is covered: the table is there, and empty, in every format."""
        args = ["solve", TRIANGLE, "--date", "1900-01-01"]
        self.assertEqual(document(*args)[0]["measures"], [])
        for suffix in SUFFIXES:
            write(self.sub(suffix), args, suffix)
        self.assertEqual(read_csv(os.path.join(self.folder, ".csv"))["measures"], [])
        self.assertEqual(read_sqlite(os.path.join(self.folder, ".sqlite"))["measures"], [])
        self.assertEqual(read_xlsx(os.path.join(self.folder, ".xlsx"))["measures"], [])
        python = python_with_pandas()
        if python:
            tables, _ = read_stata(os.path.join(self.folder, ".dta"), python)
            self.assertEqual(tables["measures"], [])

    def test_standard_output_stays_what_it_was(self):
        plain = run(*COMMANDS["leverage"])[1]
        done = write(self.sub("text"), COMMANDS["leverage"], ".csv")
        self.assertEqual(done.stdout, plain)
        self.assertIn("wrote", done.stderr)
        quiet = write(self.sub("json"), COMMANDS["leverage"], ".csv", "--json", "--quiet")
        self.assertEqual(quiet.stdout, document(*COMMANDS["leverage"])[1])
        self.assertEqual(quiet.stderr, "")


class SameBytes(Folder):
    def test_again_elsewhere_and_with_other_threads(self):
        for name, args in COMMANDS.items():
            for suffix in SUFFIXES:
                first = self.sub(name + suffix)
                write(first, args, suffix, env={"TZ": "UTC"})
                runs = [([], {"TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8"})]
                if suffix == ".csv":  # what is computed does not know where it is written
                    runs += [(["--threads", "1"], {"TZ": "UTC"}), (["--threads", "2"], {})]
                for k, (more, env) in enumerate(runs):
                    again = self.sub(f"{name}{suffix}-{k}")
                    write(again, args, suffix, *more, env=env)
                    self.assertEqual(contents(again), contents(first), f"{name} {suffix} {more}")

    def test_no_time_host_or_path(self):
        host = os.uname().nodename.encode()
        for suffix in SUFFIXES:
            folder = self.sub(suffix)
            write(folder, COMMANDS["solve"], suffix)
            for name, data in contents(folder).items():
                parts = [data]
                if suffix == ".xlsx":
                    with zipfile.ZipFile(os.path.join(folder, name)) as book:
                        parts += [book.read(info) for info in book.infolist()]
                        for info in book.infolist():
                            self.assertEqual(info.date_time, (1980, 1, 1, 0, 0, 0))
                        self.assertIn(b"1980-01-01T00:00:00Z", book.read("docProps/core.xml"))
                for part in parts:
                    self.assertNotIn(self.folder.encode(), part)
                    self.assertNotIn(ROOT.encode(), part)
                    if len(host) > 4:
                        self.assertNotIn(host, part)


class Refusals(Folder):
    def refused(self, args, status, *parts, **how):
        done = subprocess.run([PROGRAM, *args], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, **how)
        self.assertEqual(done.returncode, status, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)
        return done

    def test_unknown_suffix(self):
        for name in ("x.txt", "x", ".csv", "x.CSV", "x.csv.gz", "a.csv/x"):
            done = self.refused(["solve", TRIANGLE, "--output", name], 2, name, *SUFFIXES)
            self.assertEqual(done.stdout, "")

    def test_commands_without_tables(self):
        self.refused(["check", TRIANGLE, "--output", "x.csv"], 2, "--output")

    def test_missing_folder(self):
        for suffix in SUFFIXES:
            path = os.path.join(self.folder, "nowhere", "x" + suffix)
            self.refused(["leverage", TRIANGLE, "--output", path], 4,
                         os.path.join(self.folder, "nowhere", "x"), "No such file or directory")

    def test_behind_a_link_the_file_is_replaced_and_the_link_stays(self):
        os.symlink("end.sqlite", os.path.join(self.folder, "x.sqlite"))
        for _ in range(2):  # the end is not there, then it is
            write(self.folder, COMMANDS["leverage"], ".sqlite")
            self.assertTrue(os.path.islink(os.path.join(self.folder, "x.sqlite")))
            self.assertEqual(sorted(os.listdir(self.folder)), ["end.sqlite", "x.sqlite"])
            self.assertTrue(read_sqlite(self.folder)["members"])

    def test_a_pipe_is_written_to_and_stays_one(self):
        """One of the tables goes into a pipe, the others to files; and a database, too."""
        plain, piped = self.sub("plain"), self.sub("piped")
        for suffix, name in ((".csv", "x-members.csv"), (".dta", "x-members.dta"),
                             (".sqlite", "x.sqlite")):
            write(plain, COMMANDS["leverage"], suffix)
            pipe = os.path.join(piped, name)
            os.mkfifo(pipe)
            with subprocess.Popen([PROGRAM, *COMMANDS["leverage"], "--output",
                                   os.path.join(piped, "x" + suffix), "--quiet"],
                                  stdout=subprocess.DEVNULL) as process:
                with open(pipe, "rb") as file:
                    read = file.read()
            self.assertEqual(process.returncode, 0)
            self.assertTrue(stat.S_ISFIFO(os.stat(pipe).st_mode))
            os.remove(pipe)
            with open(pipe, "wb") as file:
                file.write(read)
        self.assertEqual(contents(piped), contents(plain))

    def test_a_workbook_cannot_go_through_a_pipe(self):
        os.mkfifo(os.path.join(self.folder, "x.xlsx"))
        self.refused(["leverage", TRIANGLE, "--output", os.path.join(self.folder, "x.xlsx")], 4,
                     ".xlsx files cannot go through a pipe or to a device; name a regular file")
        self.assertTrue(stat.S_ISFIFO(os.stat(os.path.join(self.folder, "x.xlsx")).st_mode))
        self.assertEqual(os.listdir(self.folder), ["x.xlsx"])

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_folder_without_permission(self):
        os.chmod(self.folder, 0o500)
        self.addCleanup(os.chmod, self.folder, 0o700)
        for suffix in SUFFIXES:
            path = os.path.join(self.folder, "x" + suffix)
            self.refused(["leverage", TRIANGLE, "--output", path], 4,
                         os.path.join(self.folder, "x"), "Permission denied")
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_folder_in_the_way(self):
        """The last of the files cannot be put in place: the others go, too."""
        os.makedirs(os.path.join(self.folder, "x-meta.csv"))
        self.refused(["leverage", TRIANGLE, "--output", os.path.join(self.folder, "x.csv")], 4,
                     "x-meta.csv")
        self.assertEqual(os.listdir(self.folder), ["x-meta.csv"])

    def test_a_file_that_may_not_grow(self):
        """Wherever writing is cut off, it is an error that names the file and says why."""
        for suffix in SUFFIXES:
            whole = self.sub("whole" + suffix)
            write(whole, COMMANDS["packages"], suffix)
            largest = max(len(data) for data in contents(whole).values())
            for limit in (0, 1, 512, largest // 2, largest - 1):
                folder = self.sub(f"{limit}{suffix}")
                self.refused(
                    [*COMMANDS["packages"], "--output", os.path.join(folder, "x" + suffix)], 4,
                    os.path.join(folder, "x"), "cannot be written",
                    "File too large" if suffix != ".xlsx" else "",
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
                self.assertEqual(os.listdir(folder), [], f"{suffix} cut at {limit}")

    def test_a_part_of_a_workbook_that_may_not_grow(self):
        """The limit holds for the parts of a workbook before they are packed; the workbook itself
        would fit. It is whole, or it is not there."""
        whole = self.sub("whole")
        write(whole, COMMANDS["game"], ".xlsx")
        packed = os.path.getsize(os.path.join(whole, "x.xlsx"))
        with zipfile.ZipFile(os.path.join(whole, "x.xlsx")) as book:
            part = max(info.file_size for info in book.infolist())
        self.assertLess(packed, part)
        for limit in (packed + 1, (packed + part) // 2, part - 1):
            folder = self.sub(str(limit))
            self.refused([*COMMANDS["game"], "--output", os.path.join(folder, "x.xlsx")], 4,
                         "x.xlsx", "cannot be written in full", preexec_fn=lambda:
                         resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
            self.assertEqual(os.listdir(folder), [])

    @unittest.skipUnless(os.path.exists("/dev/full"), "no device that is always full")
    def test_full_disk(self):
        for suffix in SUFFIXES:
            folder = self.sub(suffix)
            name = "x-meta" + suffix if suffix in (".csv", ".dta") else "x" + suffix
            os.symlink("/dev/full", os.path.join(folder, name + ".part"))
            self.refused(["leverage", TRIANGLE, "--output", os.path.join(folder, "x" + suffix)], 4,
                         os.path.join(folder, name), "cannot be written",
                         "No space left on device")
            self.assertEqual(os.listdir(folder), [])

    def test_an_old_file_outlives_a_failure_before_the_new_one_is_whole(self):
        path = os.path.join(self.folder, "x.sqlite")
        with open(path, "w", encoding="utf-8") as file:
            file.write("old")
        self.refused(["leverage", TRIANGLE, "--output", path], 4, path, preexec_fn=lambda:
                     resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)))
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "old")


if __name__ == "__main__":
    unittest.main()
