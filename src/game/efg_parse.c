/* SPDX-License-Identifier: MIT */
/*
 * Gambit's .efg text, read in one pass without recursion. Every error has its line and column.
 *
 *   EFG 2 R "title" { "player" ... } "comment"
 *   c "label" set "set label" { "move" probability ... } outcome
 *   p "label" player set "set label" { "move" ... } outcome
 *   t "label" outcome "outcome label" { payoff, ... }
 */
#include "game/game_internal.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NUMBER 64
#define MAX_ID 999999999

typedef enum token_kind { END, WORD, TEXT, NUMBER, OPEN, CLOSE, COMMA } token_kind;

/* What is known under a key: information sets that have their node, payoffs of outcomes. */
typedef struct entry {
    uint64_t key; /* 0: empty */
    size_t value;
} entry;

#define OUTCOMES UINT32_C(0xffffffff) /* stands where a player's number stands for a set */

typedef struct reader {
    const char *at, *end;
    int line, column;             /* of `at` */
    token_kind kind;              /* the token under the cursor */
    int token_line, token_column;
    const char *start;            /* its first byte; for TEXT the first after the quote */
    size_t length;
    const ful_allocator *allocator;
    ful_tree_builder *builder;
    int players;
    int open;                     /* moves that still need a subtree */
    ful__array text;              /* strings of the node being read, one after the other */
    ful__array name;              /* their offsets */
    ful__array number;            /* its probabilities or payoffs */
    ful__array table;             /* entries by hash, at most half of them filled */
    size_t filled;
    ful__array payoff;            /* of the outcomes read so far */
    ful_error *err;
} reader;

static ful_status out_of_memory(reader *r)
{
    return ful_fail(r->err, FUL_ERR_MEMORY, "out of memory while reading a game");
}

/* An error at the token under the cursor. */
#define FAIL(r, ...)                                                                               \
    ful_fail_at((r)->err, FUL_ERR_DATA, "", (r)->token_line, (r)->token_column, __VA_ARGS__)

static void step(reader *r)
{
    if (*r->at == '\n') {
        r->line++;
        r->column = 0;
    }
    r->column++;
    r->at++;
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '+' || c == '-' || c == '.' || c == '/' || c == '_';
}

/* Gambit knows one escape, a quote after a backslash; any other backslash is itself. */
static int is_escape(const char *at, const char *end)
{
    return *at == '\\' && end - at > 1 && at[1] == '"';
}

static ful_status read_quoted(reader *r)
{
    step(r);
    r->kind = TEXT;
    r->start = r->at;
    while (r->at < r->end && *r->at != '"') {
        if (*r->at == '\0')
            return FAIL(r, "a NUL byte inside a text");
        if (is_escape(r->at, r->end))
            step(r);
        step(r);
    }
    if (r->at >= r->end)
        return FAIL(r, "the text that starts here has no closing quote");
    r->length = (size_t)(r->at - r->start);
    step(r);
    return FUL_OK;
}

/* Move the cursor to the next token. */
static ful_status next(reader *r)
{
    while (r->at < r->end && is_space(*r->at))
        step(r);
    r->token_line = r->line;
    r->token_column = r->column;
    r->start = r->at;
    r->length = 0;
    if (r->at >= r->end) {
        r->kind = END;
        return FUL_OK;
    }
    const char c = *r->at;
    if (c == '"')
        return read_quoted(r);
    if (c == '{' || c == '}' || c == ',') {
        r->kind = c == '{' ? OPEN : c == '}' ? CLOSE : COMMA;
        r->length = 1;
        step(r);
        return FUL_OK;
    }
    while (r->at < r->end && is_plain(*r->at))
        step(r);
    r->length = (size_t)(r->at - r->start);
    if (!r->length)
        return FAIL(r, "unexpected byte 0x%02x", (unsigned)(unsigned char)c);
    r->kind = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ? WORD : NUMBER;
    return FUL_OK;
}

/* What stands under the cursor, for a message. */
#define FOUND(r) (int)((r)->length > 40 ? 40 : (r)->length), (r)->start
static ful_status expected(reader *r, const char *what)
{
    if (r->kind == END)
        return FAIL(r, "the text ends where %s is expected", what);
    return FAIL(r, "expected %s, found '%.*s'", what, FOUND(r));
}

static ful_status expect(reader *r, token_kind kind, const char *what)
{
    return r->kind == kind ? next(r) : expected(r, what);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* A decimal number that fills [text, text + length), whatever the locale's decimal point. */
static int decimal(double *value, const char *text, size_t length)
{
    char copy[MAX_NUMBER];
    char *end;
    if (length == 0 || length >= sizeof copy)
        return -1;
    const char point = *localeconv()->decimal_point;
    for (size_t k = 0; k < length; k++) {
        if (!((text[k] >= '0' && text[k] <= '9') || strchr("+-.eE", text[k])))
            return -1;
        copy[k] = text[k] == '.' ? point : text[k];
    }
    copy[length] = '\0';
    *value = strtod(copy, &end);
    return end == copy + length && isfinite(*value) ? 0 : -1;
}

static ful_status read_number(reader *r, double *value)
{
    if (r->kind != NUMBER)
        return expected(r, "a number");
    const char *slash = memchr(r->start, '/', r->length);
    const size_t first = slash ? (size_t)(slash - r->start) : r->length;
    double below = 1;
    if (decimal(value, r->start, first) ||
        (slash && decimal(&below, slash + 1, r->length - first - 1)) || !(below > 0) ||
        !isfinite(*value / below))
        return FAIL(r, "'%.*s' is not a number", FOUND(r));
    *value /= below;
    return next(r);
}

static ful_status read_id(reader *r, int *id, int least, const char *what)
{
    long value = 0;
    if (r->kind != NUMBER)
        return expected(r, what);
    for (size_t k = 0; k < r->length; k++) {
        if (r->start[k] < '0' || r->start[k] > '9' || value > MAX_ID / 10)
            return FAIL(r, "'%.*s' is not %s", FOUND(r), what);
        value = 10 * value + (r->start[k] - '0');
    }
    if (value < least)
        return FAIL(r, "%s starts at %d, found %ld", what, least, value);
    *id = (int)value;
    return next(r);
}

/* Keep the text under the cursor, with its escapes undone, as one more name of this node. */
static ful_status read_text(reader *r, const char *what)
{
    if (r->kind != TEXT)
        return expected(r, what);
    size_t *offset = ful__array_add(&r->name, r->allocator, 1);
    char *copy = ful__array_add(&r->text, r->allocator, r->length + 1);
    if (!offset || !copy)
        return out_of_memory(r);
    *offset = (size_t)(copy - (char *)r->text.data);
    for (size_t k = 0; k < r->length; k++) {
        if (is_escape(r->start + k, r->start + r->length))
            k++;
        *copy++ = r->start[k];
    }
    return next(r);
}

static void forget(reader *r)
{
    r->text.count = r->name.count = r->number.count = 0;
}

/* Names by address, once no more text is added. The pointers reuse the memory of the offsets. */
static const char **names(reader *r)
{
    _Static_assert(sizeof(size_t) >= sizeof(char *), "an offset has room for an address");
    char *from = r->name.data;
    for (size_t k = 0; k < r->name.count; k++) {
        size_t offset;
        memcpy(&offset, from + k * sizeof offset, sizeof offset);
        const char *address = (const char *)r->text.data + offset;
        memcpy(from + k * sizeof address, &address, sizeof address);
    }
    return r->name.data;
}

/* ---- information sets and outcomes ----------------------------------------------------------- */

static entry *find(entry *table, size_t capacity, uint64_t key)
{
    size_t k = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (capacity - 1);
    while (table[k].key && table[k].key != key)
        k = (k + 1) & (capacity - 1);
    return table + k;
}

/* The entry of (kind, id), id >= 1; its key is 0 where it is new. NULL when memory is out. */
static entry *look_up(reader *r, uint32_t kind, int id)
{
    if (r->filled * 2 >= r->table.count) {
        ful__array bigger = {.size = sizeof(entry)};
        const size_t capacity = r->table.count ? r->table.count * 2 : 64;
        entry *table = ful__array_add(&bigger, r->allocator, capacity);
        if (!table)
            return NULL;
        const entry *old = r->table.data;
        for (size_t k = 0; k < r->table.count; k++)
            if (old[k].key)
                *find(table, capacity, old[k].key) = old[k];
        ful__array_free(&r->table, r->allocator);
        r->table = bigger;
    }
    return find(r->table.data, r->table.count, ((uint64_t)kind << 32) | (uint64_t)id);
}

static void remember(reader *r, entry *e, uint32_t kind, int id, size_t value)
{
    e->key = ((uint64_t)kind << 32) | (uint64_t)id;
    e->value = value;
    r->filled++;
}

/* The payoffs in braces under the cursor, into r->number. */
static ful_status read_payoffs(reader *r)
{
    ful_status status = next(r);
    while (!status && r->kind != CLOSE) {
        double *value = ful__array_add(&r->number, r->allocator, 1);
        if (!value)
            return out_of_memory(r);
        status = read_number(r, value);
        if (!status && r->kind == COMMA)
            status = next(r);
    }
    if (status)
        return status;
    if (r->number.count != (size_t)r->players)
        return FAIL(r, "%zu payoffs for %d players", r->number.count, r->players);
    return next(r);
}

/* The payoffs of an outcome that stands without braces: known by its id, or nothing. */
static ful_status recall_outcome(reader *r, const entry *e, const double **payoff)
{
    if (e->key) {
        *payoff = (const double *)r->payoff.data + e->value;
        return FUL_OK;
    }
    *payoff = ful__array_add(&r->number, r->allocator, (size_t)r->players);
    return *payoff ? FUL_OK : out_of_memory(r);
}

/* Payoffs in r->number belong to outcome `id`, which must not have had others. */
static ful_status keep_outcome(reader *r, entry *e, int id, int line, int column)
{
    const size_t count = (size_t)r->players, size = count * sizeof(double);
    if (!id)
        return ful_fail_at(r->err, FUL_ERR_DATA, "", line, column, "outcome 0 carries no payoffs");
    if (!e->key) {
        double *u = ful__array_add(&r->payoff, r->allocator, count);
        if (!u)
            return out_of_memory(r);
        memcpy(u, r->number.data, size);
        remember(r, e, OUTCOMES, id, r->payoff.count - count);
        return FUL_OK;
    }
    if (memcmp((const double *)r->payoff.data + e->value, r->number.data, size) != 0)
        return ful_fail_at(r->err, FUL_ERR_DATA, "", line, column,
                           "outcome %d has other payoffs here than before", id);
    return FUL_OK;
}

/* The outcome of a terminal: its payoffs here, or where its id stood first. */
static ful_status read_outcome(reader *r, const double **payoff)
{
    int id = 0;
    const int line = r->token_line, column = r->token_column;
    ful_status status = read_id(r, &id, 0, "an outcome id");
    if (!status && r->kind == TEXT)
        status = read_text(r, "the outcome's label");
    if (status)
        return status;
    entry *e = look_up(r, OUTCOMES, id ? id : 1);
    if (!e)
        return out_of_memory(r);
    if (r->kind == OPEN) {
        status = read_payoffs(r);
        *payoff = r->number.data;
        return status ? status : keep_outcome(r, e, id, line, column);
    }
    if (id && !e->key)
        return ful_fail_at(r->err, FUL_ERR_DATA, "", line, column,
                           "outcome %d has no payoffs here or before", id);
    const entry none = {0};
    return recall_outcome(r, id ? e : &none, payoff);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

/* { "move" [probability] ... }, the names after those already kept. */
static ful_status read_moves(reader *r, int with_probability)
{
    ful_status status = expect(r, OPEN, "the moves in braces");
    while (!status && r->kind != CLOSE) {
        status = read_text(r, "the name of a move");
        if (status || !with_probability)
            continue;
        double *value = ful__array_add(&r->number, r->allocator, 1);
        if (!value)
            return out_of_memory(r);
        status = read_number(r, value);
    }
    return status ? status : next(r);
}

/* Put the builder's complaint at the node's place; what it calls an argument is data here. */
static ful_status placed(reader *r, ful_status status, int line, int column)
{
    if (status == FUL_ERR_ARGUMENT)
        status = FUL_ERR_DATA;
    if (status && r->err) {
        r->err->status = status;
        r->err->line = line;
        r->err->column = column;
    }
    return status;
}

static ful_status read_inner(reader *r, int is_chance, int line, int column)
{
    int player = 0, set = 0, id = 0;
    ful_status status = FUL_OK;
    if (!is_chance) {
        status = read_id(r, &player, 1, "a player's number");
        if (!status && player > r->players)
            return FAIL(r, "player %d of %d", player, r->players);
    }
    const int set_line = r->token_line, set_column = r->token_column;
    if (!status)
        status = read_id(r, &set, 1, "the number of an information set");
    if (status)
        return status;
    entry *e = is_chance ? NULL : look_up(r, (uint32_t)player, set);
    if (!is_chance && !e)
        return out_of_memory(r);
    if (e && e->key)
        return ful_fail_at(r->err, FUL_ERR_DATA, "", set_line, set_column,
                           "information set %d of player %d holds a second node: only games with "
                           "perfect information are solved here", set, player);
    if (e)
        remember(r, e, (uint32_t)player, set, 0);
    status = read_text(r, "the label of the information set");
    if (!status)
        status = read_moves(r, is_chance);
    if (status)
        return status;
    if (r->kind == NUMBER && !(r->length == 1 && *r->start == '0'))
        return FAIL(r, "an outcome at a node with moves: put its payoffs at the terminal nodes");
    status = read_id(r, &id, 0, "an outcome id");
    if (status)
        return status;
    const int moves = (int)r->name.count - 2;
    const char **name = names(r);
    const char *label = *name[1] ? name[1] : name[0];
    status = is_chance
                 ? ful_tree_chance(r->builder, label, moves, name + 2, r->number.data, r->err)
                 : ful_tree_decision(r->builder, label, player - 1, moves, name + 2, NULL, r->err);
    r->open += moves - 1;
    return placed(r, status, line, column);
}

static ful_status read_node(reader *r)
{
    const int line = r->token_line, column = r->token_column;
    if (r->kind != WORD || r->length != 1 || !strchr("cpt", *r->start))
        return expected(r, "a node: c, p or t");
    const char kind = *r->start;
    forget(r);
    ful_status status = next(r);
    if (!status)
        status = read_text(r, "the node's label");
    if (status)
        return status;
    if (kind != 't')
        return read_inner(r, kind == 'c', line, column);
    const double *payoff = NULL;
    status = read_outcome(r, &payoff);
    if (status)
        return status;
    const char **name = names(r);
    const char *label = r->name.count > 1 && *name[1] ? name[1] : name[0];
    r->open--;
    return placed(r, ful_tree_terminal(r->builder, label, payoff, r->err), line, column);
}

static ful_status read_header(reader *r)
{
    if (r->kind != WORD || r->length != 3 || memcmp(r->start, "EFG", 3) != 0)
        return expected(r, "'EFG 2 R', the first words of a Gambit game");
    ful_status status = next(r);
    if (!status && (r->kind != NUMBER || r->length != 1 || *r->start != '2'))
        return expected(r, "version 2");
    if (!status)
        status = next(r);
    if (!status && (r->kind != WORD || r->length != 1 || !strchr("RD", *r->start)))
        return expected(r, "R or D");
    if (!status)
        status = next(r);
    if (!status)
        status = read_text(r, "the title");
    if (!status)
        status = expect(r, OPEN, "the players in braces");
    const int line = r->token_line, column = r->token_column;
    while (!status && r->kind != CLOSE)
        status = read_text(r, "the name of a player");
    if (!status)
        status = next(r);
    if (!status && r->kind == TEXT)
        status = next(r); /* the comment */
    if (status)
        return status;
    r->players = r->name.count > 1000 ? 1000 : (int)r->name.count - 1;
    const char **name = names(r);
    status = ful_tree_builder_new(&r->builder, name[0], r->players, name + 1, r->allocator, r->err);
    return placed(r, status, line, column);
}

ful_status ful_tree_parse_efg(ful_tree **out, const char *text, size_t size,
                              const ful_allocator *allocator, ful_error *err)
{
    *out = NULL;
    reader r = {.at = text, .end = text + size, .line = 1, .column = 1, .open = 1, .err = err};
    r.allocator = ful__allocator_or_default(allocator);
    r.text.size = 1;
    r.name.size = sizeof(size_t);
    r.number.size = r.payoff.size = sizeof(double);
    r.table.size = sizeof(entry);
    ful_status status = next(&r);
    if (!status)
        status = read_header(&r);
    while (!status && r.open > 0)
        status = read_node(&r);
    if (!status && r.kind != END)
        status = FAIL(&r, "the tree is complete, but '%.*s' follows", FOUND(&r));
    if (!status)
        status = ful_tree_new(out, r.builder, allocator, err);
    ful_tree_builder_free(r.builder);
    ful__array *arrays[] = {&r.text, &r.name, &r.number, &r.table, &r.payoff};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        ful__array_free(arrays[k], r.allocator);
    return status;
}
