/* The one JSON object; docs/json.md tells of its members. */
#include "report.h"

#include "base/when.h"

static void put_words(struct text *out, struct op *op, const char *name, const char *words)
{
    const struct strings list = text_split(op, words, " ");

    json_put_strings(out, name, &list);
}

static void put_error(struct text *out, struct op *op, const struct err *err)
{
    json_open(out, "error", '{');
    json_put(out, "text", err->text);
    json_put(out, "hint", err->hint);
    json_put_int(out, "exit-status", report_status(op, op_exit_status(err->code)));
    if (err->problem)
        json_put(out, "problem", err->problem);
    if (err->http_status)
        json_put_int(out, "http-status", err->http_status);
    if (err->retry_at)
        json_put(out, "retry-at", when_print(op, err->retry_at));
    if (err->names)
        put_words(out, op, "names", err->names);
    json_close(out, '}');
}

static void put_time(struct text *out, struct op *op, const char *name, int64_t when)
{
    json_put(out, name, when ? when_print(op, when) : NULL);
}

/* What the CA has said (RFC 9773), and what was made of it. */
static void put_ari(struct text *out, struct op *op, const struct lineage_ari *ari)
{
    if (!ari->serial)
        return;
    json_open(out, "ari", '{');
    put_time(out, op, "window-start", ari->start);
    put_time(out, op, "window-end", ari->end);
    put_time(out, op, "chosen", ari->chosen);
    put_time(out, op, "next-look", ari->look_at);
    json_put(out, "explanation", ari->explanation);
    json_close(out, '}');
}

static void put_failures(struct text *out, struct op *op, const struct renew_failures *failures)
{
    if (!failures->count)
        return;
    json_open(out, "failures", '{');
    json_put_int(out, "count", failures->count);
    put_time(out, op, "retry-at", failures->retry_at);
    json_put(out, "text", failures->text);
    json_close(out, '}');
}

void json_put_outcome(struct text *out, struct op *op, const struct outcome *o)
{
    json_open(out, NULL, '{');
    json_put(out, "name", o->name);
    json_put_strings(out, "names", &o->names);
    json_put(out, "server", o->server);
    json_put_bool(out, "held", o->held);
    json_put_bool(out, "changed", o->changed);
    json_put_bool(out, "due", o->verdict.due);
    json_put_bool(out, "backing-off", o->verdict.held_back);
    json_put(out, "reason", o->verdict.reason);
    if (o->held) {
        json_put(out, "not-before", when_print(op, o->not_before));
        json_put(out, "not-after", when_print(op, o->not_after));
        json_put(out, "next-renewal", o->off ? NULL : when_print(op, o->verdict.at));
        json_put(out, "serial", o->serial);
        json_put(out, "folder", o->folder);
    }
    json_put_bool(out, "revoked", o->revoked);
    json_put_bool(out, "deploy-owed", o->deploy_owed);
    json_put_strings(out, "missing", &o->missing);
    json_put_bool(out, "key-staged", o->staged);
    put_ari(out, op, &o->ari);
    put_failures(out, op, &o->failures);
    if (o->tlsa.count)
        json_put_strings(out, "tlsa", &o->tlsa);
    json_put(out, "last-error", o->last_error);
    if (o->err.code != ERR_NONE)
        put_error(out, op, &o->err);
    json_close(out, '}');
}

void report_json(struct report *report, const char *members, const struct err *err, int status)
{
    struct text out = text_begin(report->op->arena);

    json_open(&out, NULL, '{');
    json_put_int(&out, "version", 1);
    json_put(&out, "command", report->command);
    json_put_int(&out, "exit-status", report_status(report->op, status));
    if (*members)
        text_add(&out, ",%s", members);
    if (err->code != ERR_NONE)
        put_error(&out, report->op, err);
    json_close(&out, '}');
    text_char(&out, '\n');
    report_text(report, out.data);
    report->printed = true;
}
