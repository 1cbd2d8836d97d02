/* import_kit: another client's folder, made by the tests, and what is read from it. */
#ifndef MCACME_TEST_IMPORT_KIT_H
#define MCACME_TEST_IMPORT_KIT_H

#include "disk.h"
#include "import/import.h"

#define IMPORT_LE "https://acme-v02.api.letsencrypt.org/directory"

struct import_scene {
    struct op *op;
    struct run run;
    const char *dir; /* of the other client; not there yet */
    struct import import;
    const char *chain, *key; /* PEM, for a.example */
};
struct import_scene import_scene(void);

/* Any file below the client's folder, with the folders on the way; certificate and key; all that uacme has.
 */
void import_put(struct import_scene *s, const char *name, const char *content);
void import_put_pair(struct import_scene *s, const char *chain, const char *key);
void import_put_uacme(struct import_scene *s);

/* import_read, by the client's name. */
bool import_of(struct import_scene *s, const char *client);

bool import_has(const struct import_cert *cert, const char *words); /* in one of its lines */
const char *import_wanted(const struct import_cert *cert, enum option_id id);
const char *import_below(struct import_scene *s, const char *name); /* a path in the client's folder */

#endif
