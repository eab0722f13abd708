"""Every command's document: valid against its schema, certified, consistent, the same bytes again."""
import json
import os
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from program import DUEL, ROOT, TRIANGLE, document, run

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed", file=sys.stderr)
    sys.exit(77)

COMMANDS = {
    "solve": ["solve", TRIANGLE, "--flows"],
    "solve --decompose": ["solve", TRIANGLE, "--decompose", "--actor", "x-enforcer"],
    "solve --balanced": ["solve", TRIANGLE, "--balanced", "--decompose"],
    "solve --productivity": ["solve", TRIANGLE, "--date", "2022-06-15", "--decompose",
                             "--productivity", "x-others=1.02",
                             "--productivity", "x-others.goods=1.05"],
    "leverage": ["leverage", TRIANGLE],
    "leverage --date": ["leverage", TRIANGLE, "--date", "2022-06-01"],
    "rank": ["rank", TRIANGLE, "--joint"],
    "rank --base": ["rank", TRIANGLE, "--base", "none", "--top", "2"],
    "rank --productivity": ["rank", TRIANGLE, "--top", "2", "--productivity", "x-target=0.9"],
    "coalition": ["coalition", TRIANGLE],
    "game": ["game", TRIANGLE],
    "game --flips": ["game", TRIANGLE, "--package", "all", "--stick", "--flips"],
    "game --order": ["game", TRIANGLE, "--package", "all", "--order", "reverse", "--grid", "exact"],
    "game --explain": ["game", TRIANGLE, "--package", "all", "--explain", "x-enforcer"],
    "game --simultaneous": ["game", TRIANGLE, "--simultaneous"],
    "game --perfect": ["game", TRIANGLE, "--package", "all", "--perfect", "--flips", "--explain",
                       "x-target"],
    "game --date": ["game", TRIANGLE, "--date", "2022-06-01"],
    "packages": ["packages", TRIANGLE],
    "packages --require": ["packages", TRIANGLE, "--require", "enforce=60/100", "--draws", "4"],
    "advice": ["advice", TRIANGLE, "--draws", "8"],
    "history": ["history", TRIANGLE],
    "check": ["check", TRIANGLE, "--list"],
    "bench": ["bench", TRIANGLE, "--rows", "case,case-warm,game,packages"],
    "run": ["run", TRIANGLE, "--draws", "8"],
}


def load(name):
    with open(os.path.join(ROOT, "schema", name + ".schema.json"), encoding="utf-8") as file:
        return json.load(file)


def edited(top, case, *changes):
    """A copy of a case under `top` with parts of its case.yaml exchanged, each once."""
    folder = os.path.join(top, "case")
    shutil.copytree(case, folder)
    path = os.path.join(folder, "case.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{case} does not say '{old}'")
        text = text.replace(old, new, 1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return folder


def games(value):
    """Every object with outcomes inside a document."""
    if isinstance(value, dict):
        if "outcomes" in value:
            yield value
        for child in value.values():
            yield from games(child)
    elif isinstance(value, list):
        for child in value:
            yield from games(child)


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = {name: document(*args) for name, args in COMMANDS.items()}

    def test_valid(self):
        common = load("common")
        for name, (made, _) in self.made.items():
            schema = load(name.split()[0])
            resolver = jsonschema.RefResolver(schema["$id"], schema,
                                              store={"common.schema.json": common})
            jsonschema.Draft202012Validator(schema, resolver=resolver).validate(made)

    def test_head(self):
        for name, (made, _) in self.made.items():
            self.assertEqual(made["fulcrum"]["command"], name.split()[0])
            self.assertEqual(made["fulcrum"]["case"], "triangle")
            self.assertEqual(made["fulcrum"]["seed"],
                             1 if name in ("run", "advice", "packages --require") else None)

    def test_outcomes_partition_the_horizon(self):
        count = 0
        for made, _ in self.made.values():
            for game in games(made):
                self.assertAlmostEqual(sum(game["outcomes"].values()), 1, delta=1e-9)
                count += 1
        self.assertGreater(count, 20)

    def test_parts_of_a_utility_add_up(self):
        made = self.made["game --explain"][0]["explanation"]
        self.assertEqual(made["player"], "x-enforcer")
        self.assertGreater(len(made["choices"]), 5)
        for choice in made["choices"]:
            for move in choice["moves"]:
                self.assertAlmostEqual(sum(move["parts"].values()), move["utility"], delta=1e-8)
            self.assertEqual(len(choice["moves"]), min(6, choice["moves_total"]))

    def test_who_never_errs_takes_the_best_move(self):
        """Every move with a chance is the best of its choice; without a tie it is the only one."""
        made = self.made["game --perfect"][0]
        self.assertTrue(made["perfect"])
        tied = 0
        for choice in made["explanation"]["choices"]:
            best = max(move["utility"] for move in choice["moves"])
            chosen = [move for move in choice["moves"] if move["probability"] > 0]
            tied += len(chosen) > 1
            for move in chosen:
                self.assertAlmostEqual(move["utility"], best, delta=1e-9)
        self.assertLessEqual(tied, made["ties"]["choices"])
        self.assertLessEqual(made["ties"]["reach"], made["ties"]["choices"])
        self.assertFalse(self.made["game"][0]["perfect"])
        self.assertIsNone(self.made["game"][0]["ties"])

    def test_what_an_explanation_leaves_out_is_counted(self):
        """The most often reached are told, each by another name; the others are counted."""
        for case, player in ((DUEL, "x-neighbour"), (TRIANGLE, "x-enforcer"),
                             (TRIANGLE, "x-target"), (TRIANGLE, "x-sender")):
            made = document("game", case, "--explain", player)[0]["explanation"]
            self.assertEqual(len(made["choices"]), min(60, made["choices_total"]))
            code, out, err = run("game", case, "--explain", player)
            self.assertEqual(code, 0, err)
            text = " ".join(out[out.index("Why: "):].split())
            told = re.findall(r"Half-year \d+: .*?; reached in .*? of 100 runs\.", text)
            self.assertEqual(len(told), len(set(told)), told)
            names = [re.sub("; reached .*", "", name) for name in told]
            self.assertEqual(len(names), len(set(names)), names)
            often = sorted((c["reach"] for c in made["choices"] if c["reach"] > .02), reverse=True)
            self.assertEqual(len(told), min(12, len(often)))
            more = re.findall(r"And (\d+) more choices, reached less often\.", text)
            self.assertEqual([int(n) for n in more] or [0], [made["choices_total"] - len(told)])

    def test_an_offer_is_its_levers_whatever_they_are_called(self):
        """A package, its levers, and a package with a lever that it has: one game."""
        made = [document("game", TRIANGLE, "--package", name)[0]
                for name in ("both", "tariff+ports", "tariff-only+ports", "ports+both")]
        for one in made:
            del one["package"]
            self.assertEqual(one["levers"], ["tariff", "ports"])
            self.assertEqual(one, made[0])

    def test_games_name_the_law(self):
        for command in ("game", "packages"):
            made = self.made[command][0]
            self.assertEqual((made["regime"], made["date"]), ("new", None))
        made = self.made["game --date"][0]
        self.assertEqual((made["regime"], made["date"]), (None, "2022-06-01"))

    def test_the_long_horizon_is_the_one_that_was_played(self):
        """Twice the case's, or the longest that a game may last; named, and the game that `game` plays."""
        self.assertEqual(self.made["packages"][0]["long_horizon"], 8)
        with tempfile.TemporaryDirectory() as room:
            folder = edited(room, DUEL, ("  horizon: 2\n", "  horizon: 40\n"))
            made = document("packages", folder)[0]
            self.assertEqual(made["long_horizon"], 64)
            longest = document("game", folder, "--package", "payment", "--horizon", "64")[0]
            self.assertEqual(made["corners_long_horizon"]["both"]["outcomes"], longest["outcomes"])
            self.assertIn("\nThe four corners over 64 half-years instead of 40\n",
                          run("packages", folder)[1])

    def test_shapley_values_add_up(self):
        for name in ("leverage", "leverage --date"):
            made = self.made[name][0]
            total = sum(m["shapley_pct"] for m in made["members"])
            self.assertAlmostEqual(total, made["grand_loss_pct"], delta=1e-8)
            if made["members"][0]["share"] is not None:
                self.assertAlmostEqual(sum(m["share"] for m in made["members"]), 1, delta=1e-9)

    def test_leverage_names_the_law(self):
        self.assertEqual([self.made[name][0][key] for name in ("leverage", "leverage --date")
                          for key in ("regime", "date")], ["new", None, None, "2022-06-01"])

    def test_what_a_change_is_made_of_adds_up(self):
        """Contributions and what the quadrature misses are the exact change, to the printed digits."""
        for name in ("solve --decompose", "solve --balanced", "solve --productivity"):
            made = self.made[name][0]["decomposition"]
            parts = made["attribution"]
            total = sum(m["effect_pct"] for m in parts["measures"] + parts["shocks"])
            self.assertAlmostEqual(total + parts["productivity_pct"] + parts["closure_pct"] +
                                   parts["residual_pct"],
                                   made["exact"]["real_income_pct"], delta=1e-8)
            self.assertLess(abs(parts["residual_pct"]), 1e-5)
            by = made["first_order"]["by"]
            for key in ("terms_of_trade_pct", "volume_of_trade_pct"):
                self.assertAlmostEqual(sum(c[key] for c in by), made["first_order"][key], delta=1e-9)

    def test_productivity_is_named_with_its_reason(self):
        made = self.made["solve --productivity"][0]
        self.assertEqual(made["productivity"], [
            {"actor": "x-target", "sector": "minerals", "factor": 0.7, "own": 1},
            {"actor": "x-others", "sector": "minerals", "factor": 1.02, "own": 1.02},
            {"actor": "x-others", "sector": "goods", "factor": 1.05, "own": 1.05},
            {"actor": "x-others", "sector": "services", "factor": 1.02, "own": 1.02}])
        self.assertEqual(made["shocks"], [
            {"id": "flood-2022", "actor": "x-target", "factor": 0.7, "days": 1, "base_days": 0,
             "source": "invented", "grade": "E"}])
        self.assertEqual([s["id"] for s in made["decomposition"]["attribution"]["shocks"]],
                         ["flood-2022"])
        self.assertEqual(len(self.made["rank --productivity"][0]["productivity"]), 3)
        for name in ("leverage --date", "game --date"):
            self.assertEqual(self.made[name][0]["shocks"], made["shocks"])
            self.assertEqual(self.made[name][0]["productivity"], made["productivity"][:1])
        # the flood is over, or not yet there
        for name in ("solve", "rank", "rank --base", "run", "leverage", "game"):
            self.assertEqual(self.made[name][0]["productivity"] + self.made[name][0]["shocks"], [])

    def test_a_shock_of_the_case_is_what_the_option_says(self):
        with tempfile.TemporaryDirectory() as top:
            dry = os.path.join(top, "dry")
            shutil.copytree(TRIANGLE, dry)
            os.remove(os.path.join(dry, "shocks.csv"))
            made, _ = document("solve", dry, "--date", "2022-06-15", "--productivity",
                               "x-target.minerals=0.7")
        flooded, _ = document("solve", TRIANGLE, "--date", "2022-06-15")
        self.assertEqual(made["actors"], flooded["actors"])
        drained, _ = document("solve", TRIANGLE, "--date", "2022-06-15", "--set",
                              "shock.flood-2022.factor=1")
        target = [{a["id"]: a for a in d["actors"]}["x-target"] for d in (flooded, drained)]
        self.assertLess(target[0]["real_gdp_pct"], target[1]["real_gdp_pct"] - 1)

    def test_a_baseline_without_deficits_is_shown_as_such(self):
        made = self.made["solve --balanced"][0]
        self.assertAlmostEqual(sum(a["deficit_musd"] for a in made["baseline"]["actors"]), 0, delta=1e-3)
        for actor in made["actors"]:  # nobody receives anything: welfare is real income
            self.assertAlmostEqual(actor["welfare_pct"], actor["real_income_pct"], delta=1e-6)

    def test_ranking_is_ordered_and_consistent(self):
        for name in ("rank", "rank --base"):
            made = self.made[name][0]
            best = [m["exact"] or m for m in made["measures"]]
            asked, rest = best[:made["asked"]], best[made["asked"]:]
            for part in (asked, rest):
                scores = [m["score"] for m in part]
                self.assertEqual(scores, sorted(scores, reverse=True))
            for m in made["measures"]:
                self.assertAlmostEqual(m["score"], m["bite"] - made["mu"] * m["cost"], delta=1e-8)
                self.assertEqual(m["bite_per_cost"] is None, m["cost"] <= 0)
                self.assertEqual(m["id"], f"{m['seller']}>{m['buyer']}:{m['sector']}")

    def test_transfers_inside_a_coalition_sum_to_zero(self):
        made = self.made["coalition"][0]
        for sharing in ("none", "compensate", "equal"):
            rows = [m["sharing"][sharing] for m in made["members"]]
            self.assertAlmostEqual(sum(r["transfer_musd"] for r in rows), 0, delta=1e-6)
            self.assertAlmostEqual(sum(r["loss_musd"] for r in rows),
                                   made["totals"][sharing]["loss_musd"], delta=1e-6)
        equal = [m["sharing"]["equal"]["loss_pct"] for m in made["members"]]
        self.assertLess(max(equal) - min(equal), 1e-6)

    def test_same_bytes_again_and_with_other_threads(self):
        for name, args in COMMANDS.items():
            if name == "bench":  # it alone has times
                continue
            again = document(*args)[1]
            self.assertEqual(again, self.made[name][1], name)
            if name.split()[0] in ("leverage", "packages", "advice", "run", "game", "rank",
                                   "coalition") or (
                    "--decompose" in args):
                for threads in ("1", "2", "3"):
                    self.assertEqual(document(*args, "--threads", threads)[1], self.made[name][1],
                                     f"{name} with {threads} threads")

    def test_no_path_and_no_machine(self):
        for _, text in self.made.values():
            self.assertNotIn(ROOT, text)

    def test_what_has_no_number_is_a_dash(self):
        """Nothing is lost before any measure, so there is no share of it; nobody trades with an
        actor cut out of every table, so its trade has no change."""
        code, out, err = run("leverage", TRIANGLE, "--date", "1990-01-01")
        self.assertEqual(code, 0, err)
        self.assertNotIn("nan", out)
        with tempfile.TemporaryDirectory() as top:
            alone = os.path.join(top, "alone")
            shutil.copytree(TRIANGLE, alone)
            path = os.path.join(alone, "trade.csv")
            with open(path, encoding="utf-8") as file:
                rows = [line for line in file
                        if not ("x-others" in line.split(",")[:2] and
                                line.split(",")[0] != line.split(",")[1])]
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(rows)
            made, _ = document("solve", alone)
            code, out, err = run("solve", alone)
        self.assertEqual(code, 0, err)
        others = {a["id"]: a for a in made["actors"]}["x-others"]
        self.assertIsNone(others["exports_pct"])
        self.assertAlmostEqual(others["real_income_pct"], 0, delta=1e-9)
        line = [line for line in out.splitlines() if line.startswith("Everyone else")][0]
        self.assertEqual(line.split()[-2:], ["-", "-"])

    def test_the_text_says_how_well_incomes_are_known(self):
        """The certificate and the error of the table: the document's own numbers, rounded."""
        for args in (["game", TRIANGLE], ["packages", TRIANGLE],
                     ["game", TRIANGLE, "--grid", "exact"]):
            made = document(*args)[0]
            code, out, err = run(*args)
            self.assertEqual(code, 0, err)
            text, gap = " ".join(out.split()), made["interpolation_error"]
            self.assertIn(f"holds to {made['certificate']['max_violation']:.0e}", text)
            if "--grid" in args:
                self.assertEqual(gap["nodes"], 0)
                self.assertIn("every node of the table of incomes is solved", text)
            else:
                self.assertGreater(gap["nodes"], 0)
                self.assertIn(f"at {gap['nodes']} nodes, the table of incomes is off by at most "
                              f"{gap['target_points']:.2g} points", text)
                self.assertIn(f"and {gap['enforcer_points']:.2g} of", text)

    def test_nothing_has_no_sign(self):
        nothing = re.compile(r"(?<!\S)[-+]0(\.0*)?(?!\S)")
        for name, args in COMMANDS.items():
            self.assertIsNone(re.search(r"-0\.0(?![\w.])", self.made[name][1]), name)
            if args[0] in ("game", "packages", "run"):
                self.assertIsNone(nothing.search(run(*args)[1]), name)

    def test_who_is_held_has_no_choice(self):
        with tempfile.TemporaryDirectory() as top:
            free = "levels: [.2, .8], start: .2}"
            case = edited(top, TRIANGLE, (free, free[:-1] + ", held: true}"))
            made = document("game", case, "--flips")[0]
            moving = document("game", case, "--with", "controls")[0]
            code, out, err = run("game", case)
        self.assertEqual(code, 0, err)
        free, held = made["enforcers"]
        self.assertEqual((held["id"], held["first_move"], held["slack"]), ("x-others", None, None))
        self.assertIsNotNone(free["first_move"] and free["slack"])
        self.assertNotIn(None, moving["enforcers"][1].values())
        line = [line for line in out.splitlines() if line.startswith("Everyone else")][0]
        self.assertEqual(line.split()[-2:], ["-", "-"])

    def test_text_fits_the_terminal(self):
        for name, args in COMMANDS.items():
            if name == "check":  # parameter lists are as long as their sources
                continue
            code, out, _ = run(*[a for a in args if a != "--flows"])
            self.assertEqual(code, 0)
            for line in out.splitlines():
                self.assertLessEqual(len(line), 100, f"{name}: {line}")


class Pressure(unittest.TestCase):
    """--regime and --date of a game: the case with another regime under pressure."""

    def rewritten(self, pressure, *args):
        """A document of the case with its pressure regime changed in the file."""
        with tempfile.TemporaryDirectory() as top:
            day = "regimes:\n  - {id: day, name: A day, date: 2022-06-01, imposers: '*'}\n"
            case = edited(top, TRIANGLE, ("regimes:\n", day),
                          ("pressure_regime: new", "pressure_regime: " + pressure))
            return document(*[case if arg == TRIANGLE else arg for arg in args])[0]

    @staticmethod
    def played(made):
        """What does not say which case it is and what was asked for."""
        return {key: value for key, value in made.items()
                if key not in ("fulcrum", "regime", "date")}

    def test_the_case_s_own_is_the_default(self):
        self.assertEqual(document("game", TRIANGLE, "--regime", "new")[1],
                         document("game", TRIANGLE)[1])

    def test_it_is_the_case_with_another_pressure_regime(self):
        for args in (["game", TRIANGLE, "--package", "all", "--flips"],
                     ["packages", TRIANGLE, "--require", "enforce=60/100", "--draws", "4"]):
            plain = self.played(document(*args)[0])
            for option, value, pressure in (("--regime", "old", "old"),
                                            ("--date", "2022-06-01", "day")):
                asked = self.played(document(*args, option, value)[0])
                self.assertEqual(asked, self.played(self.rewritten(pressure, *args)))
                self.assertNotEqual(asked, plain)

    def test_what_cannot_happen_is_said(self):
        """A target that may only hold or freeze has nothing to restart; in a single half-year nobody
        has yet accommodated, so nobody's word can be kept."""
        short = ["game", DUEL, "--horizon", "1"]
        for args, cannot in ((["game", DUEL], ("restarts", "snaps back")),
                             (short, ("restarts", "snaps back", "honours"))):
            code, out, err = run(*args)
            self.assertEqual(code, 0, err)
            lines = re.findall(r"[^.:]*: cannot happen in this game\.", " ".join(out.split()))
            for what in cannot:
                self.assertTrue(any(what in line for line in lines), (args, what, out))
            self.assertEqual(len(lines), len(cannot))
            self.assertNotIn("hardly ever", out)
        made = document(*short)[0]
        for key in ("restart_given_accommodation", "honour_given_compliance",
                    "snapback_given_restart"):
            self.assertIsNone(made[key])
        code, out, err = run("run", DUEL, "--draws", "2")
        self.assertEqual(code, 0, err)
        self.assertIn("Target has accommodated it cannot restart in this game;",
                      " ".join(out.split()))

    def test_before_any_measure_nothing_is_lost(self):
        made, _ = document("game", DUEL, "--date", "1990-01-01")
        self.assertAlmostEqual(made["target_real_income_pct"], 0, delta=1e-9)
        code, out, _ = run("game", DUEL, "--date", "1990-01-01")
        self.assertEqual(code, 0)
        self.assertIn("Under pressure: what is in force on 1990-01-01.", out)


class ManyMoves(unittest.TestCase):
    """An enforcer of six groups, each of which can go up and down: 3^6 moves at its first choice."""

    GROUPS = [(f"{flow}-{sector}", flow, sector) for flow in ("exports", "imports")
              for sector in ("minerals", "goods", "services")]

    @staticmethod
    def refill(text, start, end, lines):
        """What stands between two marks replaced."""
        begin = text.index(start) + len(start)
        return text[:begin] + "".join(lines) + text[text.index(end, begin):]

    def make(self, case):
        shutil.copytree(TRIANGLE, case)
        path = os.path.join(case, "case.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = self.refill(text, "groups:\n", "\neconomy:", (
            f"  - {{id: {i}, name: {i}, flow: {flow}, sectors: [{sector}]}}\n"
            for i, flow, sector in self.GROUPS))
        text = self.refill(text, "  enforcement:\n", "  terms:", (
            f"    - {{id: {i}, name: {i}, by: x-enforcer, groups: [{i}], levels: [0, .5, 1], "
            "start: .5}\n" for i, _, _ in self.GROUPS))
        text = re.sub(r"  - id: ports\n(    .*\n)*", "", text[:text.index("\nrecord:")])
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(line for line in text.splitlines(True) if not re.search(
                "id: both|actor: x-others|player: x-others|kind: adoption", line))
        os.remove(os.path.join(case, "record.csv"))
        for name, rows in (("hubs.csv", []), ("enforcement.csv", [
                f"*,{i},,0.3,0.1,0.5,invented,E,\n" for i, _, _ in self.GROUPS])):
            with open(os.path.join(case, name), "r+", encoding="utf-8") as file:
                head = file.readline()
                file.seek(0)
                file.truncate()
                file.writelines([head, *rows])

    def test_every_move_has_its_place(self):
        with tempfile.TemporaryDirectory() as top:
            case = os.path.join(top, "many")
            self.make(case)
            made, _ = document("game", case, "--explain", "x-enforcer")
            code, out, err = run("game", case, "--explain", "x-enforcer")
        first = made["explanation"]["choices"][0]
        self.assertEqual(first["moves_total"], 3 ** 6)
        chances = [move["probability"] for move in first["moves"]]
        self.assertEqual(chances, sorted(chances, reverse=True))
        self.assertGreaterEqual(chances[0], 3.0 ** -6)  # the likeliest is no rarer than the mean
        self.assertEqual(code, 0, err)
        self.assertIn("and 723 more", out)


class Capacities(unittest.TestCase):
    """Hubs with a capacity: columns of hubs.csv, a parameter, and a part of the answer of its own."""

    @staticmethod
    def make(case):
        shutil.copytree(TRIANGLE, case)
        edits = {"hubs.csv": [("years_high,", "years_high,capacity,capacity_low,capacity_high,"),
                              ("20,invented,E,cargoes", "20,10,3,30,invented,E,cargoes"),
                              (",,,,invented,E,over", ",,,,,,,invented,E,over"),
                              ("20,invented,E,goods", "20,5,2,20,invented,E,goods")],
                 "parameters.csv": [("hubs.onward,", "hubs.congestion,1,0.5,uniform,0.2,1,invented,E,\n"
                                                     "hubs.onward,")]}
        for name, changes in edits.items():
            path = os.path.join(case, name)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            for old, new in changes:
                text = text.replace(old, new, 1)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def test_how_full_hubs_are(self):
        with tempfile.TemporaryDirectory() as top:
            case = os.path.join(top, "limited")
            self.make(case)
            made, _ = document("solve", case)
            free, _ = document("solve", case, "--set", "hubs.congestion=0")
            code, out, err = run("solve", case)
        common, schema = load("common"), load("solve")
        resolver = jsonschema.RefResolver(schema["$id"], schema, store={"common.schema.json": common})
        for one in (made, free):
            jsonschema.Draft202012Validator(schema, resolver=resolver).validate(one)
        self.assertEqual([(h["hub"], h["group"], h["capacity_musd"]) for h in made["hubs"]],
                         [("x-others", "sales", 10), ("x-enforcer", "supplies", 5)])
        for h in made["hubs"]:
            full = h["value_musd"] / h["capacity_musd"]
            self.assertAlmostEqual(h["full_pct"], 100 * full, places=9)
            self.assertAlmostEqual(h["congestion_pct"], 100 * ((1 + full) ** 0.5 - 1), places=6)
        # what is dear does not move
        moved = [sum(m["moved"] for m in one["measures"]) for one in (made, free)]
        self.assertLess(moved[0], moved[1])
        self.assertNotIn("hubs", free)
        self.assertEqual(code, 0, err)
        self.assertIn("Hubs: what passes against what they can take", out)


class DefaultCase(unittest.TestCase):
    """The case that ships: read, solved, certified; an embargo by all leaves its enforcer hardly poorer."""

    CASE = os.path.join(ROOT, "cases", "dprk-2016")

    def test_solve(self):
        made, _ = document("solve", self.CASE)
        common, schema = load("common"), load("solve")
        resolver = jsonschema.RefResolver(schema["$id"], schema, store={"common.schema.json": common})
        jsonschema.Draft202012Validator(schema, resolver=resolver).validate(made)
        actors = {a["id"]: a for a in made["actors"]}
        self.assertLess(actors["PRK"]["real_income_pct"], 0)

    def test_a_deficit_is_not_paid_for_what_cannot_be_shipped(self):
        """Under total enforcement the target's deficit would cost China .26 % of its welfare if it were
        paid all the same; trade lost is .05 % of its output, so its real loss stays far below that."""
        levels = [arg for actor in ("CHN", "RUS", "IND") for arg in ("--enforce", actor + "=1")]
        made, _ = document("solve", self.CASE, *levels)
        china = {a["id"]: a for a in made["actors"]}["CHN"]
        self.assertLess(abs(china["welfare_pct"]), 0.05)

    def test_every_parameter_has_a_grade_and_a_source(self):
        made, _ = document("check", self.CASE, "--list")
        self.assertGreater(len(made["parameters"]), 100)
        for parameter in made["parameters"]:
            self.assertIn(parameter["grade"], "ABCDE")
            self.assertTrue(parameter["source"] and parameter["unit"])


if __name__ == "__main__":
    unittest.main()
