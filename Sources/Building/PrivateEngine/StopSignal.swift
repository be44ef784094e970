import Glibc
import Synchronization

/// Remembers that somebody asked this process to end.
enum StopSignal {
    private static let flag = Atomic<Bool>(false)

    /// Whether a signal has come.
    static var hasCome: Bool { flag.load(ordering: .relaxed) }

    /// Catches SIGTERM and SIGINT, and ignores what a lost terminal or reader would send.
    static func install() {
        // Touched here first: a handler must not be the one to initialise it.
        flag.store(false, ordering: .relaxed)
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in StopSignal.flag.store(true, ordering: .relaxed) }
        }
        for number in [SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
    }
}
