#include "dns01/listing.h"

#include "dns01/instance.h"

static bool same_name(struct op *op, const char *a, const char *b)
{
    const char *undotted = text_less(op, a ? a : "", ".");

    return a && text_same_nocase(undotted ? undotted : a, b);
}

static bool is_txt(struct op *op, const struct listing *listing, const struct json *item)
{
    return !listing->type ||
           text_same(json_opt(op, item, listing->type), listing->txt ? listing->txt : "TXT");
}

const struct json *listing_item(struct op *op, const struct listing *listing, const struct json *answer,
                                const char *name, const char *value)
{
    const struct json *item;

    if (!rest_list(op, answer, listing->items))
        return NULL;
    for (size_t i = 0; (item = json_each(answer, listing->items, i)); i++)
        if (is_txt(op, listing, item) && same_name(op, json_opt(op, item, listing->name), name) &&
            (!value || txt_is(op, json_opt(op, item, listing->value), value)))
            return item;
    return NULL;
}

const char *listing_find(struct op *op, const struct listing *listing, struct rest_pages *pages,
                         const char *name, const char *value)
{
    const struct json *page, *item = NULL;

    pages->items = listing->items;
    while (!item && (page = rest_page(op, pages)))
        item = listing_item(op, listing, page, name, value);
    return json_str(op, item, listing->id);
}

const char *listing_zone(struct op *op, const struct listing *listing, struct rest_pages *pages,
                         const char *zone)
{
    const char *key = op_text(op, "id of %s", zone);
    const char *notes = op->instance->provider->notes;
    const char *id = field(op, key);

    if (id)
        return id;
    id = listing_find(op, listing, pages, zone, NULL);
    if (!id && op_ok(op)) {
        op_fail(op, ERR_PROVIDER, "there is no zone %s among those that these credentials may see", zone);
        if (notes)
            op_hint(op, "%s", notes);
    }
    session_keep(op, key, id);
    return id;
}

/* Looks aside: where that fails, the refusal is what counts. */
static const char *find_aside(struct op *op, const struct record *record,
                              const char *(*find)(struct op *op, const struct record *record))
{
    struct op *aside = op_child(op);
    const char *id = text_dup(op, find(aside, record));

    op_end(aside);
    return id;
}

bool record_make(struct op *op, struct record *record, struct rest_call *call, const char *id,
                 const char *(*find)(struct op *op, const struct record *record))
{
    long status;

    TRY(rest_call(op, call));
    status = call->answer.status;
    record->handle = status == 400 || status == 409 || status == 422 ? find_aside(op, record, find) : NULL;
    if (!record->handle)
        record->handle = json_str(op, rest_judge(op, &call->answer), id);
    return op_ok(op);
}

const char *record_name(const struct record *record, const char *top)
{
    return text_same(record->name, "@") ? top : record->name;
}
