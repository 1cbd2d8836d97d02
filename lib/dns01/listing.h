/*
 * listing: our zone and our record among those of a vendor who knows single records by ids.
 *
 *     static const struct listing zones = { .items = "zones", .id = "id", .name = "name" };
 *     static const struct listing records = {
 *         .items = "records", .id = "id", .type = "type", .name = "name", .value = "content"
 *     };
 *
 *     struct rest_pages pages = { .url = rest_url(op, "/zones?name=%s", r->zone), .next = "links.next" };
 *     const char *zone = listing_zone(op, &zones, &pages, r->zone);
 *
 * A vendor's filters are not trusted: what came is compared again, whole; names in any case of letters and
 * with or without a final dot, values with or without quotes. An answer that lacks the list is an error: what
 * was not told is not empty.
 */
#ifndef MCACME_DNS01_LISTING_H
#define MCACME_DNS01_LISTING_H

#include "dns01/rest.h"

struct record;

/* Where things stand in an answer. */
struct listing {
    const char *items; /* path of the list; "" where the answer is the list */
    /* members of an item */
    const char *id;
    const char *type; /* says that it is TXT; NULL: nothing but TXT comes */
    const char *txt;  /* the vendor's word for TXT there; NULL: "TXT" */
    const char *name;
    const char *value; /* NULL in lists of zones */
};

/* The item of this name and value (NULL: any) in one answer; NULL, op being ok, where there is none. */
const struct json *listing_item(struct op *op, const struct listing *listing, const struct json *answer,
                                const char *name, const char *value);

/* Its id, from all pages. A `pages` with nothing but an URL is a single answer. */
const char *listing_find(struct op *op, const struct listing *listing, struct rest_pages *pages,
                         const char *name, const char *value);

/* The id of our zone, asked for once a session. Fails with PROVIDER where it is not in the list. */
const char *listing_zone(struct op *op, const struct listing *listing, struct rest_pages *pages,
                         const char *zone);

/*
 * Makes our record with `call`; its handle is the answer's id at the path `id`. A refusal (400, 409, 422) may
 * mean that the record is there already: then `find` looks for its id before the refusal counts.
 */
bool record_make(struct op *op, struct record *record, struct rest_call *call, const char *id,
                 const char *(*find)(struct op *op, const struct record *record));

/* record->name for vendors who write the top of a zone otherwise than "@". */
const char *record_name(const struct record *record, const char *top);

#endif
