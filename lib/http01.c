#include "http01.h"

#include "base/file.h"
#include "net/httpd.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEFT_AFTER 3600 /* seconds: no challenge takes as long */

/* ---- files in a webroot ---- */

static bool set_up(struct op *op, const char *path, const char *what)
{
    op_fail_errno(op, ERR_PROVIDER, "%s %s", what, path);
    return op_hint(op,
                   "--webroot names the folder that the web server shows at http://NAME/, and %s below it "
                   "must be writable for us",
                   HTTP01_PATH);
}

/*
 * A folder that the web server can look into. A link is somebody's choice where it is root's or ours; the
 * web server's own user might point it anywhere.
 */
static bool step_into(struct op *op, const char *path)
{
    struct stat status;

    if (mkdir(path, 0755) == 0)
        return chmod(path, 0755) == 0 || set_up(op, path, "making"); /* whatever the umask is */
    if (errno != EEXIST)
        return set_up(op, path, "making");
    if (lstat(path, &status) != 0)
        return set_up(op, path, "looking at");
    if (S_ISLNK(status.st_mode) && status.st_uid != 0 && status.st_uid != geteuid())
        return op_fail(op, ERR_PROVIDER, "%s is a link made by another user", path);
    return true;
}

const char *http01_folder(struct op *op, const char *webroot)
{
    const char *path = op_text(op, "%s/%s", webroot, HTTP01_PATH);
    struct stat status;

    if (!op_ok(op))
        return NULL;
    if (stat(webroot, &status) != 0)
        set_up(op, webroot, "looking at");
    else if (!S_ISDIR(status.st_mode))
        op_fail(op, ERR_PROVIDER, "%s is no folder", webroot);
    return op_ok(op) && step_into(op, folder_of(op, path)) && step_into(op, path) ? path : NULL;
}

/* "TOKEN.THUMBPRINT": the last part is the same for all challenges of an account (RFC 8555 section 8.1). */
static bool ours(const char *content, const char *token, const char *key_authorization)
{
    const char *thumbprint = strrchr(key_authorization, '.');
    size_t length = strlen(token);

    return content && strncmp(content, token, length) == 0 && text_same(content + length, thumbprint);
}

static bool left(struct op *op, const char *path, const char *token, const char *key_authorization)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           status.st_mtime + LEFT_AFTER < op_now(op) &&
           ours(file_read_if_there(op, path), token, key_authorization);
}

/* What a run has left that was killed. That it cannot be taken away hinders nothing. */
static void tidy(struct op *op, const char *folder, const char *key_authorization)
{
    struct op *child = op_child(op);
    struct strings names = folder_list(child, folder);

    for (size_t i = 0; op_ok(child) && i < names.count; i++) {
        const char *path = op_text(child, "%s/%s", folder, names.at[i]);

        if (left(child, path, names.at[i], key_authorization))
            file_remove(child, path);
    }
    op_end(child);
}

static bool put_file(struct op *op, struct http01 *http01, const char *folder,
                     const struct challenge *challenge)
{
    /* The token is base64url (checked by order_read), so it is a name and no path. */
    const char *path = op_text(op, "%s/%s", folder, challenge->token);

    if (!strings_have(&http01->up, path))
        strings_add(op, &http01->up, path);
    if (file_replace_text(op, path, challenge->key_authorization, 0644))
        return true;
    if (op->err.code == ERR_STORE)
        op->err.code = ERR_PROVIDER;
    return op_hint(op, "the folder of --webroot must be writable for us");
}

static bool put_files(struct op *op, struct http01 *http01, const struct challenge *const *challenges,
                      size_t n, bool *taken)
{
    const char *folder = http01_folder(op, http01->webroot);

    if (folder && n)
        tidy(op, folder, challenges[0]->key_authorization);
    for (size_t i = 0; op_ok(op) && i < n; i++)
        taken[i] = put_file(op, http01, folder, challenges[i]);
    return op_ok(op);
}

/* Each on its own: one that resists does not save the others. */
static void remove_file(struct op *op, const char *path)
{
    struct op *child = op_child(op);

    file_remove(child, path);
    op_adopt(op, child);
    op_end(child);
}

/* ---- a web server of our own ---- */

/* Also when an operation ends that has not withdrawn. */
static void close_server(void *holder)
{
    struct httpd **server = holder;

    if (*server)
        httpd_stop(*server);
    *server = NULL;
}

static bool open_server(struct op *op, struct http01 *http01)
{
    if (http01->server && *http01->server)
        return true;
    http01->server = op_new(op, struct httpd *);
    *http01->server = httpd_start(op, http01->listen);
    arena_defer(op->arena, close_server, http01->server);
    return op_ok(op);
}

static bool put_pages(struct op *op, struct http01 *http01, const struct challenge *const *challenges,
                      size_t n, bool *taken)
{
    TRY(open_server(op, http01) && op_effect(op, "listen"));
    for (size_t i = 0; i < n; i++) {
        httpd_put(*http01->server, op_text(op, "/" HTTP01_PATH "/%s", challenges[i]->token),
                  challenges[i]->key_authorization);
        taken[i] = true;
    }
    return true;
}

/* ---- the solver ---- */

static bool publish(struct solver *solver, struct op *op, const struct challenge *const *challenges, size_t n,
                    bool *taken)
{
    struct http01 *http01 = (struct http01 *)solver;

    op_enter(op, "getting ready for HTTP-01");
    if (http01->listen)
        put_pages(op, http01, challenges, n, taken);
    else
        put_files(op, http01, challenges, n, taken);
    op_leave(op);
    return op_ok(op);
}

static bool withdraw(struct solver *solver, struct op *op)
{
    struct http01 *http01 = (struct http01 *)solver;
    struct op *child = op_child(op);
    bool good;

    if (http01->server)
        close_server(http01->server);
    child->shielded = true;
    op_enter(child, "removing the files for HTTP-01");
    for (size_t i = 0; i < http01->up.count; i++)
        remove_file(child, http01->up.at[i]);
    if (op_ok(child))
        http01->up.count = 0;
    else if (child->err.code == ERR_STORE)
        child->err.code = ERR_PROVIDER;
    good = op_adopt(op, child);
    op_end(child);
    return good;
}

static const char *type_for(struct solver *solver, const char *name)
{
    (void)solver;
    (void)name;
    return "http-01";
}

struct solver *http01_solver(struct http01 *http01)
{
    http01->solver = (struct solver){ .type_for = type_for, .publish = publish, .withdraw = withdraw };
    return &http01->solver;
}
