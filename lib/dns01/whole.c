#include "dns01/whole.h"

#include "base/text.h"
#include "base/when.h"
#include "dns01/instance.h"
#include "store/journal.h"

#define LOCK_PATIENCE 60000

const char *whole_save(struct op *op, const char *zone, const char *text)
{
    const struct journal *journal = op->instance->journal;
    const char *path;

    if (!op_ok(op) || !text)
        return NULL;
    if (!journal)
        return "";
    path = op_text(op, "%s.%s.%s.former", text_less(op, journal->path, ".log"), text_url(op, zone),
                   when_print(op, op_now(op)));
    return file_append(op, path, text) ? path : NULL;
}

bool whole_done(struct op *op, const char *path)
{
    return op_ok(op) && (!*path || file_remove(op, path));
}

bool whole_lock(struct op *op, const char *zone)
{
    const struct journal *journal = op->instance->journal;

    TRY(op_ok(op));
    if (!journal)
        return true;
    return lock_take(
        op, op_text(op, "%s/locks/zone-%s", folder_of(op, folder_of(op, journal->path)), text_url(op, zone)),
        LOCK_PATIENCE, op_text(op, "the zone %s", zone));
}
