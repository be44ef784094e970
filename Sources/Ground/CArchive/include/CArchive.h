// libarchive, loaded on first use.
//
// Linking libarchive costs every process 5 to 10 ms of dynamic loading, also the commands that never see a tar. So only
// its headers are used here, for types and constants; the functions are looked up in the shared library when the first
// archive is opened. Nothing but carchive_load() and carchive_try_load() may be called before carchive_load() has
// returned NULL.

#ifndef CARCHIVE_H
#define CARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Opaque here, so that the names of libarchive's own header don't leak out of this module.
struct archive;
struct archive_entry;

// The results of libarchive's functions; failures that are none of these are errors as well.
enum {
    carchive_ok = 0,
    carchive_eof = 1,
    carchive_retry = -10,
    carchive_warn = -20,
    carchive_failed = -25,
    carchive_fatal = -30,
    // Not libarchive's: the library has no such filter of its own.
    carchive_no_filter = -100,
};

// The filters that can be named for reading.
enum carchive_filter {
    carchive_gzip,
    carchive_bzip2,
    carchive_xz,
    carchive_lzma,
    carchive_zstd,
    carchive_lz4,
};

// Loads the library once for the process. NULL when it is usable, else why not (static storage).
const char *_Nullable carchive_load(void);

// Loads the library of that name into a scratch table, as carchive_load would. NULL when it is usable, else why not
// (thread-local storage, valid until the next call on this thread).
const char *_Nullable carchive_try_load(const char *_Nonnull name);

const char *_Nonnull carchive_version(void);
const char *_Nullable carchive_error(struct archive *_Nonnull archive);

// What takes written bytes: all of them, and 0, or a number of errno. It must stay where it is until the archive is freed.
struct carchive_sink {
    void *_Nonnull context;
    int (*_Nonnull write)(void *_Nonnull context, const void *_Nonnull bytes, size_t count);
};

// What gives bytes: a buffer that stays valid until the next call and its size, 0 at the end, -1 for a failure. It must
// stay where it is until the archive is freed.
struct carchive_source {
    void *_Nonnull context;
    ptrdiff_t (*_Nonnull read)(void *_Nonnull context, const void *_Nullable *_Nonnull bytes);
};

// Writing. A filter's option is "name" and its value; NULL switches it off.
struct archive *_Nullable carchive_write_new(void);
int carchive_write_add_filter(struct archive *_Nonnull archive, const char *_Nonnull name);
int carchive_write_filter_option(
    struct archive *_Nonnull archive, const char *_Nonnull option, const char *_Nullable value);
// Begins a pax_restricted tar: what is made goes to the sink at once, in pieces as they come.
int carchive_write_open_tar(struct archive *_Nonnull archive, struct carchive_sink *_Nonnull sink);
// Begins to pass data through the filters alone: blocks of that size go to the sink, the last as short as it is.
int carchive_write_open_raw(
    struct archive *_Nonnull archive, size_t block, struct carchive_sink *_Nonnull sink);
// A name that is UTF-8 is written as such, whatever the locale of the process; for others the result is a warning.
int carchive_write_header(struct archive *_Nonnull archive, struct archive_entry *_Nonnull entry);
ptrdiff_t carchive_write_data(struct archive *_Nonnull archive, const void *_Nonnull bytes, size_t count);
int carchive_write_finish_entry(struct archive *_Nonnull archive);
int carchive_write_close(struct archive *_Nonnull archive);
// Frees the archive. Nothing is written to the sink any more, whatever was left to be written.
void carchive_write_abandon(struct archive *_Nonnull archive);

// Reading: tar alone, plain or compressed by gzip, bzip2, xz or zstd.
struct archive *_Nullable carchive_read_new(void);
int carchive_read_open_tar(struct archive *_Nonnull archive, struct carchive_source *_Nonnull source);
// Reading a tar that isn't compressed: bytes that begin as another compressed stream are an error.
int carchive_read_open_plain_tar(struct archive *_Nonnull archive, struct carchive_source *_Nonnull source);
// Reading the content of one stream that was compressed by that filter, as one entry; carchive_no_filter where the library
// lacks it.
int carchive_read_open_filtered(
    struct archive *_Nonnull archive, enum carchive_filter filter, struct carchive_source *_Nonnull source);
// Reading the content of zstd frames, as one entry, from bytes that must stay where they are until the archive is freed.
int carchive_read_open_zstd(struct archive *_Nonnull archive, const void *_Nonnull bytes, size_t count);
int carchive_read_next_header(struct archive *_Nonnull archive, struct archive_entry *_Nonnull entry);
ptrdiff_t carchive_read_data(struct archive *_Nonnull archive, void *_Nonnull bytes, size_t count);
void carchive_read_free(struct archive *_Nonnull archive);

// Entries.
struct archive_entry *_Nullable carchive_entry_new(void);
void carchive_entry_free(struct archive_entry *_Nonnull entry);
void carchive_entry_clear(struct archive_entry *_Nonnull entry);
void carchive_entry_set_pathname(struct archive_entry *_Nonnull entry, const char *_Nonnull path);
void carchive_entry_set_symlink(struct archive_entry *_Nonnull entry, const char *_Nonnull target);
void carchive_entry_set_hardlink(struct archive_entry *_Nonnull entry, const char *_Nonnull target);
// The kind is that of S_IFMT.
void carchive_entry_set_kind(struct archive_entry *_Nonnull entry, uint32_t kind, uint32_t permissions);
void carchive_entry_set_owner(struct archive_entry *_Nonnull entry, int64_t user, int64_t group);
void carchive_entry_set_size(struct archive_entry *_Nonnull entry, int64_t size);
void carchive_entry_set_mtime(struct archive_entry *_Nonnull entry, int64_t seconds);
void carchive_entry_set_device(struct archive_entry *_Nonnull entry, uint64_t major, uint64_t minor);
void carchive_entry_add_xattr(
    struct archive_entry *_Nonnull entry, const char *_Nonnull name, const void *_Nonnull value, size_t size);

// In the bytes of the archive where they can be had, else in UTF-8.
const char *_Nullable carchive_entry_pathname(struct archive_entry *_Nonnull entry);
const char *_Nullable carchive_entry_symlink(struct archive_entry *_Nonnull entry);
const char *_Nullable carchive_entry_hardlink(struct archive_entry *_Nonnull entry);
uint32_t carchive_entry_kind(struct archive_entry *_Nonnull entry);
uint32_t carchive_entry_permissions(struct archive_entry *_Nonnull entry);
int64_t carchive_entry_user(struct archive_entry *_Nonnull entry);
int64_t carchive_entry_group(struct archive_entry *_Nonnull entry);
int64_t carchive_entry_size(struct archive_entry *_Nonnull entry);
int64_t carchive_entry_mtime(struct archive_entry *_Nonnull entry);
uint64_t carchive_entry_device_major(struct archive_entry *_Nonnull entry);
uint64_t carchive_entry_device_minor(struct archive_entry *_Nonnull entry);
// Starts over with the attributes; how many there are.
int carchive_entry_xattr_reset(struct archive_entry *_Nonnull entry);
int carchive_entry_xattr_next(
    struct archive_entry *_Nonnull entry, const char *_Nullable *_Nonnull name, const void *_Nullable *_Nonnull value,
    size_t *_Nonnull size);

#endif
