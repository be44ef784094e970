// curl.h includes the C library's thread types, and the compiler then counts them as part of this module.
import CaissonCCurl
import Glibc

/// What a thread runs, boxed for the C call that starts the thread.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Starts a detached thread with a small stack and every signal blocked.
///
/// Signals are for the program's own threads. SIGPIPE above all must be blocked: OpenSSL's writes raise it, and a
/// thread that blocks it gets EPIPE instead.
package func startThread(_ run: @escaping @Sendable () -> Void) throws(HTTPClientError) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 512 << 10)

    // A new thread inherits the mask, so no signal can come in before the thread could block it.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

    let box = Unmanaged.passRetained(ThreadBody(run))
    var thread = pthread_t()
    let rc = pthread_create(
        &thread,
        &attributes,
        { context in
            if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
            return nil
        },
        box.toOpaque()
    )
    guard rc == 0 else {
        box.release()
        throw .system("cannot start a thread", rc)
    }
}
