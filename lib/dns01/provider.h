/*
 * provider: the contract of a DNS vendor, and the manual for writing one.
 *
 * A provider is one file, providers/NAME.c, that defines `const struct provider provider_NAME`. Dropping the
 * file in the folder registers it; no other file changes. Users call it NAME, or by the plugin name of
 * acme.sh in `alias` ("dns_xxx").
 *
 * What you write: the credentials (`fields`), the base URL, the headers and the place of the vendor's error
 * words as data; then two functions. Either
 *     add/remove     where the vendor knows single records, or
 *     load/replace   where it knows the whole set of values at a name: the core merges and keeps what others
 * put there, so a wildcard and its apex (two values at one name) cannot clash.
 *
 * What you need not write: tests for failure. Once the operation has an error, every helper does nothing and
 * returns false or NULL; json_str of NULL is NULL; a NULL in a template is itself an error. Write the
 * straight line and end it with `return op_ok(op);`.
 *
 * Promises of the core
 *  - `n` is 1 without CAP_BATCH, else all records of one zone; never two calls at once on one provider.
 *  - `remove` runs in a fresh operation, also after a failure, and at the next start when a run was killed
 *    (then `handle` may be NULL).
 *  - required fields are there before `open` is called.
 *  - the TXT type, `ttl` >= min_ttl, lower-case A-labels in names, values of printable ASCII without quotes
 * and backslashes: base64url, or a dns-persist-01 record with blanks, ";", ":", "/" and "=" in it. Duties of
 * a provider
 *  - `remove` is content when the record is gone already, and works without a handle.
 *  - it touches nothing but TXT records with our name and our value.
 *  - `add` is content when exactly this record is there already.
 *  - `replace` fails with BUSY where the vendor says that the set has changed since it was loaded: then the
 *    core loads it again.
 *  - it never frees, prints, sleeps or reads the environment.
 *
 * See providers/cloudflare.c for a vendor with single records, providers/powerdns.c for whole sets.
 */
#ifndef MCACME_DNS01_PROVIDER_H
#define MCACME_DNS01_PROVIDER_H

#include "base/json.h"
#include "base/op.h"
#include "base/text.h"
#include "base/when.h"
#include "crypto/encode.h"
#include "crypto/hash.h"
#include "dns01/cloud.h"
#include "dns01/listing.h"
#include "dns01/rest.h"
#include "dns01/whole.h"
#include "net/sign.h"
#include "net/xml.h"

enum field_flag {
    FIELD_REQUIRED = 1, /* in every set of alternatives */
    FIELD_SECRET = 2,   /* never shown */
    FIELD_FILE = 4,     /* the value is the path of a file that must be readable */
    /*
     * Alternatives: all fields of set A, or all of set B, or all of set C are needed. The first set that is
     * whole counts; what belongs to the others alone is then unset.
     */
    FIELD_SET_A = 8,
    FIELD_SET_B = 16,
    FIELD_SET_C = 32
};

/* One credential or setting. Names are acme.sh's own, case included. */
struct field {
    const char *name;
    const char *help;      /* what it is and where to get it, for people */
    unsigned flags;        /* enum field_flag */
    const char *otherwise; /* the value where the user gave none; NULL: unset */
    const char *also[4];   /* other names for the same thing (lego's, mailcow's) */
};

struct record {
    const char *fqdn; /* where the TXT goes, CNAMEs already followed, no final dot */
    const char *zone; /* the zone that holds it, found by the core; NULL with CAP_NO_ZONE */
    const char *name; /* fqdn less zone; "@" at the top; NULL with CAP_NO_ZONE */
    const char *value;
    unsigned ttl;       /* at least min_ttl */
    const char *handle; /* set by add, given to remove; NULL when the memory was lost */
};

/* All TXT values at one name, unquoted. */
struct values {
    struct strings list;
    unsigned ttl;        /* of the set that was loaded; 0: there was none (replace then sees the record's) */
    const char *version; /* what load wants replace to know: an etag, the vendor's own text; may be NULL */
    /* For load where the set may not be read: it can guess where the vendor refuses a wrong guess. */
    struct strings ours; /* our values in question */
    bool removing;       /* them, not adding */
};

enum provider_cap {
    CAP_BATCH = 1,   /* add and remove take all records of one zone at once */
    CAP_SERIAL = 2,  /* holds one value only: challenges at the same name are validated one after the other */
    CAP_NO_ZONE = 4, /* needs no zone: the other side finds it */
    CAP_VISIBLE = 8, /* what add has done can be seen at once where it counts: no propagation check */
    CAP_WHOLE = 16,  /* add and remove rewrite the zone: never two runs at once, see whole.h */
    CAP_PASSING = 32 /* records are there only as long as we run: nothing that has to stay may be put there */
};

struct provider {
    const char *title;
    const char *docs;           /* URL of the vendor's own documentation */
    const char *alias;          /* acme.sh's plugin name(s), separated by blanks */
    const char *notes;          /* least permissions, pitfalls: a few lines for `mcacme providers NAME` */
    const struct field *fields; /* ends with a field without a name; NULL: none */
    unsigned caps;              /* enum provider_cap */
    unsigned min_ttl;           /* seconds; 0: 60 */
    unsigned settle;            /* seconds that the vendor's servers usually need */
    /*
     * "https://api.example/v2"; {FIELD} is replaced by the field's value. A base that begins with a field is
     * the user's own URL: it may have a path, and may be http:// because the user wrote it so.
     */
    const char *base;
    /*
     * "Authorization: Bearer {CF_Token}"; a line with an unset field is left out. {USER:PASSWORD} is both
     * values with a colon between them in base64, as Basic wants it (RFC 7617).
     */
    const char *headers[5];
    /*
     * JSON paths of the vendor's words in an error answer, separated by blanks; the first that is there
     * counts. "errors.0.message,errors.0.code" shows the second in parentheses.
     */
    const char *error;
    const char *good;    /* what every answer of success says: "success=true", "code=1000|1001"; or NULL */
    unsigned per_second; /* requests, kept by rest.c; 0: no limit */
    const char *busy; /* what an answer says that means the same as status 429: "code=50004|50005"; or NULL */
    /*
     * What an answer says when the session that `open` began is over: "code=2200", or its status: "401".
     * Then nothing was done: `open` is called again, and the request repeated with new headers.
     */
    const char *expired;
    bool (*check)(struct op *op); /* optional: whether the fields can work, as far as that needs no network */
    bool (*open)(struct op *op);  /* optional: log in, fetch a token (session_set) */
    bool (*close)(struct op *op); /* optional: log out, commit */
    /* optional: the zone of a name, where the vendor knows better than DNS (split horizon); NULL: unknown */
    const char *(*zone)(struct op *op, const char *fqdn);
    bool (*add)(struct op *op, struct record *records, size_t n);
    bool (*remove)(struct op *op, struct record *records, size_t n);
    bool (*load)(struct op *op, const struct record *record, struct values *values);
    bool (*replace)(struct op *op, const struct record *record, const struct values *values);
    /* optional: the vendor's own "in sync"; *done is false while the caller shall ask again */
    bool (*settled)(struct op *op, const struct record *records, size_t n, bool *done);
};

/* A field's value, the session's value of that name, or NULL where neither is set. */
const char *field(struct op *op, const char *name);

/*
 * For providers who front others: what the user has set under a name that is no field; a secret. NULL: unset.
 */
const char *credential_named(struct op *op, const char *name);

/* The name or alias by which the user called the provider. */
const char *called_as(struct op *op);

/* A secret kept until the provider is closed (a session token); {name} in headers sees it. */
void session_set(struct op *op, const char *name, const char *value);

/* The same for what is no secret, such as the id of a zone: field(op, "id of example.com") finds it again. */
void session_keep(struct op *op, const char *name, const char *value);

/* A provider's own state between calls, kept until it is closed; NULL at first. */
void **session_state(struct op *op);
/* Memory that lives as long as the session, for session_state. */
void *session_alloc(struct op *op, size_t size);
/* Runs release(what) when the session ends, whether or not the provider was closed in good order. */
void session_defer(struct op *op, void (*release)(void *what), void *what);

/*
 * Whether all name servers of the zone answer, and none has the record: for a vendor who fails to remove what
 * is gone already and cannot be asked. False, op being ok, where that cannot be told.
 */
bool txt_gone(struct op *op, const struct record *record);

/* The name one label up, NULL above the top: the candidates for a zone are a name and all above it. */
const char *name_parent(const char *name);

/* TXT content as vendors show it, "\"abc\"" or "abc" or "\"ab\" \"c\"", without the quotes. */
const char *txt_unquote(struct op *op, const char *content);
const char *txt_quote(struct op *op,
                      const char *value); /* in strings of 255 bytes at most (RFC 1035 3.3.14) */
bool txt_is(struct op *op, const char *content, const char *value); /* content may be quoted or NULL */

/*
 * For whole sets, in which the values of others go back as they came: txt_value gives the text of one simple
 * quoted string, and everything else (several strings, escapes) as it is; txt_content is its inverse.
 */
const char *txt_value(struct op *op, const char *content);
const char *txt_content(struct op *op, const char *value);

/*
 * The content of a file that the user named, or that another program of his keeps; NULL, op being ok, where
 * it is not there (or `path` is NULL). Refused when everybody may write to it.
 */
const char *user_file(struct op *op, const char *path);

/* The value of a name in a [section] of such a file's text; NULL where it is not there. */
const char *ini_value(struct op *op, const char *text, const char *section, const char *name);

#endif
