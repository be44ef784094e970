/// Places for builds under one cap, for all processes that share a state directory.
///
/// A build that has a place, or waits for one, has a ticket: a file in `run/places` on which its process holds a lock. The
/// kernel takes the lock away however the process ends, so a place is never kept by one that is gone. `PlaceBook` says who
/// is next.
///
/// Copies are the same places; one is enough for a process.
package struct MachinePlaces: Sendable {
    let hall: PlaceHall

    /// Makes places of which nothing is on the disk yet.
    package init(stateDirectory: String, limits: MachineLimits) {
        hall = PlaceHall(stateDirectory: stateDirectory, limits: limits)
    }

    /// Waits for a place, runs the body in it, and gives it back.
    ///
    /// Where this throws a `RunControlError` of its own, the body hasn't begun: `tooLarge` for a build that could never begin,
    /// `unavailable` where the state directory can't be used, with which a build goes on without a place. Cancelled while it
    /// waits, it throws `CancellationError`, and its ticket is gone.
    ///
    /// Without limits the body begins at once, and counts for those that have some.
    ///
    /// - Parameter onWait: What it waits for, when it begins to wait and when that changes, not more than twice a second.
    package func withPlace<R: Sendable>(
        for request: PlaceRequest,
        onWait: @escaping @Sendable (PlaceWait) -> Void,
        _ body: () async throws -> R
    ) async throws -> R {
        try Task.checkCancellation()
        let ticket = try await hall.enter(request)
        defer { hall.leave(ticket) }
        try await begin(ticket, onWait)
        return try await body()
    }

    func begin(_ ticket: OwnTicket, _ onWait: @Sendable (PlaceWait) -> Void) async throws {
        while true {
            switch await ticket.next() {
            case .waits(let wait): onWait(wait)
            case .begins: return try Task.checkCancellation()
            case .failed(let error): throw error
            case .withdrawn: throw CancellationError()
            }
        }
    }
}
