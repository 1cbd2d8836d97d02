#include "store/failures.h"

#include "base/json.h"
#include "crypto/hash.h"
#include "crypto/secrets.h"

#define DAY        86400
#define KEEP_FOR   (30 * DAY)
#define COUNT_MOST 1000000
#define REMEDY     "remove this file: only the number of failures in a row is lost"

int64_t failure_pause(int64_t count)
{
    static const int64_t pauses[] = { 60, 600, 6000 };

    if (count < 1)
        return 0;
    return count <= 3 ? pauses[count - 1] : DAY;
}

bool failure_counts(enum err_code code)
{
    return code == ERR_REFUSED || code == ERR_UNTRUSTED || code == ERR_PROVIDER || code == ERR_NETWORK ||
           code == ERR_TIMEOUT || code == ERR_RATE_LIMIT;
}

static const char *path_of(struct op *op, const struct store *store, const struct failure_of *of)
{
    const char *key = op_text(op, "%s\n%s\n%s", of->server, of->account ? of->account : "",
                              strings_join(op, of->names, "\n"));
    struct bytes digest = hash(op, HASH_SHA256, bytes_of(key));

    digest.length = op_ok(op) ? 16 : 0;
    return store_path(op, store, "failures/%s.json", hex(op, digest));
}

static bool read_file(struct op *op, const char *path, struct failure *out)
{
    const struct json *json = store_json(op, path, REMEDY);

    *out = (struct failure){ 0 };
    if (!json)
        return op_ok(op);
    out->count = json_int(json, "count", 0);
    if (out->count < 0 || out->count > COUNT_MOST)
        out->count = COUNT_MOST;
    out->last = json_int(json, "last", 0);
    out->retry_at = json_int(json, "retry-at", 0);
    out->text = json_opt(op, json, "text");
    out->insists = json_true(json, "insists");
    return true;
}

/* A clock that was wrong then, or is now, must neither block us for years nor make us forget the count. */
static void mind_the_clock(const struct op *op, struct failure *failure)
{
    int64_t now = op_now(op);

    if (failure->last > now)
        failure->retry_at = now;
    if (failure->retry_at > now + DAY)
        failure->retry_at = now + DAY;
}

bool failure_look(struct op *op, const struct store *store, const struct failure_of *of, struct failure *out)
{
    TRY(read_file(op, path_of(op, store, of), out));
    mind_the_clock(op, out);
    return true;
}

static const char *document(struct op *op, const struct failure_of *of, const struct failure *failure)
{
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_put_int(&out, "version", 1);
    json_put(&out, "server", of->server);
    json_put_strings(&out, "names", of->names);
    json_put_int(&out, "count", failure->count);
    json_put_int(&out, "last", failure->last);
    json_put_int(&out, "retry-at", failure->retry_at);
    json_put(&out, "text", failure->text);
    json_put_bool(&out, "insists", failure->insists);
    json_close(&out, '}');
    text_char(&out, '\n');
    return out.data;
}

/*
 * Whoever stands there and tries may try at once what he has mended, unless the CA has named a time, or has
 * refused the same for the second time. Without an account nothing was asked about names yet.
 */
static bool insists(const struct failure_of *of, const struct failure *failure, const struct err *err)
{
    return err->retry_at > 0 || err->code == ERR_RATE_LIMIT ||
           (err->code == ERR_REFUSED && of->account && failure->count > 1);
}

bool failure_note(struct op *op, const struct store *store, const struct failure_of *of,
                  const struct err *err)
{
    const char *path = path_of(op, store, of);
    struct failure failure;

    if (!failure_counts(err->code))
        return true;
    TRY(read_file(op, path, &failure) && folder_make(op, store_path(op, store, "failures")));
    failure.count += failure.count < COUNT_MOST;
    failure.last = op_now(op);
    failure.retry_at = failure.last + failure_pause(failure.count);
    if (err->retry_at > failure.retry_at)
        failure.retry_at = err->retry_at;
    failure.insists = insists(of, &failure, err);
    failure.text = secrets_hide(op, err->text);
    return file_replace_text(op, path, document(op, of, &failure), 0600);
}

bool failure_forget(struct op *op, const struct store *store, const struct failure_of *of)
{
    const char *path = path_of(op, store, of);

    return op_ok(op) && (!file_there(path) || file_remove(op, path));
}

bool failures_tidy(struct op *op, const struct store *store)
{
    struct strings files = folder_list(op, store_path(op, store, "failures"));

    for (size_t i = 0; op_ok(op) && i < files.count; i++) {
        const char *path = store_path(op, store, "failures/%s", files.at[i]);
        struct op *child = op_child(op);
        struct failure failure;

        if (!read_file(child, path, &failure) || failure.last < op_now(op) - KEEP_FOR)
            file_remove(op, path);
        op_end(child);
    }
    return op_ok(op);
}
