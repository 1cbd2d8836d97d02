#include "check/finding.h"

#include <string.h>

const struct finding_info finding_table[FINDING_CODES] = {
#define FINDING(id, code, severity, status, help) { code, SEVERITY_##severity, ERR_##status, help },
#include "check/findings.def"
#undef FINDING
};

static void grow(struct findings *findings)
{
    size_t room = findings->room ? findings->room * 2 : 16;
    struct finding *at = op_array(findings->op, room, struct finding);

    if (findings->count)
        memcpy(at, findings->at, findings->count * sizeof *at);
    findings->at = at;
    findings->room = room;
}

void finding_add(struct findings *findings, enum finding_code code, const char *subject, const char *remedy,
                 const char *format, ...)
{
    struct op *op = findings->op;
    va_list args;

    if (findings->count == findings->room)
        grow(findings);
    va_start(args, format);
    findings->at[findings->count++] =
        (struct finding){ .code = code,
                          .subject = text_dup(op, subject),
                          .text = text_printable(op, op_vtext(op, format, args), 4 * SERVER_WORDS_LIMIT),
                          .remedy = text_dup(op, remedy) };
    va_end(args);
}

enum err_code findings_status(const struct findings *findings)
{
    enum err_code status = ERR_NONE;

    for (size_t i = 0; i < findings->count; i++) {
        const struct finding_info *info = &finding_table[findings->at[i].code];

        if (info->severity != SEVERITY_ERROR)
            continue;
        if (status != ERR_NONE && op_exit_status(status) != op_exit_status(info->status))
            return ERR_INTERNAL;
        status = info->status;
    }
    return status;
}

const char *severity_name(enum severity severity)
{
    static const char *const names[] = { "ok", "note", "warning", "error" };

    return names[severity];
}
