/*
 * libcurl, loaded with the first request.
 *
 * It brings thirty other libraries along, whose loading is most of the time that a short run takes, and a run
 * of the timer asks nobody anything on most days. The functions here have libcurl's own names, so curl.c
 * knows nothing of this; a build with MCACME_LAZY_CURL=OFF links libcurl and leaves this file out.
 *
 * Where libcurl is missing, curl_global_init says so; nothing else is called then.
 */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define FUNCTIONS(X)                                                                                         \
    X(curl_global_init)                                                                                      \
    X(curl_global_cleanup)                                                                                   \
    X(curl_version_info)                                                                                     \
    X(curl_slist_append)                                                                                     \
    X(curl_slist_free_all)                                                                                   \
    X(curl_easy_init)                                                                                        \
    X(curl_easy_cleanup)                                                                                     \
    X(curl_easy_setopt)                                                                                      \
    X(curl_easy_getinfo)                                                                                     \
    X(curl_easy_perform)                                                                                     \
    X(curl_easy_strerror)                                                                                    \
    X(curl_multi_init)                                                                                       \
    X(curl_multi_cleanup)                                                                                    \
    X(curl_multi_setopt)                                                                                     \
    X(curl_multi_add_handle)                                                                                 \
    X(curl_multi_remove_handle)                                                                              \
    X(curl_multi_perform)                                                                                    \
    X(curl_multi_poll)                                                                                       \
    X(curl_multi_info_read)

static struct {
#define POINTER(name) __typeof__(name) *name;
    FUNCTIONS(POINTER)
#undef POINTER
} real;

static bool load(void)
{
    static const struct {
        const char *name;
        void **at; /* POSIX: dlsym's result fits a pointer to a function */
    } wanted[] = {
#define ROW(name) { #name, (void **)&real.name },
        FUNCTIONS(ROW)
#undef ROW
    };
    void *library;

    if (real.curl_global_init)
        return true;
    library = dlopen(CURL_SONAME, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && i < sizeof wanted / sizeof *wanted; i++) {
        *wanted[i].at = dlsym(library, wanted[i].name);
        if (!*wanted[i].at) {
            real.curl_global_init = NULL;
            return false;
        }
    }
    return library != NULL;
}

CURLcode curl_global_init(long flags)
{
    return load() ? real.curl_global_init(flags) : CURLE_FAILED_INIT;
}

void curl_global_cleanup(void)
{
    real.curl_global_cleanup();
}

curl_version_info_data *curl_version_info(CURLversion age)
{
    return real.curl_version_info(age);
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text)
{
    return real.curl_slist_append(list, text);
}

void curl_slist_free_all(struct curl_slist *list)
{
    if (list)
        real.curl_slist_free_all(list);
}

CURL *curl_easy_init(void)
{
    return real.curl_easy_init();
}

void curl_easy_cleanup(CURL *easy)
{
    real.curl_easy_cleanup(easy);
}

/* The range of an option's number tells the type of its value. */
CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
    CURLcode code;
    va_list args;

    va_start(args, option);
    if (option < CURLOPTTYPE_OBJECTPOINT)
        code = real.curl_easy_setopt(easy, option, va_arg(args, long));
    else if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
        code = real.curl_easy_setopt(easy, option, va_arg(args, curl_off_t));
    else
        code = real.curl_easy_setopt(easy, option, va_arg(args, void *));
    va_end(args);
    return code;
}

CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...)
{
    CURLcode code;
    va_list args;

    va_start(args, info);
    code = real.curl_easy_getinfo(easy, info, va_arg(args, void *));
    va_end(args);
    return code;
}

CURLcode curl_easy_perform(CURL *easy)
{
    return real.curl_easy_perform(easy);
}

const char *curl_easy_strerror(CURLcode code)
{
    return real.curl_easy_strerror(code);
}

CURLM *curl_multi_init(void)
{
    return real.curl_multi_init();
}

CURLMcode curl_multi_cleanup(CURLM *multi)
{
    return real.curl_multi_cleanup(multi);
}

CURLMcode curl_multi_setopt(CURLM *multi, CURLMoption option, ...)
{
    CURLMcode code;
    va_list args;

    va_start(args, option);
    if (option < CURLOPTTYPE_OBJECTPOINT)
        code = real.curl_multi_setopt(multi, option, va_arg(args, long));
    else
        code = real.curl_multi_setopt(multi, option, va_arg(args, void *));
    va_end(args);
    return code;
}

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy)
{
    return real.curl_multi_add_handle(multi, easy);
}

CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy)
{
    return real.curl_multi_remove_handle(multi, easy);
}

CURLMcode curl_multi_perform(CURLM *multi, int *running)
{
    return real.curl_multi_perform(multi, running);
}

CURLMcode curl_multi_poll(CURLM *multi, struct curl_waitfd fds[], unsigned int count, int millis, int *ready)
{
    return real.curl_multi_poll(multi, fds, count, millis, ready);
}

CURLMsg *curl_multi_info_read(CURLM *multi, int *left)
{
    return real.curl_multi_info_read(multi, left);
}
