#include "transcript.h"

#include "transcript_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rest of the line behind a word, or NULL when the line begins with something else. */
static const char *after(const char *line, const char *word)
{
    size_t length = strlen(word);

    if (!text_starts(line, word) || (line[length] && line[length] != ' ' && line[length] != ':'))
        return NULL;
    return line + length + strspn(line + length, " :");
}

/* "FQDN in ZONE: VALUE VALUE", "FQDN: VALUE" */
static bool records_of(struct reader *r, const char *text)
{
    struct action *action = r->action;
    const char *colon = strstr(text, ": ");
    struct strings names, values;

    if (!action || !colon)
        return WRONG(r, "records are written \"FQDN in ZONE: VALUE...\"");
    names = text_split(r->op, text_cut(r->op, text, (size_t)(colon - text)), " ");
    values = text_split(r->op, colon + 1, " ");
    if (names.count != 1 && !(names.count == 3 && text_same(names.at[1], "in")))
        return WRONG(r, "records are written \"FQDN in ZONE: VALUE...\"");
    for (size_t i = 0; i < values.count; i++) {
        if (action->record_count == MOST_RECORDS)
            return WRONG(r, "more than %u records", MOST_RECORDS);
        action->records[action->record_count++] = (struct record){
            .fqdn = names.at[0],
            .zone = names.count == 3 ? names.at[2] : NULL,
            .value = values.at[i],
        };
    }
    return true;
}

static bool begin_action(struct reader *r, enum action_kind kind)
{
    struct scenario *s = r->scenario;

    if (!s || s->action_count == MOST_ACTIONS)
        return WRONG(r, "an action outside of a case, or too many in one");
    if (r->action && !r->action->outcome)
        return WRONG(r, "the action before has no outcome (ok, fails, ...)");
    r->action = &s->actions[s->action_count++];
    r->action->kind = kind;
    r->action->line = r->line;
    r->exchange = NULL;
    return true;
}

static bool end_action(struct reader *r, enum outcome outcome)
{
    if (!r->action || r->action->outcome)
        return WRONG(r, "an outcome without an action");
    r->action->outcome = outcome;
    r->exchange = NULL;
    return true;
}

/* The parts of `text` between double quotes. */
static struct strings quoted(struct op *op, const char *text)
{
    struct strings list = { 0 };

    while ((text = strchr(text, '"'))) {
        size_t length = strcspn(text + 1, "\"");

        strings_add(op, &list, text_cut(op, text + 1, length));
        text += 1 + length;
        text += *text == '"';
    }
    return list;
}

static enum err_code code_named(const char *name)
{
    static const char *const names[ERR_COUNT] = {
#define ERR(code, status, text) [ERR_##code] = #code,
#include "base/codes.def"
#undef ERR
    };

    for (size_t i = 1; i < ERR_COUNT; i++)
        if (text_same(names[i], name))
            return (enum err_code)i;
    return ERR_NONE;
}

/* "PROVIDER "words" "words"" */
static bool fails_line(struct reader *r, const char *text)
{
    if (!end_action(r, OUTCOME_FAILS))
        return false;
    r->action->code = code_named(text_cut(r->op, text, strcspn(text, " :")));
    r->action->words = quoted(r->op, text);
    return r->action->code != ERR_NONE || WRONG(r, "no error code begins \"%s\"", text);
}

static bool without_line(struct reader *r, const char *text)
{
    if (!r->action || r->action->outcome != OUTCOME_FAILS)
        return WRONG(r, "\"without\" stands behind \"fails\"");
    r->action->no_words = quoted(r->op, text);
    return true;
}

static bool use_line(struct reader *r, const char *name)
{
    const struct shared *s = r->shared;
    struct exchange *exchange;

    while (s && !text_same(s->name, name))
        s = s->next;
    if (!s)
        return WRONG(r, "there is no exchange \"%s\"", name);
    exchange = new_exchange(r);
    if (!exchange)
        return false;
    *exchange = s->exchange;
    r->exchange = NULL;
    return true;
}

static bool exchange_line(struct reader *r, const char *name)
{
    struct shared *s = op_new(r->op, struct shared);

    s->name = text_dup(r->op, name);
    s->next = r->shared;
    r->shared = s;
    r->exchange = &s->exchange;
    r->scenario = NULL;
    r->action = NULL;
    return true;
}

static bool case_line(struct reader *r, const char *title)
{
    struct scenario *s = op_new(r->op, struct scenario);

    s->title = text_dup(r->op, title);
    s->path = r->path;
    s->line = r->line;
    *r->last = s;
    r->last = &s->next;
    r->scenario = s;
    r->action = NULL;
    r->exchange = NULL;
    return true;
}

/* "NAME = value" */
static bool credential_line(struct reader *r, const char *line)
{
    const char *equals = strstr(line, " = ");

    if (!equals || !r->scenario || r->action)
        return WRONG(r, "what is \"%s\"?", line);
    strings_add(r->op, &r->scenario->names, text_cut(r->op, line, (size_t)(equals - line)));
    strings_add(r->op, &r->scenario->values, text_dup(r->op, equals + 3));
    return true;
}

static bool may_fail_line(struct reader *r, const char *text)
{
    struct action *action = r->action;

    (void)text;
    if (!action || !action->exchange_count)
        return WRONG(r, "\"may fail\" stands behind an exchange");
    action->exchanges[action->exchange_count - 1]->may_fail = true;
    return true;
}

static bool is_line(struct reader *r, const char *zone)
{
    if (!end_action(r, OUTCOME_IS))
        return false;
    r->action->zone = text_dup(r->op, zone);
    return true;
}

static bool zone_line(struct reader *r, const char *fqdn)
{
    if (!begin_action(r, ACTION_ZONE))
        return false;
    r->action->records[r->action->record_count++].fqdn = text_dup(r->op, fqdn);
    return true;
}

static bool add_line(struct reader *r, const char *text)
{
    return begin_action(r, ACTION_ADD) && records_of(r, text);
}

static bool remove_line(struct reader *r, const char *text)
{
    return begin_action(r, ACTION_REMOVE) && records_of(r, text);
}

static bool settled_line(struct reader *r, const char *text)
{
    return begin_action(r, ACTION_SETTLED) && records_of(r, text);
}

static bool close_line(struct reader *r, const char *text)
{
    (void)text;
    return begin_action(r, ACTION_CLOSE);
}

static bool forget_line(struct reader *r, const char *text)
{
    (void)text;
    return begin_action(r, ACTION_FORGET) && end_action(r, OUTCOME_OK);
}

static bool ok_line(struct reader *r, const char *text)
{
    (void)text;
    return end_action(r, OUTCOME_OK);
}

static bool not_yet_line(struct reader *r, const char *text)
{
    (void)text;
    return end_action(r, OUTCOME_NOT_YET);
}

static bool unknown_line(struct reader *r, const char *text)
{
    (void)text;
    return end_action(r, OUTCOME_UNKNOWN);
}

static const struct {
    const char *word;
    bool (*read)(struct reader *r, const char *rest);
} kinds[] = {
    { "case", case_line },         { "exchange", exchange_line },
    { "use", use_line },           { "add", add_line },
    { "remove", remove_line },     { "settled", settled_line },
    { "with", records_of },        { "zone", zone_line },
    { "close", close_line },       { "forget", forget_line },
    { "may fail", may_fail_line }, { "ok", ok_line },
    { "not yet", not_yet_line },   { "is", is_line },
    { "unknown", unknown_line },   { "fails", fails_line },
    { "without", without_line },
};

static bool read_line(struct reader *r, const char *line)
{
    const char *rest;

    if (*line == '>')
        return request_line(r, line + 1 + (line[1] == ' '));
    if (*line == '<')
        return answer_line(r, line + 1 + (line[1] == ' '));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if ((rest = after(line, kinds[i].word)))
            return kinds[i].read(r, rest);
    return credential_line(r, line);
}

static bool complete(struct reader *r)
{
    for (const struct scenario *s = r->first; s; s = s->next) {
        r->line = s->line;
        if (!s->action_count || !s->actions[s->action_count - 1].outcome)
            return WRONG(r, "the case \"%s\" does not end with an outcome", s->title);
    }
    return r->first || WRONG(r, "there is no case");
}

struct scenario *transcript_read(struct op *op, const char *path)
{
    struct reader r = { .op = op, .path = path };
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;

    if (!file) {
        op_fail_errno(op, ERR_CONFIG, "%s", path);
        return NULL;
    }
    r.last = &r.first;
    while (op_ok(op) && getline(&line, &room, file) >= 0) {
        const char *text = text_trim(op, line);

        r.line++;
        if (*text && *text != '#')
            read_line(&r, text);
    }
    free(line);
    fclose(file);
    return op_ok(op) && complete(&r) ? r.first : NULL;
}
