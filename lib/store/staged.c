#include "store/staged.h"

static const char *path_of(struct op *op, const struct store *store, const char *cert)
{
    return store_path(op, store, "certs/%s/next.pem", cert);
}

bool staged_key_there(struct op *op, const struct store *store, const char *cert)
{
    return file_there(path_of(op, store, cert));
}

bool staged_key_read(struct op *op, const struct store *store, const char *cert, const char **pem)
{
    *pem = file_read_if_there(op, path_of(op, store, cert));
    return op_ok(op);
}

bool staged_key_write(struct op *op, const struct store *store, const char *cert, const char *pem)
{
    return file_replace_text(op, path_of(op, store, cert), pem, 0600);
}

bool staged_key_drop(struct op *op, const struct store *store, const char *cert)
{
    return file_remove(op, path_of(op, store, cert));
}
