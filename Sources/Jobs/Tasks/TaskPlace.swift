package import CaissonBuildModel
import Synchronization

/// The place of the machine that a task has as a whole: the step that comes first waits for it, the others for that one.
package final class TaskPlace: Sendable {
    /// Gives the machine's place back.
    package typealias Leave = @Sendable () -> Void
    /// Tells a step why it waits.
    package typealias Tell = @Sendable (String) -> Void

    private enum Standing {
        /// Nobody has asked for it.
        case free
        /// A step waits for it.
        case asked
        case held(Leave)
    }

    private struct State {
        var standing = Standing.free
        /// When it was had.
        var begin: Timestamp?
        /// Why whoever asks waits.
        var reason: String?
        var waiting: [Int: Waiting] = [:]
        var next = 0

        var isAsked: Bool { if case .asked = standing { true } else { false } }
    }

    /// Somebody who waits.
    private struct Waiting {
        let tell: Tell
        let isOver: @Sendable (State) -> Bool
        let wake: CheckedContinuation<Void, Never>
    }

    private let state = Mutex(State())

    /// Makes a place that nobody has.
    package init() {}

    /// When the task had it; nil where it hasn't.
    package var begin: Timestamp? { state.withLock(\.begin) }

    /// Waits for the place.
    ///
    /// - Parameters:
    ///   - tell: Told why it waits.
    ///   - ask: Asks the machine for it, called for one step at a time.
    package func enter(_ tell: @escaping Tell, ask: (@escaping Tell) async throws -> Leave) async throws {
        while true {
            try Task.checkCancellation()
            switch look() {
            case .held: return
            case .asked: await wait(tell) { !$0.isAsked }
            case .free: return try await self.ask(tell, ask)
            }
        }
    }

    /// How it stands; whoever finds it free is the one to ask for it.
    private func look() -> Standing {
        state.withLock { state in
            defer { if case .free = state.standing { state.standing = .asked } }
            return state.standing
        }
    }

    private func ask(_ tell: @escaping Tell, _ ask: (@escaping Tell) async throws -> Leave) async throws {
        do {
            let leave = try await ask { [weak self] reason in
                tell(reason)
                self?.note(reason)
            }
            wake { state in
                state.standing = .held(leave)
                state.begin = .now
            }
        } catch {
            wake { $0.standing = .free }
            throw error
        }
    }

    private func note(_ reason: String) {
        let others = state.withLock { state in
            state.reason = reason
            return state.waiting.values.map(\.tell)
        }
        for tell in others { tell(reason) }
    }

    /// Waits until the place is had, or the calling task is cancelled.
    package func begun() async { await wait({ _ in }) { $0.begin != nil } }

    private func wait(_ tell: @escaping Tell, until isOver: @escaping @Sendable (State) -> Bool) async {
        let key = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { join(key, Waiting(tell: tell, isOver: isOver, wake: $0)) }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: key) }?.wake.resume()
        }
    }

    /// Lets somebody wait who has to, and tells the reason.
    private func join(_ key: Int, _ waiting: Waiting) {
        let (mayWait, reason) = state.withLock { state in
            guard !waiting.isOver(state), !Task.isCancelled else { return (false, String?.none) }
            state.waiting[key] = waiting
            return (true, state.reason)
        }
        guard mayWait else { return waiting.wake.resume() }
        if let reason { waiting.tell(reason) }
    }

    private func wake(_ change: (inout State) -> Void) {
        let woken = state.withLock { state in
            change(&state)
            state.reason = nil
            let over = state.waiting.filter { $0.value.isOver(state) }
            for key in over.keys { state.waiting[key] = nil }
            return over.values.map(\.wake)
        }
        for wake in woken { wake.resume() }
    }

    /// Gives it back, as the task has ended.
    package func leave() {
        let leave: Leave? = state.withLock { state in
            defer { state.standing = .free }
            if case .held(let leave) = state.standing { return leave }
            return nil
        }
        leave?()
    }
}
