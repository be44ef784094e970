extension MachinePlaces {
    /// Waits for a place as `withPlace` does, and returns what gives it back, which is called once.
    package func place(
        for request: PlaceRequest,
        onWait: @escaping @Sendable (PlaceWait) -> Void
    ) async throws -> @Sendable () -> Void {
        try Task.checkCancellation()
        let ticket = try await hall.enter(request)
        do {
            try await begin(ticket, onWait)
        } catch {
            hall.leave(ticket)
            throw error
        }
        return { [hall] in hall.leave(ticket) }
    }
}
