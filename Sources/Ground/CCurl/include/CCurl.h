// libcurl, loaded on first use.
//
// Linking libcurl costs every process about 10 ms of dynamic loading (33 libraries), also the commands that never
// speak HTTP over it. So only its header is used here, for types and constants; the functions are looked up in the
// shared library when the first request needs them. Nothing but ccurl_load() and ccurl_try_load() may be called before
// ccurl_load() has returned NULL.

#ifndef CCURL_H
#define CCURL_H

// Typed wrappers replace the variadic macros, and the bit masks of protocols are the spelling that every version of
// libcurl.so.4 knows.
#define CURL_DISABLE_TYPECHECK 1
#define CURL_DISABLE_DEPRECATION 1
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

// Loads the library once for the process. NULL when it is usable, else why not (static storage).
const char *_Nullable ccurl_load(void);

// Loads the library of that name into a scratch table, as ccurl_load would. NULL when it is usable, else why not
// (thread-local storage, valid until the next call on this thread).
const char *_Nullable ccurl_try_load(const char *_Nonnull name);

typedef size_t (*ccurl_write_callback)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);
typedef size_t (*ccurl_read_callback)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);

const char *_Nonnull ccurl_version(void);
const char *_Nonnull ccurl_strerror(CURLcode code);
const char *_Nonnull ccurl_multi_strerror(CURLMcode code);

CURL *_Nullable ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *_Nonnull easy);
CURLcode ccurl_easy_pause(CURL *_Nonnull easy, int bits);
CURLcode ccurl_easy_send(CURL *_Nonnull easy, const void *_Nonnull bytes, size_t count, size_t *_Nonnull sent);
CURLcode ccurl_easy_recv(CURL *_Nonnull easy, void *_Nonnull bytes, size_t count, size_t *_Nonnull received);

CURLcode ccurl_setopt_long(CURL *_Nonnull easy, CURLoption option, long value);
CURLcode ccurl_setopt_offset(CURL *_Nonnull easy, CURLoption option, curl_off_t value);
CURLcode ccurl_setopt_string(CURL *_Nonnull easy, CURLoption option, const char *_Nullable value);
CURLcode ccurl_setopt_pointer(CURL *_Nonnull easy, CURLoption option, void *_Nullable value);
CURLcode ccurl_setopt_list(CURL *_Nonnull easy, CURLoption option, struct curl_slist *_Nullable value);
CURLcode ccurl_setopt_write(CURL *_Nonnull easy, CURLoption option, ccurl_write_callback _Nonnull callback);
CURLcode ccurl_setopt_read(CURL *_Nonnull easy, CURLoption option, ccurl_read_callback _Nonnull callback);

CURLcode ccurl_getinfo_long(CURL *_Nonnull easy, CURLINFO info, long *_Nonnull value);
CURLcode ccurl_getinfo_offset(CURL *_Nonnull easy, CURLINFO info, curl_off_t *_Nonnull value);
CURLcode ccurl_getinfo_socket(CURL *_Nonnull easy, curl_socket_t *_Nonnull value);

// Offers h2 by ALPN in the TLS handshake without libcurl knowing. Left to itself, libcurl (seen: 7.88) answers a peer
// that chooses h2 with an HTTP/2 preface of its own, also with CURLOPT_CONNECT_ONLY. CURLE_NOT_BUILT_IN when libcurl
// was built on a TLS library other than OpenSSL.
CURLcode ccurl_offer_h2(CURL *_Nonnull easy);

// What the peer chose of that offer in the handshake that this thread drove, copied into the buffer. Its length; 0 when
// it chose nothing or nothing was offered.
int ccurl_alpn(char *_Nonnull buffer, size_t capacity);

struct curl_slist *_Nullable ccurl_slist_append(struct curl_slist *_Nullable list, const char *_Nonnull value);
void ccurl_slist_free_all(struct curl_slist *_Nullable list);

CURLM *_Nullable ccurl_multi_init(void);
CURLMcode ccurl_multi_cleanup(CURLM *_Nonnull multi);
CURLMcode ccurl_multi_setopt_long(CURLM *_Nonnull multi, CURLMoption option, long value);
CURLMcode ccurl_multi_add(CURLM *_Nonnull multi, CURL *_Nonnull easy);
CURLMcode ccurl_multi_remove(CURLM *_Nonnull multi, CURL *_Nonnull easy);
CURLMcode ccurl_multi_perform(CURLM *_Nonnull multi, int *_Nonnull running);
CURLMcode ccurl_multi_poll(CURLM *_Nonnull multi, int milliseconds);
CURLMcode ccurl_multi_wakeup(CURLM *_Nonnull multi);

// The next transfer that has ended, and how. NULL when there is none.
CURL *_Nullable ccurl_multi_next_done(CURLM *_Nonnull multi, CURLcode *_Nonnull result);

#endif
