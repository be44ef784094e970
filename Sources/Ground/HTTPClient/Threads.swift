import CaissonSystem

/// Starts a detached thread with a small stack and every signal blocked; see `DetachedThread`.
package func startThread(_ run: @escaping @Sendable () -> Void) throws(HTTPClientError) {
    do {
        try DetachedThread.start(run)
    } catch {
        throw .system("cannot start a thread", error.number)
    }
}
