import Glibc

/// A thread that waits in system calls, so that no task has to.
enum ControlThread {
    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a detached thread with every signal blocked: signals are for the program's own threads.
    static func start(_ run: @escaping @Sendable () -> Void) throws(RunControlError) {
        // A new thread inherits the mask, so no signal can come in before the thread could block it.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let work = Unmanaged.passRetained(Work(run))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            },
            work.toOpaque()
        )
        guard code == 0 else {
            work.release()
            throw RunControlError(errno: code, "can't start a thread")
        }
        pthread_detach(thread)
    }
}
