/*
 * Files of the user's that belong to other programs: keys, tokens, and the configurations of vendors' tools.
 */
#include "base/file.h"
#include "base/text.h"
#include "dns01/provider.h"

#include <string.h>
#include <sys/stat.h>

const char *user_file(struct op *op, const char *path)
{
    struct stat status;

    if (!op_ok(op) || !path || !file_there(path))
        return NULL;
    if (stat(path, &status) == 0 && (status.st_mode & S_IWOTH)) {
        op_fail(op, ERR_CONFIG, "everybody may write to %s (mode %04o)", path, status.st_mode & 07777u);
        op_hint(op, "chmod 600 %s", path);
        return NULL;
    }
    return file_read_named(op, path);
}

/* "[name]", blanks allowed; NULL where the line is none of the kind. */
static const char *section_of(struct op *op, const char *line)
{
    const char *end = strrchr(line, ']');

    return *line == '[' && end ? text_trim(op, text_cut(op, line + 1, (size_t)(end - line) - 1)) : NULL;
}

const char *ini_value(struct op *op, const char *text, const char *section, const char *name)
{
    struct strings lines = text_split(op, text ? text : "", "\r\n");
    bool here = false;

    for (size_t i = 0; i < lines.count; i++) {
        const char *line = lines.at[i], *title = section_of(op, line);
        size_t length = strcspn(line, "=");

        if (title)
            here = text_same(title, section);
        else if (here && line[length] && text_same(text_trim(op, text_cut(op, line, length)), name))
            return text_trim(op, line + length + 1);
    }
    return NULL;
}
