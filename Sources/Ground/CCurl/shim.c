#define _GNU_SOURCE
#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

// Every function that is used, and nothing else: X(result of dlsym is put into the field of the same name).
#define CCURL_FUNCTIONS(X) \
    X(curl_global_init) \
    X(curl_version) \
    X(curl_easy_strerror) \
    X(curl_easy_init) \
    X(curl_easy_cleanup) \
    X(curl_easy_pause) \
    X(curl_easy_send) \
    X(curl_easy_recv) \
    X(curl_easy_setopt) \
    X(curl_easy_getinfo) \
    X(curl_slist_append) \
    X(curl_slist_free_all) \
    X(curl_multi_strerror) \
    X(curl_multi_init) \
    X(curl_multi_cleanup) \
    X(curl_multi_setopt) \
    X(curl_multi_add_handle) \
    X(curl_multi_remove_handle) \
    X(curl_multi_perform) \
    X(curl_multi_poll) \
    X(curl_multi_wakeup) \
    X(curl_multi_info_read)

#define CCURL_FIELD(name) __typeof__(&name) name;
struct table {
    void *library;
    CCURL_FUNCTIONS(CCURL_FIELD)
};

static struct table lib;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool usable;
static char load_error[512];

// Fills the table from that library; false with the reason when it or one of its functions is missing.
static bool fill(struct table *table, const char *name, char *reason, size_t capacity) {
    void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) {
        const char *why = dlerror();
        snprintf(reason, capacity, "%s", why ? why : name);
        return false;
    }
#define CCURL_RESOLVE(symbol) \
    table->symbol = (__typeof__(table->symbol))dlsym(library, #symbol); \
    if (table->symbol == NULL) { \
        snprintf(reason, capacity, "%s has no %s: it is older than 7.68", name, #symbol); \
        dlclose(library); \
        return false; \
    }
    CCURL_FUNCTIONS(CCURL_RESOLVE)
    table->library = library;
    // The library is never unloaded: its threads and its TLS library would not survive that.
    return true;
}

static void load_once(void) {
    // Debian's second flavour has the same functions on GnuTLS, and git depends on it: it is there more often.
    char second[sizeof load_error];
    if (!fill(&lib, "libcurl.so.4", load_error, sizeof load_error)
        && !fill(&lib, "libcurl-gnutls.so.4", second, sizeof second)) {
        return;
    }
    CURLcode rc = lib.curl_global_init(CURL_GLOBAL_DEFAULT);
    if (rc != CURLE_OK) {
        snprintf(load_error, sizeof load_error, "curl_global_init: %s", lib.curl_easy_strerror(rc));
        return;
    }
    usable = true;
}

const char *ccurl_load(void) {
    pthread_once(&once, load_once);
    return usable ? NULL : load_error;
}

const char *ccurl_try_load(const char *name) {
    static _Thread_local char reason[512];
    struct table scratch;
    return fill(&scratch, name, reason, sizeof reason) ? NULL : reason;
}

const char *ccurl_version(void) { return lib.curl_version(); }
const char *ccurl_strerror(CURLcode code) { return lib.curl_easy_strerror(code); }
const char *ccurl_multi_strerror(CURLMcode code) { return lib.curl_multi_strerror(code); }

CURL *ccurl_easy_init(void) { return lib.curl_easy_init(); }
void ccurl_easy_cleanup(CURL *easy) { lib.curl_easy_cleanup(easy); }
CURLcode ccurl_easy_pause(CURL *easy, int bits) { return lib.curl_easy_pause(easy, bits); }

CURLcode ccurl_easy_send(CURL *easy, const void *bytes, size_t count, size_t *sent) {
    return lib.curl_easy_send(easy, bytes, count, sent);
}

CURLcode ccurl_easy_recv(CURL *easy, void *bytes, size_t count, size_t *received) {
    return lib.curl_easy_recv(easy, bytes, count, received);
}

CURLcode ccurl_setopt_long(CURL *easy, CURLoption option, long value) {
    return lib.curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_setopt_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return lib.curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_setopt_string(CURL *easy, CURLoption option, const char *value) {
    return lib.curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_setopt_pointer(CURL *easy, CURLoption option, void *value) {
    return lib.curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_setopt_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return lib.curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_setopt_write(CURL *easy, CURLoption option, ccurl_write_callback callback) {
    return lib.curl_easy_setopt(easy, option, callback);
}

CURLcode ccurl_setopt_read(CURL *easy, CURLoption option, ccurl_read_callback callback) {
    return lib.curl_easy_setopt(easy, option, callback);
}

CURLcode ccurl_getinfo_long(CURL *easy, CURLINFO info, long *value) { return lib.curl_easy_getinfo(easy, info, value); }

CURLcode ccurl_getinfo_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return lib.curl_easy_getinfo(easy, info, value);
}

CURLcode ccurl_getinfo_socket(CURL *easy, curl_socket_t *value) {
    return lib.curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, value);
}

// The answer to the offer of the connection that this thread makes. libcurl neither tells it nor, once the connection
// is handed out, the TLS session to ask; but it shakes hands on the thread that drives it.
static _Thread_local unsigned char alpn_name[256];
static _Thread_local unsigned int alpn_length;

// OpenSSL calls this at the steps of a handshake; 0x20 is SSL_CB_HANDSHAKE_DONE.
static void note_alpn(const void *session, int where, int value) {
    (void)value;
    typedef void (*selected_function)(const void *, const unsigned char **, unsigned int *);
    selected_function selected = (selected_function)dlsym(lib.library, "SSL_get0_alpn_selected");
    if ((where & 0x20) == 0 || selected == NULL) {
        return;
    }
    const unsigned char *name = NULL;
    unsigned int length = 0;
    selected(session, &name, &length);
    alpn_length = length <= sizeof alpn_name ? length : 0;
    if (alpn_length > 0) {
        memcpy(alpn_name, name, alpn_length);
    }
}

// libcurl calls this with the SSL_CTX of a connection before its handshake. dlsym also looks into what libcurl depends
// on, and so finds the very OpenSSL that libcurl uses.
static CURLcode set_alpn_h2(CURL *easy, void *context, void *user) {
    (void)easy;
    (void)user;
    typedef int (*set_function)(void *, const unsigned char *, unsigned int);
    typedef void (*info_function)(void *, void (*)(const void *, int, int));
    set_function set = (set_function)dlsym(lib.library, "SSL_CTX_set_alpn_protos");
    info_function info = (info_function)dlsym(lib.library, "SSL_CTX_set_info_callback");
    // OpenSSL's one function whose 0 is success.
    if (set == NULL || info == NULL || set(context, (const unsigned char *)"\x02h2", 3) != 0) {
        return CURLE_SSL_CONNECT_ERROR;
    }
    info(context, note_alpn);
    return CURLE_OK;
}

int ccurl_alpn(char *buffer, size_t capacity) {
    if (alpn_length > capacity) {
        return 0;
    }
    memcpy(buffer, alpn_name, alpn_length);
    return (int)alpn_length;
}

CURLcode ccurl_offer_h2(CURL *easy) {
    if (dlsym(lib.library, "SSL_CTX_set_alpn_protos") == NULL) {
        return CURLE_NOT_BUILT_IN;
    }
    alpn_length = 0;
    CURLcode rc = lib.curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
    return rc != CURLE_OK ? rc : lib.curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, set_alpn_h2);
}

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *value) {
    return lib.curl_slist_append(list, value);
}

void ccurl_slist_free_all(struct curl_slist *list) { lib.curl_slist_free_all(list); }

CURLM *ccurl_multi_init(void) { return lib.curl_multi_init(); }
CURLMcode ccurl_multi_cleanup(CURLM *multi) { return lib.curl_multi_cleanup(multi); }

CURLMcode ccurl_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return lib.curl_multi_setopt(multi, option, value);
}

CURLMcode ccurl_multi_add(CURLM *multi, CURL *easy) { return lib.curl_multi_add_handle(multi, easy); }
CURLMcode ccurl_multi_remove(CURLM *multi, CURL *easy) { return lib.curl_multi_remove_handle(multi, easy); }
CURLMcode ccurl_multi_perform(CURLM *multi, int *running) { return lib.curl_multi_perform(multi, running); }

CURLMcode ccurl_multi_poll(CURLM *multi, int milliseconds) {
    return lib.curl_multi_poll(multi, NULL, 0, milliseconds, NULL);
}

CURLMcode ccurl_multi_wakeup(CURLM *multi) { return lib.curl_multi_wakeup(multi); }

CURL *ccurl_multi_next_done(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = lib.curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
