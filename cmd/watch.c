#include "watch.h"

#include "metrics.h"
#include "ping.h"

static void ping(struct app *app, enum ping what, const char *text)
{
    const char *url = setting(&app->base, OPT_PING);
    struct op *op;

    if (!url || !*url)
        return;
    op = op_child(app->op);
    if (app->watchdog == NULL) {
        struct http_curl_options *options = op_new(app->op, struct http_curl_options);

        options->ca_bundle = setting(&app->base, OPT_CA_BUNDLE);
        app->watchdog = op_new(app->op, struct world);
        *app->watchdog = *app->world;
        app->watchdog->http = http_curl(app->op, options);
    }
    op->world = app->watchdog;
    ping_send(op, url, what, text);
    op_end(op);
}

bool watch_begin(struct app *app)
{
    const char *url = setting(&app->base, OPT_PING);

    if (setting(&app->cli, OPT_METRICS) && app->words.count) {
        op_fail(app->op, ERR_USAGE, "--metrics tells of all certificates, not of some");
        return op_hint(app->op, "leave out the names, or --metrics");
    }
    TRY(!url || !*url || ping_url_ok(app->op, url));
    ping(app, PING_START, NULL);
    return true;
}

static const char *first_error(const struct app *app, const struct outcomes *outcomes)
{
    for (size_t i = 0; i < outcomes->count; i++)
        if (outcomes->at[i].err.code != ERR_NONE)
            return outcomes->at[i].err.text;
    return app->op->err.text;
}

void watch_metrics(struct app *app, const struct outcomes *outcomes, int status)
{
    const char *path = setting(&app->base, OPT_METRICS);
    const struct metrics metrics = { outcomes->at, outcomes->count, status };
    struct op *op;

    if (!path || !*path || app->words.count)
        return;
    op = op_child(app->op);
    op->shielded = true;
    if (!metrics_write(op, path, &metrics))
        op_log(app->op, LOG_WARN, "%s", op->err.text);
    op_end(op);
}

void watch_end(struct app *app, const struct outcomes *outcomes, int status)
{
    /* What changed is a success, whatever number was asked for. */
    if (status && status != app->exit_changed)
        ping(app, PING_FAIL, first_error(app, outcomes));
    else
        ping(app, PING_SUCCESS, NULL);
}
