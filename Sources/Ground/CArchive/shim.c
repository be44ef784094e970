#define _GNU_SOURCE
#include "CArchive.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

// Every function that is used, and nothing else: X(result of dlsym is put into the field of the same name).
#define CARCHIVE_FUNCTIONS(X) \
    X(archive_version_string) \
    X(archive_error_string) \
    X(archive_set_error) \
    X(archive_write_new) \
    X(archive_write_add_filter_by_name) \
    X(archive_write_set_filter_option) \
    X(archive_write_set_format_pax_restricted) \
    X(archive_write_set_format_raw) \
    X(archive_write_set_format_option) \
    X(archive_write_set_bytes_per_block) \
    X(archive_write_set_bytes_in_last_block) \
    X(archive_write_open) \
    X(archive_write_header) \
    X(archive_write_data) \
    X(archive_write_finish_entry) \
    X(archive_write_close) \
    X(archive_write_fail) \
    X(archive_write_free) \
    X(archive_read_new) \
    X(archive_read_support_format_tar) \
    X(archive_read_support_format_raw) \
    X(archive_read_support_filter_gzip) \
    X(archive_read_support_filter_bzip2) \
    X(archive_read_support_filter_xz) \
    X(archive_read_support_filter_zstd) \
    X(archive_read_support_filter_lzma) \
    X(archive_read_support_filter_lz4) \
    X(archive_read_append_filter) \
    X(archive_read_open) \
    X(archive_read_open_memory) \
    X(archive_read_next_header2) \
    X(archive_read_data) \
    X(archive_read_free) \
    X(archive_entry_new) \
    X(archive_entry_free) \
    X(archive_entry_clear) \
    X(archive_entry_set_pathname) \
    X(archive_entry_set_symlink) \
    X(archive_entry_set_hardlink) \
    X(archive_entry_set_filetype) \
    X(archive_entry_set_perm) \
    X(archive_entry_set_uid) \
    X(archive_entry_set_gid) \
    X(archive_entry_set_size) \
    X(archive_entry_set_mtime) \
    X(archive_entry_set_rdevmajor) \
    X(archive_entry_set_rdevminor) \
    X(archive_entry_xattr_add_entry) \
    X(archive_entry_pathname) \
    X(archive_entry_pathname_utf8) \
    X(archive_entry_symlink) \
    X(archive_entry_symlink_utf8) \
    X(archive_entry_hardlink) \
    X(archive_entry_hardlink_utf8) \
    X(archive_entry_filetype) \
    X(archive_entry_perm) \
    X(archive_entry_uid) \
    X(archive_entry_gid) \
    X(archive_entry_size) \
    X(archive_entry_mtime) \
    X(archive_entry_rdevmajor) \
    X(archive_entry_rdevminor) \
    X(archive_entry_xattr_reset) \
    X(archive_entry_xattr_next)

#define CARCHIVE_FIELD(name) __typeof__(&name) name;
struct table {
    CARCHIVE_FUNCTIONS(CARCHIVE_FIELD)
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
#define CARCHIVE_RESOLVE(symbol) \
    table->symbol = (__typeof__(table->symbol))dlsym(library, #symbol); \
    if (table->symbol == NULL) { \
        snprintf(reason, capacity, "%s has no %s: it is older than 3.4", name, #symbol); \
        dlclose(library); \
        return false; \
    }
    CARCHIVE_FUNCTIONS(CARCHIVE_RESOLVE)
    // The library is never unloaded: archives may be open until the process ends.
    return true;
}

// Names are taken as UTF-8 while they are converted, whatever the locale of the process; 0 where there is none of UTF-8.
static locale_t utf8;

static void load_once(void) {
    usable = fill(&lib, "libarchive.so.13", load_error, sizeof load_error);
    utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

const char *carchive_load(void) {
    pthread_once(&once, load_once);
    return usable ? NULL : load_error;
}

const char *carchive_try_load(const char *name) {
    static _Thread_local char reason[512];
    struct table scratch;
    return fill(&scratch, name, reason, sizeof reason) ? NULL : reason;
}

const char *carchive_version(void) { return lib.archive_version_string(); }
const char *carchive_error(struct archive *archive) { return lib.archive_error_string(archive); }

// Writing

struct archive *carchive_write_new(void) { return lib.archive_write_new(); }

int carchive_write_add_filter(struct archive *archive, const char *name) {
    return lib.archive_write_add_filter_by_name(archive, name);
}

int carchive_write_filter_option(struct archive *archive, const char *option, const char *value) {
    return lib.archive_write_set_filter_option(archive, NULL, option, value);
}

static int open_sink(struct archive *archive, void *raw) {
    (void)archive;
    (void)raw;
    return ARCHIVE_OK;
}

static la_ssize_t write_sink(struct archive *archive, void *raw, const void *bytes, size_t count) {
    struct carchive_sink *sink = raw;
    int number = sink->write(sink->context, bytes, count);
    if (number == 0) {
        return (la_ssize_t)count;
    }
    lib.archive_set_error(archive, number, "%s", strerror(number));
    return -1;
}

static int open_write(struct archive *archive, size_t block, struct carchive_sink *sink) {
    int rc = lib.archive_write_set_bytes_per_block(archive, (int)block);
    if (rc == ARCHIVE_OK) {
        rc = lib.archive_write_set_bytes_in_last_block(archive, 1);
    }
    return rc == ARCHIVE_OK ? lib.archive_write_open(archive, sink, open_sink, write_sink, NULL) : rc;
}

int carchive_write_open_tar(struct archive *archive, struct carchive_sink *sink) {
    int rc = lib.archive_write_set_format_pax_restricted(archive);
    if (rc == ARCHIVE_OK) {
        // The one spelling that GNU tar, Docker and Go read; libarchive's own would say everything twice.
        rc = lib.archive_write_set_format_option(archive, "pax", "xattrheader", "SCHILY");
    }
    return rc == ARCHIVE_OK ? open_write(archive, 0, sink) : rc;
}

int carchive_write_open_raw(struct archive *archive, size_t block, struct carchive_sink *sink) {
    int rc = lib.archive_write_set_format_raw(archive);
    if (rc == ARCHIVE_OK) {
        rc = open_write(archive, block, sink);
    }
    if (rc != ARCHIVE_OK) {
        return rc;
    }
    // The format has one entry, of which nothing is written but its content.
    struct archive_entry *entry = lib.archive_entry_new();
    if (entry == NULL) {
        return ARCHIVE_FATAL;
    }
    lib.archive_entry_set_filetype(entry, AE_IFREG);
    rc = lib.archive_write_header(archive, entry);
    lib.archive_entry_free(entry);
    return rc;
}

// What a call about an entry's names needs. libarchive takes any name that can't be converted for a lack of memory where
// errno says so, and does not set errno itself: what an earlier call of the thread left there failed entries, and in the
// getters it ended the process. So errno is cleared here. The locale is of this thread alone, and back at once.
static locale_t enter_names(void) {
    errno = 0;
    return utf8 ? uselocale(utf8) : (locale_t)0;
}

static void leave_names(locale_t before) {
    if (before) {
        uselocale(before);
    }
}

int carchive_write_header(struct archive *archive, struct archive_entry *entry) {
    locale_t before = enter_names();
    int rc = lib.archive_write_header(archive, entry);
    leave_names(before);
    return rc;
}

ptrdiff_t carchive_write_data(struct archive *archive, const void *bytes, size_t count) {
    return lib.archive_write_data(archive, bytes, count);
}

int carchive_write_finish_entry(struct archive *archive) { return lib.archive_write_finish_entry(archive); }
int carchive_write_close(struct archive *archive) { return lib.archive_write_close(archive); }

void carchive_write_abandon(struct archive *archive) {
    lib.archive_write_fail(archive);
    lib.archive_write_free(archive);
}

// Reading

static la_ssize_t read_source(struct archive *archive, void *raw, const void **bytes) {
    struct carchive_source *source = raw;
    ptrdiff_t count = source->read(source->context, bytes);
    if (count < 0) {
        lib.archive_set_error(archive, EIO, "%s", "the input can't be read");
    }
    return count;
}

struct archive *carchive_read_new(void) { return lib.archive_read_new(); }

int carchive_read_open_tar(struct archive *archive, struct carchive_source *source) {
    if (lib.archive_read_support_format_tar(archive) != ARCHIVE_OK) {
        return ARCHIVE_FATAL;
    }
    // Where a library was built without one of these, it says so by a warning; it then fails on such input.
    lib.archive_read_support_filter_gzip(archive);
    lib.archive_read_support_filter_bzip2(archive);
    lib.archive_read_support_filter_xz(archive);
    lib.archive_read_support_filter_zstd(archive);
    return lib.archive_read_open(archive, source, NULL, read_source, NULL);
}

int carchive_read_open_plain_tar(struct archive *archive, struct carchive_source *source) {
    int rc = lib.archive_read_support_format_tar(archive);
    return rc == ARCHIVE_OK ? lib.archive_read_open(archive, source, NULL, read_source, NULL) : rc;
}

// The code of a filter that the library has itself; -1 for one that it would start a program for, or doesn't know.
static int own_filter(struct archive *archive, enum carchive_filter filter) {
    switch (filter) {
    case carchive_gzip:
        return lib.archive_read_support_filter_gzip(archive) == ARCHIVE_OK ? ARCHIVE_FILTER_GZIP : -1;
    case carchive_bzip2:
        return lib.archive_read_support_filter_bzip2(archive) == ARCHIVE_OK ? ARCHIVE_FILTER_BZIP2 : -1;
    case carchive_xz:
        return lib.archive_read_support_filter_xz(archive) == ARCHIVE_OK ? ARCHIVE_FILTER_XZ : -1;
    case carchive_lzma:
        return lib.archive_read_support_filter_lzma(archive) == ARCHIVE_OK ? ARCHIVE_FILTER_LZMA : -1;
    case carchive_zstd:
        return lib.archive_read_support_filter_zstd(archive) == ARCHIVE_OK ? ARCHIVE_FILTER_ZSTD : -1;
    case carchive_lz4:
        return lib.archive_read_support_filter_lz4(archive) == ARCHIVE_OK ? ARCHIVE_FILTER_LZ4 : -1;
    }
    return -1;
}

int carchive_read_open_filtered(
    struct archive *archive, enum carchive_filter filter, struct carchive_source *source) {
    int code = own_filter(archive, filter);
    if (code < 0) {
        return carchive_no_filter;
    }
    int rc = lib.archive_read_support_format_raw(archive);
    if (rc == ARCHIVE_OK) {
        // Named and not looked for: what comes out is not unpacked again, however it begins.
        rc = lib.archive_read_append_filter(archive, code);
    }
    return rc == ARCHIVE_OK ? lib.archive_read_open(archive, source, NULL, read_source, NULL) : rc;
}

int carchive_read_open_zstd(struct archive *archive, const void *bytes, size_t count) {
    if (lib.archive_read_support_format_raw(archive) != ARCHIVE_OK) {
        return ARCHIVE_FATAL;
    }
    lib.archive_read_support_filter_zstd(archive);
    return lib.archive_read_open_memory(archive, bytes, count);
}

int carchive_read_next_header(struct archive *archive, struct archive_entry *entry) {
    locale_t before = enter_names();
    int rc = lib.archive_read_next_header2(archive, entry);
    leave_names(before);
    return rc;
}

ptrdiff_t carchive_read_data(struct archive *archive, void *bytes, size_t count) {
    return lib.archive_read_data(archive, bytes, count);
}

void carchive_read_free(struct archive *archive) { lib.archive_read_free(archive); }

// Entries

struct archive_entry *carchive_entry_new(void) { return lib.archive_entry_new(); }
void carchive_entry_free(struct archive_entry *entry) { lib.archive_entry_free(entry); }
void carchive_entry_clear(struct archive_entry *entry) { lib.archive_entry_clear(entry); }

void carchive_entry_set_pathname(struct archive_entry *entry, const char *path) {
    lib.archive_entry_set_pathname(entry, path);
}

void carchive_entry_set_symlink(struct archive_entry *entry, const char *target) {
    lib.archive_entry_set_symlink(entry, target);
}

void carchive_entry_set_hardlink(struct archive_entry *entry, const char *target) {
    lib.archive_entry_set_hardlink(entry, target);
}

void carchive_entry_set_kind(struct archive_entry *entry, uint32_t kind, uint32_t permissions) {
    lib.archive_entry_set_filetype(entry, kind);
    lib.archive_entry_set_perm(entry, permissions);
}

void carchive_entry_set_owner(struct archive_entry *entry, int64_t user, int64_t group) {
    lib.archive_entry_set_uid(entry, user);
    lib.archive_entry_set_gid(entry, group);
}

void carchive_entry_set_size(struct archive_entry *entry, int64_t size) { lib.archive_entry_set_size(entry, size); }

void carchive_entry_set_mtime(struct archive_entry *entry, int64_t seconds) {
    lib.archive_entry_set_mtime(entry, seconds, 0);
}

void carchive_entry_set_device(struct archive_entry *entry, uint64_t major, uint64_t minor) {
    lib.archive_entry_set_rdevmajor(entry, major);
    lib.archive_entry_set_rdevminor(entry, minor);
}

void carchive_entry_add_xattr(struct archive_entry *entry, const char *name, const void *value, size_t size) {
    lib.archive_entry_xattr_add_entry(entry, name, value, size);
}

const char *carchive_entry_pathname(struct archive_entry *entry) {
    errno = 0;
    const char *bytes = lib.archive_entry_pathname(entry);
    if (bytes != NULL) {
        return bytes;
    }
    errno = 0;
    return lib.archive_entry_pathname_utf8(entry);
}

const char *carchive_entry_symlink(struct archive_entry *entry) {
    errno = 0;
    const char *bytes = lib.archive_entry_symlink(entry);
    if (bytes != NULL) {
        return bytes;
    }
    errno = 0;
    return lib.archive_entry_symlink_utf8(entry);
}

const char *carchive_entry_hardlink(struct archive_entry *entry) {
    errno = 0;
    const char *bytes = lib.archive_entry_hardlink(entry);
    if (bytes != NULL) {
        return bytes;
    }
    errno = 0;
    return lib.archive_entry_hardlink_utf8(entry);
}

uint32_t carchive_entry_kind(struct archive_entry *entry) { return lib.archive_entry_filetype(entry); }
uint32_t carchive_entry_permissions(struct archive_entry *entry) { return lib.archive_entry_perm(entry); }
int64_t carchive_entry_user(struct archive_entry *entry) { return lib.archive_entry_uid(entry); }
int64_t carchive_entry_group(struct archive_entry *entry) { return lib.archive_entry_gid(entry); }
int64_t carchive_entry_size(struct archive_entry *entry) { return lib.archive_entry_size(entry); }
int64_t carchive_entry_mtime(struct archive_entry *entry) { return lib.archive_entry_mtime(entry); }
uint64_t carchive_entry_device_major(struct archive_entry *entry) { return lib.archive_entry_rdevmajor(entry); }
uint64_t carchive_entry_device_minor(struct archive_entry *entry) { return lib.archive_entry_rdevminor(entry); }
int carchive_entry_xattr_reset(struct archive_entry *entry) { return lib.archive_entry_xattr_reset(entry); }

int carchive_entry_xattr_next(
    struct archive_entry *entry, const char **name, const void **value, size_t *size) {
    return lib.archive_entry_xattr_next(entry, name, value, size);
}
