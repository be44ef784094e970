import Glibc

/// What is to be done about a signal, as signals come.
///
/// The first asks the build to end and lets the engine clean up; one more from the keyboard means that the user won't
/// wait for that.
struct InterruptState {
    /// What is to be done.
    enum Action: Equatable {
        /// Cancel the work and wait for its end.
        case cancel
        /// Leave now.
        case leave(status: Int32)
        /// Nothing: the work is being cancelled already.
        case wait
    }

    private var isCancelling = false

    /// Decides about a signal.
    mutating func received(_ signal: CInt) -> Action {
        guard isCancelling else {
            isCancelling = true
            return .cancel
        }
        return signal == SIGINT ? .leave(status: 130) : .wait
    }
}
