// The one program in the initramfs of a boot test: says what kernel runs it, loads the modules of /modules, prints the
// marker on a line of its own where that went well, and resets the machine.
//
// It needs neither a libc nor the kernel's headers, as compilers for kernels come without; for an architecture that
// isn't in the table below, CAISSON_LIBC takes both.

enum { AT_HERE = -100, READ_WRITE = 2, CHARACTER_DEVICE = 0020000, CONSOLE = 5 << 8 | 1 };
enum { EXISTS = 17, MOST_MODULES = 65536, MOST_BYTES = 1 << 21 };

#ifdef CAISSON_LIBC
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    READ = SYS_read, WRITE = SYS_write, CLOSE = SYS_close, DUP = SYS_dup, IOCTL = SYS_ioctl, MOUNT = SYS_mount,
    REBOOT = SYS_reboot, UNAME = SYS_uname, SYSLOG = SYS_syslog, OPENAT = SYS_openat, MKDIRAT = SYS_mkdirat,
    MKNODAT = SYS_mknodat, FINIT_MODULE = SYS_finit_module
};

static long call(long number, long a, long b, long c, long d, long e) {
    long result = syscall(number, a, b, c, d, e);
    return result == -1 ? -errno : result;
}
#else
#define TCSBRK 0x5409

#if defined(__x86_64__)
enum {
    READ = 0, WRITE = 1, CLOSE = 3, DUP = 32, IOCTL = 16, MOUNT = 165, REBOOT = 169, UNAME = 63, SYSLOG = 103,
    OPENAT = 257, MKDIRAT = 258, MKNODAT = 259, FINIT_MODULE = 313
};
#elif defined(__aarch64__) || defined(__riscv)
enum {
    READ = 63, WRITE = 64, CLOSE = 57, DUP = 23, IOCTL = 29, MOUNT = 40, REBOOT = 142, UNAME = 160, SYSLOG = 116,
    OPENAT = 56, MKDIRAT = 34, MKNODAT = 33, FINIT_MODULE = 273
};
#else
enum {
    READ = 3, WRITE = 4, CLOSE = 6, DUP = 41, IOCTL = 54, MOUNT = 21, REBOOT = 88, UNAME = 122, SYSLOG = 103
};
#if defined(__i386__)
enum { OPENAT = 295, MKDIRAT = 296, MKNODAT = 297, FINIT_MODULE = 350 };
#elif defined(__arm__)
enum { OPENAT = 322, MKDIRAT = 323, MKNODAT = 324, FINIT_MODULE = 379 };
#elif defined(__powerpc__)
#undef TCSBRK
#define TCSBRK 0x2000741d
enum { OPENAT = 286, MKDIRAT = 287, MKNODAT = 288, FINIT_MODULE = 353 };
#elif defined(__s390x__)
enum { OPENAT = 288, MKDIRAT = 289, MKNODAT = 290, FINIT_MODULE = 344 };
#else
#error "this architecture needs CAISSON_LIBC"
#endif
#endif

#define IN(name, place, value) register long name __asm__(place) = value
static long call(long number, long a, long b, long c, long d, long e) {
#if defined(__x86_64__)
    IN(fourth, "r10", d);
    IN(fifth, "r8", e);
    __asm__ volatile("syscall" : "+a"(number) : "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
                     : "rcx", "r11", "memory");
    return number;
#elif defined(__i386__)
    __asm__ volatile("int $0x80" : "+a"(number) : "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
    return number;
#elif defined(__aarch64__)
    IN(n, "x8", number); IN(r, "x0", a); IN(r1, "x1", b); IN(r2, "x2", c); IN(r3, "x3", d); IN(r4, "x4", e);
    __asm__ volatile("svc 0" : "+r"(r) : "r"(n), "r"(r1), "r"(r2), "r"(r3), "r"(r4) : "memory", "cc");
    return r;
#elif defined(__arm__)
    IN(n, "r7", number); IN(r, "r0", a); IN(r1, "r1", b); IN(r2, "r2", c); IN(r3, "r3", d); IN(r4, "r4", e);
    __asm__ volatile("svc 0" : "+r"(r) : "r"(n), "r"(r1), "r"(r2), "r"(r3), "r"(r4) : "memory", "cc");
    return r;
#elif defined(__riscv)
    IN(n, "a7", number); IN(r, "a0", a); IN(r1, "a1", b); IN(r2, "a2", c); IN(r3, "a3", d); IN(r4, "a4", e);
    __asm__ volatile("ecall" : "+r"(r) : "r"(n), "r"(r1), "r"(r2), "r"(r3), "r"(r4) : "memory");
    return r;
#elif defined(__s390x__)
    IN(n, "1", number); IN(r, "2", a); IN(r1, "3", b); IN(r2, "4", c); IN(r3, "5", d); IN(r4, "6", e);
    __asm__ volatile("svc 0" : "+d"(r) : "d"(n), "d"(r1), "d"(r2), "d"(r3), "d"(r4) : "memory", "cc");
    return r;
#elif defined(__powerpc__)
    IN(n, "r0", number); IN(r, "r3", a); IN(r1, "r4", b); IN(r2, "r5", c); IN(r3, "r6", d); IN(r4, "r7", e);
    // What failed is told by a flag, not by the sign.
    __asm__ volatile("sc\n bns+ 1f\n neg %0, %0\n1:"
                     : "+r"(r), "+r"(n), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4)
                     : : "memory", "cr0", "ctr", "xer", "r8", "r9", "r10", "r11", "r12");
    return r;
#endif
}
#endif

#define CALL(number, a, b, c, d, e) call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

static char marker[256], names[MOST_BYTES], line[4096];
static unsigned char is_loaded[MOST_MODULES];
static short errors[MOST_MODULES];
static long used;

static void add(const char *text) {
    while (*text && used < (long)sizeof line - 1) line[used++] = *text++;
}

static void add_number(long number) {
    // Without a division, which some processors leave to a library.
    long unit = 1;
    while (unit * 10 <= number) unit *= 10;
    for (; unit; unit = unit == 1000 ? 100 : unit == 100 ? 10 : unit == 10) {
        char digit[2] = "0";
        while (number >= unit) number -= unit, digit[0]++;
        add(digit);
    }
}

// Writes the line, and waits until it is out: what the kernel says meanwhile would come into its middle.
static void flush(void) {
    line[used++] = '\n';
    for (long written = 0, step; written < used; written += step)
        if ((step = CALL(WRITE, 1, line + written, used - written, 0, 0)) <= 0) break;
    CALL(IOCTL, 1, TCSBRK, 1, 0, 0);
    used = 0;
}

static void say(const char *first, const char *second, const char *third) {
    add(first), add(second), add(third);
    flush();
}

static void say_error(const char *what, const char *name, long error) {
    static const struct { short number; char name[32]; } known[] = {
        {1, "not permitted"}, {2, "unknown symbol"}, {8, "wrong format"}, {12, "out of memory"}, {16, "busy"},
        {19, "no such device"}, {22, "invalid"}, {38, "not implemented"}, {126, "no key"}, {129, "key rejected"}
    };
    add(what), add(name), add(" failed: error "), add_number(-error);
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == -error) add(" ("), add(known[i].name), add(")");
    flush();
}

static void open_console(void) {
    long file = CALL(OPENAT, AT_HERE, "/dev/console", READ_WRITE, 0, 0);
    if (file < 0) {
        CALL(MKNODAT, AT_HERE, "/dev/console", CHARACTER_DEVICE | 0600, CONSOLE, 0);
        file = CALL(OPENAT, AT_HERE, "/dev/console", READ_WRITE, 0, 0);
    }
    // The first three, whichever there are.
    while (file >= 0 && file < 2) file = CALL(DUP, file, 0, 0, 0, 0);
    if (file > 2) CALL(CLOSE, file, 0, 0, 0, 0);
}

static void mount_all(void) {
    static const char kinds[3][12] = {"proc", "sysfs", "devtmpfs"}, places[3][12] = {"/proc", "/sys", "/dev"};
    for (int i = 0; i < 3; i++) {
        CALL(MKDIRAT, AT_HERE, places[i], 0755, 0, 0);
        long error = CALL(MOUNT, kinds[i], places[i], kinds[i], 0, 0);
        if (error) say_error("MOUNT ", kinds[i], error);
    }
}

static void say_system(void) {
    static char fields[6][65];
    CALL(UNAME, fields, 0, 0, 0, 0);
    add("CAISSON-UNAME");
    for (int i = 0; i < 5; i++) add(" "), add(fields[i]);
    flush();
}

// Reads a file's lines, ends each of them as a string, and says how many bytes they are.
static long read_lines(const char *path, char *text, long size) {
    long file = CALL(OPENAT, AT_HERE, path, 0, 0, 0), length = 0, step;
    if (file < 0) return say_error("OPEN ", path, file), 0;
    while (length < size - 1 && (step = CALL(READ, file, text + length, size - 1 - length, 0, 0)) > 0) length += step;
    CALL(CLOSE, file, 0, 0, 0, 0);
    for (long i = 0; i < length; i++)
        if (text[i] == '\n') text[i] = 0;
    return length;
}

static long load(const char *name) {
    static char path[300];
    long length = 0;
    for (const char *part = "/modules/"; *part;) path[length++] = *part++;
    while (*name && length < (long)sizeof path - 4) path[length++] = *name++;
    for (const char *part = ".ko"; *part;) path[length++] = *part++;
    path[length] = 0;
    long file = CALL(OPENAT, AT_HERE, path, 0, 0, 0);
    if (file < 0) return file;
    long error = CALL(FINIT_MODULE, file, "", 0, 0, 0);
    CALL(CLOSE, file, 0, 0, 0, 0);
    return error == -EXISTS ? 0 : error;
}

static const char *next(const char *name) {
    while (*name) name++;
    return name + 1;
}

// Goes over those that aren't loaded yet, and says how many came.
static long load_some(const char *end) {
    long number = 0, came = 0;
    for (const char *name = names; name < end && number < MOST_MODULES; name = next(name), number++) {
        if (is_loaded[number]) continue;
        errors[number] = (short)load(name);
        if (errors[number]) continue;
        say("INSMOD ", name, " ok");
        is_loaded[number] = 1;
        came++;
    }
    return came;
}

// Loads all, over and over as long as one more comes, as a module does only after those that it needs; says how many
// are left.
static long load_modules(long length) {
    const char *end = names + length;
    long number = 0, left = 0;
    while (load_some(end)) {}
    for (const char *name = names; name < end && number < MOST_MODULES; name = next(name), number++) {
        if (is_loaded[number]) continue;
        say_error("INSMOD ", name, errors[number]);
        left++;
    }
    return left;
}

static void reset(void) {
    static const unsigned ways[] = {0x01234567, 0x4321fedc, 0xcdef0123};
    for (int i = 0; i < 3; i++) CALL(REBOOT, 0xfee1dead, 672274793, ways[i], 0, 0);
    // A first process that ends is a panic; whoever waits for the marker ends the machine.
    for (;;) CALL(READ, 0, line, 1, 0, 0);
}

#ifdef CAISSON_LIBC
int main(void) {
#else
#if defined(__x86_64__) || defined(__i386__)
__attribute__((force_align_arg_pointer))
#endif
void _start(void) {
#if defined(__riscv)
    __asm__ volatile(".option push\n .option norelax\n la gp, __global_pointer$\n .option pop");
#endif
#endif
    open_console();
    mount_all();
    say_system();
    read_lines("/caisson/marker", marker, sizeof marker);
    long left = load_modules(read_lines("/caisson/modules", names, sizeof names));
    // Only what is wrong may come between the lines from here on.
    CALL(SYSLOG, 8, 0, 4, 0, 0);
    say("", "", "");
    say(left ? "CAISSON-BOOT-FAILED modules" : marker, "", "");
    reset();
}
