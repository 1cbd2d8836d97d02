/*
 * credentials: the door through which a provider's values come. config/credentials.h makes one from a file or
 * the environment; tests make their own.
 */
#ifndef MCACME_BASE_CREDENTIALS_H
#define MCACME_BASE_CREDENTIALS_H

struct op;

struct credentials {
    /* The value of a credential, or NULL where it is unset. Fails with CONFIG when a file cannot be read. */
    const char *(*get)(const struct credentials *credentials, struct op *op, const char *name);
    const char *source; /* path of the credentials file, for the journal; NULL: the environment */
};

#endif
