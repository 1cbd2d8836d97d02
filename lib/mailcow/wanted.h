/*
 * wanted: what a mailcow asks for, as sections [certificate TITLE] of a configuration, so that issue, renew
 * and list need to know nothing of mailcow.
 *
 *     const char *idle;
 *
 *     if (mailcow_wanted(op, &source, conf, &idle) && idle)
 *         tell(idle);                                       // "SKIP_LETS_ENCRYPT=y ..."
 *
 * The folder in each section's OPT_MAILCOW is what marks its results as mailcow's. A section that the
 * configuration file has for the same title is stronger: it can ask for another key type, say. Weaker than
 * what a lineage has saved is only the kind of key that the installation has, in a section [mailcow].
 */
#ifndef MCACME_MAILCOW_WANTED_H
#define MCACME_MAILCOW_WANTED_H

#include "config/conf.h"

struct mailcow_source {
    const char *dir;
    const struct settings *settings; /* of the run: resolvers, connect-to */
    enum log_level advice;           /* how loud hints are */
};

/*
 * Adds the sections behind those of `conf`. *idle is why there are none, in words for people, or NULL.
 * Strings live as long as the operation. Fails with CONFIG, or with PROVIDER when no name can be proved.
 */
bool mailcow_wanted(struct op *op, const struct mailcow_source *source, struct conf *conf, const char **idle);

/*
 * Merges into `settings`, which are stronger, all that is known of a certificate of mailcow's: its section,
 * then what of `lineage` (may be NULL) mailcow.conf does not decide, then the installation's kind of key.
 * False where `cert` is none of them.
 */
bool mailcow_settings(struct op *op, struct settings *settings, const struct settings *lineage,
                      const struct conf *conf, const char *cert);

/* What mailcow.conf decides goes into what a lineage saves, for whoever renews it without --mailcow. */
void mailcow_save(struct settings *saved, const struct conf *conf, const char *cert);

#endif
