/* SPDX-License-Identifier: MIT */
/* What a case says of its game is what stands in the situation, and what the game could not use is
 * refused at its place. */
#include "sandbox.h"

enum { SENDER, ENFORCER, TARGET, OTHERS };

static ful_case *load(void)
{
    char folder[256];
    ful_case *c;
    ful_error err = {0};
    sandbox_path(folder, sizeof folder, sandbox_cases(), "triangle");
    ful_status_is(ful_case_load(&c, folder, NULL, &err), FUL_OK, &err);
    return c;
}

static void is_parameter(const ful_situation *s, ful_param k, const char *id)
{
    assert_true(k >= 0 && k < s->parameters);
    assert_string_equal(s->parameter[k].id, id);
}

static void test_players(void **state)
{
    (void)state;
    ful_case *c = load();
    const ful_situation *s = ful_case_situation(c);
    static const int actor[] = {SENDER, TARGET, ENFORCER, OTHERS};
    assert_int_equal(s->game.players, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(s->game.player[i].actor, actor[i]);
    is_parameter(s, s->game.player[FUL_T].delta, "game.delta_T");
    is_parameter(s, s->game.player[FUL_S].precision, "game.lambda");
    is_parameter(s, s->game.player[FUL_E + 1].stake, "game.stake_O");
    assert_false(s->game.simultaneous);
    ful_case_free(c);
}

static void test_parts(void **state)
{
    (void)state;
    ful_case *c = load();
    const ful_situation *s = ful_case_situation(c);
    const ful_case_enforced *part = s->game.part;
    assert_int_equal(s->game.enforced, 4);
    assert_string_equal(part[1].id, "supplies");
    assert_string_equal(part[1].name, "What the target buys");
    assert_int_equal(part[1].owner, FUL_E);
    assert_true(part[1].group[1] && !part[1].group[0]);
    assert_int_equal(part[1].levels, 3);
    ful_near(part[1].level[1], .5, 0, 0);
    assert_int_equal(part[1].start, 1);
    assert_int_equal(part[1].regime, -1);
    assert_int_equal(part[2].owner, FUL_E + 1);
    assert_true(part[2].group[0] && part[2].group[1]);
    assert_int_equal(part[2].start, 0);
    assert_null(part[3].group);
    assert_int_equal(part[3].regime, 2);
    assert_int_equal(part[3].levels, 2);
    ful_near(part[3].level[0], 0, 0, 0);
    ful_near(part[3].level[1], 1, 0, 0);
    assert_int_equal(part[3].start, 0);
    ful_case_free(c);
}

/* Column 0 is the target, 1 the sender, then the enforcers, then the households. */
static void test_terms(void **state)
{
    (void)state;
    ful_case *c = load();
    const ful_situation *s = ful_case_situation(c);
    assert_int_equal(s->game.terms, 23);
    static const struct {
        const char *id, *amount;
        int player, kind, column, loss;
    } known[] = {
        {"armed", "game.n_T", FUL_T, FUL_TERM_PROGRAMME, 0, 0},
        {"elite", "game.w_elite", FUL_T, FUL_TERM_INCOME, 4, 0},
        {"mass", "game.w_mass", FUL_T, FUL_TERM_INCOME, 5, 0},
        {"dismantling", "game.dismantling", FUL_T, FUL_TERM_DISMANTLING, 0, 1},
        {"restarting", "game.restart_gain", FUL_T, FUL_TERM_RESTART, 0, 0},
        {"sender_income", "game.w_S", FUL_S, FUL_TERM_INCOME, 1, 0},
        {"concession", "game.concession", FUL_S, FUL_TERM_RELIEF, 0, 1},
        {"word", "game.audience", FUL_S, FUL_TERM_AUDIENCE, 0, 1},
        {"vacuum", "game.C_S", FUL_S, FUL_TERM_COLLAPSE, 0, 1},
        {"north", "game.north_gain", FUL_S, FUL_TERM_NORTH, 0, 0},
        {"broken", "game.north_cost", FUL_S, FUL_TERM_NORTH_BROKEN, 0, 1},
        {"war", "game.warrisk", FUL_E, FUL_TERM_ALERT, 0, 1},
        {"enforcer_income", "game.w_E", FUL_E, FUL_TERM_INCOME, 2, 0},
        {"friction", "game.friction", FUL_E, FUL_TERM_ENFORCEMENT, 0, 1},
        {"adopting", "game.adoption", FUL_E, FUL_TERM_ADOPTION, 0, 1},
        {"refugees", "game.c_ref", FUL_E, FUL_TERM_REFUGEES, 0, 1},
        {"troops", "game.L_troops", FUL_E, FUL_TERM_TROOPS, 0, 1},
        {"others_income", "game.w_O", FUL_E + 1, FUL_TERM_INCOME, 3, 0},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const ful_case_term *t = NULL;
        for (int q = 0; q < s->game.terms; q++)
            if (strcmp(s->game.term[q].id, known[k].id) == 0)
                t = &s->game.term[q];
        assert_non_null(t);
        assert_int_equal(t->player, known[k].player);
        assert_int_equal(t->kind, known[k].kind);
        assert_int_equal(t->column, known[k].column);
        assert_int_equal(t->loss, known[k].loss);
        is_parameter(s, t->amount, known[k].amount);
    }
    ful_case_free(c);
}

static void test_levers(void **state)
{
    (void)state;
    ful_case *c = load();
    const ful_situation *s = ful_case_situation(c);
    assert_int_equal(s->levers, 6);
    assert_int_equal(s->lever[0].contract, FUL_CONTRACT_UNCONDITIONAL);
    assert_int_equal(s->lever[0].duration, 8);
    assert_int_equal(s->lever[0].value_e, FUL_NO_PARAM);
    assert_int_equal(s->lever[0].point, 1);
    assert_int_equal(s->lever[0].enforcer, FUL_E);
    assert_true(s->lever[1].troops && !s->lever[0].troops);
    assert_int_equal(s->lever[2].lifts, 5);
    assert_int_equal(s->lever[2].duration, FUL_BARGAIN_MAX_HORIZON);
    assert_int_equal(s->lever[0].lifts, -1);
    assert_int_equal(s->lever[3].contract, FUL_CONTRACT_STAGE);
    assert_int_equal(s->lever[4].enforcer, FUL_E + 1);
    assert_true(s->lever[4].standing && !s->lever[2].standing);
    assert_int_equal(s->lever[5].contract, FUL_CONTRACT_PENALTY);
    assert_true(s->lever[5].stick && !s->lever[4].stick);
    assert_int_equal(s->packages, 4);
    assert_int_equal(s->package[0].levers, 15);
    assert_int_equal(s->package[1].levers, 3);
    assert_int_equal(s->package[2].levers, 4);
    assert_int_equal(s->package[3].levers, 4 | 16);
    ful_case_free(c);
}

static void test_rules(void **state)
{
    (void)state;
    ful_case *c = load();
    const ful_situation *s = ful_case_situation(c);
    const ful_case_game *g = &s->game;
    static const char *const symbols[] = {
#define SYMBOL(symbol, unit, meaning) "game." #symbol,
        FUL_BARGAIN_PARAMETERS(SYMBOL)
#undef SYMBOL
    };
    for (size_t k = 0; k < sizeof symbols / sizeof *symbols; k++)
        is_parameter(s, g->parameter[k], symbols[k]);
    is_parameter(s, g->relief_freeze, "game.relief_freeze");
    is_parameter(s, g->relief_dismantle, "game.relief_dismantle");
    assert_int_equal(g->start, ful_date_days(2023, 6, 1));
    assert_int_equal(g->horizon, 4);
    assert_int_equal(g->dismantle_periods, 2);
    assert_int_equal(g->capability_steps, 2);
    assert_int_equal(g->moves, FUL_MOVES_ALL);
    assert_int_equal(g->start_stage, FUL_STAGE_ARMED);
    assert_int_equal(g->base_regime, 0);
    assert_int_equal(g->pressure_regime, 1);
    assert_int_equal(g->corner_package, 0);
    ful_case_free(c);
}

static void test_record(void **state)
{
    (void)state;
    ful_case *c = load();
    const ful_case_record *record = &ful_case_situation(c)->record;
    assert_int_equal(record->first_year, 2022);
    assert_int_equal(record->rows, 13);
    assert_int_equal(record->start_stage, FUL_STAGE_ARMED);
    for (int k = 0; k < 4; k++)
        assert_int_equal(record->start[k], 0);
    const ful_record_row *x = &record->row[3];
    assert_int_equal(x->kind, FUL_RECORD_STAGE);
    assert_int_equal(x->half, 3);
    ful_near(x->value, FUL_STAGE_FROZEN, 0, 0);
    assert_int_equal(x->part, -1);
    x = &record->row[5];
    assert_int_equal(x->kind, FUL_RECORD_ENFORCEMENT);
    assert_int_equal(x->half, 1);
    assert_int_equal(x->part, 0);
    ful_near(x->value, .6, 0, 0);
    ful_near(x->low, .4, 0, 0);
    ful_near(x->high, .8, 0, 0);
    assert_int_equal(x->grade, 'E');
    assert_int_equal(record->row[12].kind, FUL_RECORD_RELIEF);
    ful_near(record->row[12].value, 0, 0, 0);
    ful_case_free(c);
}

/* What may be left out, and what a start off the grid means. */
static void test_variants(void **state)
{
    (void)state;
    sandbox box;
    int line, column;
    sandbox_new(&box);
    sandbox_edit(&box, "case.yaml", "moves: [freeze, dismantle, pause, restart]",
                 "moves: [restart, freeze]", &line, &column);
    sandbox_edit(&box, "case.yaml", "simultaneous: false", "simultaneous: true", &line, &column);
    sandbox_edit(&box, "case.yaml", "corner_package: all", "corner_package: words", &line, &column);
    sandbox_edit(&box, "case.yaml", "levels: [.2, .8], start: .2", "levels: [.2, .8], start: .55",
                 &line, &column);
    sandbox_edit(&box, "case.yaml", "id: controls, name: Controls in ports", "id: controls", &line,
                 &column);
    sandbox_remove(&box, "record.csv");
    sandbox_edit(&box, "case.yaml",
                 "record:                          # record.csv begins in this state\n"
                 "  start_stage: armed\n"
                 "  start: {sales: 0, supplies: 0, controls: .2}\n",
                 "", &line, &column);
    ful_case *c = sandbox_accepted(&box);
    const ful_situation *s = ful_case_situation(c);
    assert_int_equal(s->game.moves, FUL_MOVE_FREEZE | FUL_MOVE_RESTART);
    assert_true(s->game.simultaneous);
    assert_int_equal(s->game.corner_package, 1);
    assert_int_equal(s->game.part[2].start, 1);
    assert_string_equal(s->game.part[2].name, "controls");
    assert_int_equal(s->record.rows, 0);
    ful_case_free(c);
    sandbox_free(&box);
}

static const sandbox_change player_changes[] = {
    {"case.yaml", "{actor: x-sender, discount", "{actor: ^x-target, discount",
     "player 1 is the sender, x-sender: players are the sender, the target", NULL, NULL},
    {"case.yaml", "{actor: x-others, discount", "{actor: ^x-enforcer, discount",
     "player 'x-enforcer' stands twice", NULL, NULL},
    {"case.yaml", "{actor: x-others, discount", "{actor: ^x-other, discount",
     "actor 'x-other' is not declared (did you mean 'x-others', line ", NULL, NULL},
    {"case.yaml", "precision: game.lambda, stake: game.stake_S", "stake: game.stake_S",
     "key 'precision' is missing here", NULL, "^{actor: x-sender"},
    {"case.yaml", "stake: game.stake_S", "stake: ^game.stake_Q",
     "parameter 'game.stake_Q' is not declared", NULL, NULL},
    {"parameters.csv", "game.stake_O,%/year,0.01,loguniform,0.001",
     "^game.stake_O,%/year,0.01,uniform,0", "runs from 0 to 0.01, expected above 0", NULL, NULL},
    {"parameters.csv", "game.delta_S,1/year,0.95,uniform,0.85,0.99",
     "^game.delta_S,1/year,0.95,uniform,0.85,1.99", "runs from 0.85 to 1.99", NULL, NULL},
};

static const sandbox_change part_changes[] = {
    {"case.yaml", "by: x-others, groups", "by: ^x-other, groups",
     "player 'x-other' is not declared (did you mean 'x-others', line ", NULL, NULL},
    {"case.yaml", "by: x-others, groups", "by: ^x-target, groups",
     "x-target is the target: expected an enforcer", NULL, NULL},
    {"case.yaml", "by: x-others, groups: '*'", "by: x-enforcer, groups: ^'*'",
     "part 'sales' of x-enforcer moves group 'sales' already", NULL, NULL},
    {"case.yaml", "groups: [supplies]", "groups: [^suplies]",
     "group 'suplies' is not declared (did you mean 'supplies', line ", NULL, NULL},
    {"case.yaml", "groups: [supplies]", "groups: [supplies, ^supplies]", "stands twice", NULL,
     NULL},
    {"case.yaml", "groups: [supplies]", "groups: ^supplies", "'*' or a list of groups", NULL, NULL},
    {"case.yaml", "levels: [0, .5, 1]", "levels: [0, .5, ^.5]", "levels must ascend", NULL, NULL},
    {"case.yaml", "levels: [0, .5, 1]", "levels: [0, .5, ^1.5]", "expected 0..1", NULL, NULL},
    {"case.yaml", "levels: [.2, .8]", "levels: ^[.2]", "1 levels, expected 2..8", NULL, NULL},
    {"case.yaml", "levels: [.2, .8], start: .2", "levels: [.2, .8], start: ^2", "expected 0..1",
     NULL, NULL},
    {"case.yaml", "by: x-enforcer, adopts: more", "by: x-enforcer, adopts: ^moor",
     "regime 'moor' is not declared (did you mean 'more', line ", NULL, NULL},
    {"case.yaml", "by: x-enforcer, adopts: more", "by: x-enforcer, adopts: more, ^start: 1",
     "a regime is adopted as a whole or not: leave 'start' out", NULL, NULL},
    {"case.yaml", "by: x-others, groups: '*', levels: [.2, .8], start: .2",
     "by: x-others, adopts: new", "'controls' adopts a regime already", NULL,
     "by: x-enforcer, ^adopts: more"},
    {"case.yaml",
     "    - {id: controls, name: Controls in ports, by: x-others, groups: '*', levels: [.2, .8], "
     "start: .2}\n",
     "", "x-others enforces nothing: give it a part", NULL, "enforcement:\n    ^-"},
    {"case.yaml", "levels: [0, .5, 1], start: .5}\n    - {id: supplies",
     "levels: [0, .5, .6], start: .5}\n    - {id: supplies", "'game.ebar' runs from 0.3 to 0.8",
     "parameters.csv", "^game.ebar"},
};

static const sandbox_change term_changes[] = {
    {"case.yaml", "player: x-target, kind: programme", "player: x-target, kind: ^program",
     "kind 'program' is not known (did you mean 'programme'?", NULL, NULL},
    {"case.yaml", "player: x-target, kind: programme", "player: ^x-targt, kind: programme",
     "player 'x-targt' is not declared (did you mean 'x-target', line ", NULL, NULL},
    {"case.yaml", "kind: income, of: elite", "kind: income, of: ^elit",
     "income 'elit' is not declared (did you mean 'elite', line ", NULL, NULL},
    {"case.yaml", "kind: income, of: elite", "kind: income", "key 'of' is missing here", NULL,
     "^{id: elite, name: Income of the elite"},
    {"case.yaml", "kind: dismantling, loss", "kind: dismantling, ^of: mass, loss",
     "only a term of the kind income has 'of'", NULL, NULL},
    {"case.yaml", "kind: alert, loss: game.warrisk", "kind: alert",
     "a term is either a 'gain' or a 'loss'", NULL, "^{id: war"},
    {"case.yaml", "kind: alert, loss: game.warrisk",
     "kind: alert, loss: game.warrisk, gain: game.b_E", "a term is either a 'gain' or a 'loss'",
     NULL, "^{id: war"},
    {"case.yaml", "kind: alert, loss: game.warrisk", "kind: alert, loss: ^game.warisk",
     "parameter 'game.warisk' is not declared (did you mean 'game.warrisk', parameters.csv line ",
     NULL, NULL},
    {"case.yaml", "{id: war,", "{id: ^armed,", "term 'armed' stands twice", NULL, NULL},
    {"case.yaml", "player: x-sender, kind: relief", "player: x-sender, kind: ^enforcement",
     "x-sender enforces nothing", NULL, NULL},
    {"case.yaml", "player: x-others, kind: enforcement", "player: x-others, kind: ^adoption",
     "x-others has nothing to adopt", NULL, NULL},
};

static const sandbox_change rule_changes[] = {
    {"case.yaml", "moves: [freeze, dismantle, pause, restart]",
     "moves: [freeze, ^dismantel, pause]",
     "move 'dismantel' is not known (did you mean 'dismantle'?", NULL, NULL},
    {"case.yaml", "moves: [freeze, dismantle, pause, restart]", "moves: [freeze, ^freeze]",
     "move 'freeze' stands twice", NULL, NULL},
    {"case.yaml", "capability_steps: 2", "capability_steps: ^9", "expected 1..8", NULL, NULL},
    {"case.yaml", "corner_package: all", "corner_package: ^al", "package 'al' is not declared",
     NULL, NULL},
    {"case.yaml", "simultaneous: false", "simultaneous: ^no", "simultaneous 'no' is not known",
     NULL, NULL},
    {"parameters.csv", "game.relief_freeze,1,0.3,uniform,0,0.9,invented,E,\n", "",
     "the game needs the parameter 'game.relief_freeze'", "case.yaml", "game:\n  ^start"},
    {"parameters.csv", "game.turnover_withdraws,1,0.5,uniform,0.2,0.9",
     "^game.turnover_withdraws,1,0.5,uniform,0.2,1.9", "runs from 0.2 to 1.9, expected 0..1", NULL,
     NULL},
    {"case.yaml", "to: x-others", "to: ^x-sender", "x-sender is the sender: expected an enforcer",
     NULL, NULL},
    {"case.yaml", "standing: true", "standing: true\n    ^withdrawal: withdrawal.word",
     "a standing lever cannot be withdrawn", NULL, NULL},
    {"case.yaml", "contract: penalty", "contract: ^penalties",
     "contract 'penalties' is not known (did you mean 'penalty'?", NULL, NULL},
    {"case.yaml", "levers: [tariff, ports]", "levers: [tariff, ^duties]",
     "'duties' is a stick: a package is made of offers", NULL, NULL},
};

static const sandbox_change record_changes[] = {
    {"record.csv", "2022H1,stage", "^2022H3,stage", "no half-year of the form YYYYH1", NULL, NULL},
    {"record.csv", "2022H1,stage", "^22H1,stage", "no half-year", NULL, NULL},
    {"record.csv", "2022H1,stage,,armed", "2022H1,stage,,^armd",
     "stage 'armd' is not known (did you mean 'armed'?", NULL, NULL},
    {"record.csv", "2022H1,stage,,armed", "2022H1,^stages,,armed",
     "variable 'stages' is not known (did you mean 'stage'?", NULL, NULL},
    {"record.csv", "2022H1,stage,,armed", "2022H1,stage,^sales,armed", "leave the field empty",
     NULL, NULL},
    {"record.csv", "2022H1,stage,,armed,,", "2022H1,stage,,armed,^0,", "leave the field empty",
     NULL, NULL},
    {"record.csv", "2022H1,enforcement,sales,0.2", "2022H1,enforcement,^sale,0.2",
     "part 'sale' is not declared (did you mean 'sales', case.yaml line ", NULL, NULL},
    {"record.csv", "sales,0.2,0.1,0.4", "sales,^1.2,0.1,0.4", "value is 1.2, expected 0..1", NULL,
     NULL},
    {"record.csv", "sales,0.2,0.1,0.4", "sales,0.2,^0.3,0.4", "low is 0.3, expected 0..0.2", NULL,
     NULL},
    {"record.csv", "2023H2,relief,,0", "2023H2,relief,,^0.5", "a whole number", NULL, NULL},
    {"record.csv", "2022H2,enforcement,sales", "^2022H1,enforcement,sales", "repeats line ", NULL,
     NULL},
    {"record.csv", "2023H2,relief", "^2054H1,relief", "spans more than 64 half-years from 2022H1",
     NULL, NULL},
    {"record.csv", "2023H2,relief,,0,,,invented", "2023H2,relief,,0,,,^invent",
     "source 'invent' is not declared", NULL, NULL},
    {"case.yaml", "start: {sales: 0, supplies: 0, controls: .2}",
     "start: {sales: 0, ^suplies: 0, controls: .2}", "part 'suplies' is not declared", NULL, NULL},
    {"case.yaml", "start: {sales: 0, supplies: 0, controls: .2}", "start: {sales: 0, controls: .2}",
     "key 'supplies' is missing here", NULL, "start: ^{sales: 0, controls"},
    {"case.yaml", "start: {sales: 0, supplies: 0, controls: .2}",
     "start: {sales: 0, supplies: 0, controls: .2, ^more: 1}", "which nobody has at the start",
     NULL, NULL},
    {"case.yaml", "start: {sales: 0, supplies: 0, controls: .2}", "start: ^0",
     "'start' must be a map", NULL, NULL},
};

#define CHECKS(changes)                                                                            \
    static void test_##changes(void **state)                                                       \
    {                                                                                              \
        (void)state;                                                                               \
        sandbox_check_changes(changes, sizeof changes / sizeof *changes);                          \
    }
CHECKS(player_changes)
CHECKS(part_changes)
CHECKS(term_changes)
CHECKS(rule_changes)
CHECKS(record_changes)

/* The record and the state in which it begins come together. */
static void test_halves_of_a_record(void **state)
{
    (void)state;
    sandbox box;
    sandbox_new(&box);
    sandbox_remove(&box, "record.csv");
    size_t size;
    char *text = sandbox_slurp(box.folder, "case.yaml", &size);
    char *at = strstr(text, "\nrecord:");
    int line, column;
    assert_non_null(at);
    sandbox_place(text, at + 1, &line, &column);
    sandbox_refused(&box, FUL_ERR_DATA, "case.yaml", line, column, "without rows in record.csv");
    at[1] = '\0';
    sandbox_write(&box, "case.yaml", text, strlen(text));
    free(text);
    ful_case_free(sandbox_accepted(&box));
    text = sandbox_slurp(sandbox_cases(), "triangle/record.csv", &size);
    sandbox_write(&box, "record.csv", text, size);
    free(text);
    sandbox_refused(&box, FUL_ERR_DATA, "case.yaml", 1, 1, "record.csv needs the key 'record'");
    sandbox_free(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_players),
                                       cmocka_unit_test(test_parts),
                                       cmocka_unit_test(test_terms),
                                       cmocka_unit_test(test_levers),
                                       cmocka_unit_test(test_rules),
                                       cmocka_unit_test(test_record),
                                       cmocka_unit_test(test_variants),
                                       cmocka_unit_test(test_player_changes),
                                       cmocka_unit_test(test_part_changes),
                                       cmocka_unit_test(test_term_changes),
                                       cmocka_unit_test(test_rule_changes),
                                       cmocka_unit_test(test_record_changes),
                                       cmocka_unit_test(test_halves_of_a_record)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
