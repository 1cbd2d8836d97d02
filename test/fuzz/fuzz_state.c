/*
 * The files of the state folder, as a power cut or a careless hand leaves them: the input is lineage.json,
 * account.json and the journal at once, one file with three names. Each is read, or refused with STORE and
 * its path; what is read of a lineage is written as something that reads the same.
 */
#include "base/json.h"
#include "fuzz.h"
#include "store/journal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CA "https://ca.example"

static char root[] = "/tmp/mcacme-fuzz-XXXXXX";

static void make(const char *name)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", root, name);
    if (mkdir(path, 0700) != 0)
        abort();
}

static void clean_up(void)
{
    static const char *const made[] = { "journal/a.log",
                                        "certs/a/lineage.json",
                                        "accounts/ca.example/account.json",
                                        "accounts/ca.example/key.pem",
                                        "certs/a",
                                        "accounts/ca.example",
                                        "journal",
                                        "certs",
                                        "accounts",
                                        "" };
    char path[128];

    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        snprintf(path, sizeof path, "%s/%s", root, made[i]);
        remove(path);
    }
}

static void put(const char *name, const uint8_t *data, size_t size)
{
    char path[128];
    int fd;

    snprintf(path, sizeof path, "%s/%s", root, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd) != 0)
        abort();
}

static void put_link(const char *name)
{
    char from[128], to[128];

    snprintf(from, sizeof from, "%s/journal/a.log", root);
    snprintf(to, sizeof to, "%s/%s", root, name);
    if (link(from, to) != 0)
        abort();
}

static void begin(void)
{
    static bool begun;

    if (begun)
        return;
    begun = true;
    if (!mkdtemp(root))
        abort();
    atexit(clean_up);
    make("journal");
    make("certs");
    make("certs/a");
    make("accounts");
    make("accounts/ca.example");
    put("accounts/ca.example/key.pem", (const uint8_t *)"key\n", 4);
    put("journal/a.log", NULL, 0);
    put_link("certs/a/lineage.json");
    put_link("accounts/ca.example/account.json");
}

/* It went well, or it was refused in the way that the user can follow. */
static bool judge(struct op *op, const char *file)
{
    bool good = op_ok(op);

    if (!good)
        fuzz_expect(op->err.code == ERR_STORE && strstr(op->err.text, file) && op->err.hint);
    op_recover(op);
    op->frames = NULL;
    return good;
}

static void check_settings(struct op *op, const struct settings *settings)
{
    struct text out = text_begin(op->arena), twice = text_begin(op->arena);
    struct settings again = { 0 };

    json_open(&out, NULL, '{');
    settings_write(&out, settings);
    json_close(&out, '}');
    fuzz_expect(settings_read(op, json_parse(op, out.data, out.length), &again));
    json_open(&twice, NULL, '{');
    settings_write(&twice, &again);
    json_close(&twice, '}');
    fuzz_expect(strcmp(out.data, twice.data) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct store store = { root };
    struct op *op = fuzz_begin();
    struct journal *journal;
    struct lineage lineage;
    struct account account;
    bool loaded;

    begin();
    put("journal/a.log", data, size);
    journal = journal_open(op, &store, "a");
    fuzz_expect(judge(op, "/journal/a.log") == (journal != NULL));
    for (size_t i = 0; journal && i < journal->txt_count; i++)
        fuzz_expect(journal->txts[i].dns && journal->txts[i].fqdn && journal->txts[i].value);
    loaded = lineage_load(op, &store, "a", &lineage);
    fuzz_expect(judge(op, "/certs/a/lineage.json") == loaded);
    if (loaded)
        check_settings(op, &lineage.wanted);
    loaded = account_load(op, &store, CA, &account);
    fuzz_expect(judge(op, "/accounts/ca.example/account.json") == loaded);
    op_end(op);
    return 0;
}
