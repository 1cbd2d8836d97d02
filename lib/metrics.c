#include "metrics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SUCCESS "mcacme_last_success_timestamp_seconds"

/* One number of a certificate. */
struct gauge {
    const char *name, *help;
    int64_t (*value)(const struct outcome *o);
};

static int64_t held(const struct outcome *o)
{
    return o->held;
}

static int64_t not_before(const struct outcome *o)
{
    return o->not_before;
}

static int64_t not_after(const struct outcome *o)
{
    return o->not_after;
}

static int64_t next_renewal(const struct outcome *o)
{
    return o->off ? 0 : o->verdict.at;
}

static int64_t due(const struct outcome *o)
{
    return o->verdict.due && !o->changed;
}

static int64_t deploy_owed(const struct outcome *o)
{
    return o->deploy_owed;
}

static int64_t failures(const struct outcome *o)
{
    return o->failures.count + (o->err.code != ERR_NONE && !o->verdict.held_back);
}

static int64_t missing(const struct outcome *o)
{
    return (int64_t)o->missing.count;
}

static int64_t revoked(const struct outcome *o)
{
    return o->revoked;
}

static const struct gauge gauges[] = {
    { "mcacme_certificate_held", "Whether there is a certificate.", held },
    { "mcacme_certificate_not_before_timestamp_seconds", "When it begins.", not_before },
    { "mcacme_certificate_not_after_timestamp_seconds", "When it ends.", not_after },
    { "mcacme_certificate_next_renewal_timestamp_seconds", "When it is due; 0: never.", next_renewal },
    { "mcacme_certificate_due", "Whether it is due and was not renewed.", due },
    { "mcacme_certificate_deploy_owed", "Whether a deploy step has failed.", deploy_owed },
    { "mcacme_certificate_failures", "Attempts that failed in a row.", failures },
    { "mcacme_certificate_names_missing", "Wanted names that it lacks.", missing },
    { "mcacme_certificate_revoked", "Whether it was revoked and not replaced yet.", revoked },
};

static void put_label(struct text *out, const char *value)
{
    for (const char *c = value; *c; c++) {
        if (*c == '"' || *c == '\\')
            text_char(out, '\\');
        text_char(out, *c);
    }
}

static void put_gauge(struct text *out, const struct gauge *gauge, const struct metrics *metrics)
{
    text_add(out, "# HELP %s %s\n# TYPE %s gauge\n", gauge->name, gauge->help, gauge->name);
    for (size_t i = 0; i < metrics->count; i++) {
        text_add(out, "%s{certificate=\"", gauge->name);
        put_label(out, metrics->at[i].name);
        text_add(out, "\"} %" PRId64 "\n", gauge->value(&metrics->at[i]));
    }
}

static void put_number(struct text *out, const char *name, const char *help, int64_t value)
{
    text_add(out, "# HELP %s %s\n# TYPE %s gauge\n%s %" PRId64 "\n", name, help, name, name, value);
}

/* What the former file says; 0 where it says nothing. Nothing that is wrong with it is a reason to fail. */
static int64_t former_success(struct op *op, const char *path)
{
    struct op *child = op_child(op);
    const char *text = file_read_if_there(child, path);
    const char *line = text ? strstr(text, "\n" SUCCESS " ") : NULL;
    int64_t value = line ? strtoll(line + strlen("\n" SUCCESS " "), NULL, 10) : 0;

    op_end(child);
    return value > 0 ? value : 0;
}

bool metrics_write(struct op *op, const char *path, const struct metrics *metrics)
{
    struct text out = text_begin(op->arena);
    bool good;

    text_add(&out, "# HELP mcacme_build_info The version.\n# TYPE mcacme_build_info gauge\n"
                   "mcacme_build_info{version=\"" MCACME_VERSION "\"} 1\n");
    put_number(&out, "mcacme_last_run_timestamp_seconds", "When mcacme last looked.", op_now(op));
    put_number(&out, "mcacme_last_run_exit_status", "How it ended.", metrics->status);
    put_number(&out, SUCCESS, "When it last ended with 0.",
               metrics->status ? former_success(op, path) : op_now(op));
    for (size_t i = 0; i < sizeof gauges / sizeof *gauges; i++)
        put_gauge(&out, &gauges[i], metrics);
    op_enter(op, "writing the metrics");
    good = file_replace_text(op, path, out.data, 0644);
    op_leave(op);
    return good;
}
