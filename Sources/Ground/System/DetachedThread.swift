import Glibc

/// A thread of its own for what waits in system calls, so that no task has to.
package enum DetachedThread {
    /// What a thread runs, boxed for the C call that starts the thread.
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a detached thread with a stack of 512 KiB and every signal blocked.
    ///
    /// Signals are for the program's own threads. SIGPIPE above all must be blocked: OpenSSL's writes raise it, and a
    /// thread that blocks it gets EPIPE instead. So a file that grows too large fails to be written, and no signal ends
    /// the process.
    package static func start(_ run: @escaping @Sendable () -> Void) throws(Errno) {
        var attributes = pthread_attr_t()
        let made = pthread_attr_init(&attributes)
        guard made == 0 else { throw Errno(made) }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 512 << 10)

        // A new thread inherits the mask, so no signal can come in before the thread could block it.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        let box = Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            &attributes,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            },
            box.toOpaque()
        )
        guard code == 0 else {
            box.release()
            throw Errno(code)
        }
    }
}
