package import CaissonBuildModel
import CaissonSystem
import Glibc
import Synchronization

/// Where other processes come to have builds of this one cancelled: a Unix socket under `run/doors` in the state directory.
///
/// It is opened when the first build is registered. Only the same user and root are listened to.
package final class CancelDoor: Sendable {
    private struct Opening {
        var name: String
        /// Closing it ends the thread.
        var end: Int32
    }

    private enum State {
        case shut
        case open(Opening)
        /// It couldn't be opened, and isn't tried again.
        case failed(RunControlError)
    }

    private let files: DoorFiles
    private let calls = DoorCalls()
    private let state = Mutex(State.shut)

    /// Makes a door that is shut.
    package init(stateDirectory: String) {
        files = DoorFiles(run: RunDirectory(state: stateDirectory))
    }

    deinit { close() }

    /// Lets other processes cancel a build.
    ///
    /// - Parameter cancel: Called on a thread of the door's with who asks, perhaps more than once; it must not wait.
    /// - Throws: Why nobody can; the build goes on without, with a notice.
    package func register(
        _ id: BuildID,
        _ cancel: @escaping @Sendable (_ by: String) -> Void
    ) throws(RunControlError) {
        let door = try open()
        calls.set(id, cancel)
        do throws(RunControlError) {
            try files.announce(id, at: door)
        } catch {
            calls.set(id, nil)
            throw error
        }
    }

    /// Lets nobody cancel a build any more.
    package func unregister(_ id: BuildID) {
        if case .open(let opening) = state.withLock({ $0 }) { files.withdraw(id, from: opening.name) }
        calls.set(id, nil)
    }

    /// Lets other processes cancel a build while `body` runs.
    ///
    /// - Parameter onRefusal: Called before the body where nobody can.
    package func withRegistration<R>(
        of id: BuildID,
        _ cancel: @escaping @Sendable (_ by: String) -> Void,
        onRefusal: (RunControlError) -> Void = { _ in },
        _ body: () async throws -> R
    ) async rethrows -> R {
        do throws(RunControlError) {
            try register(id, cancel)
        } catch {
            onRefusal(error)
        }
        defer { unregister(id) }
        return try await body()
    }

    /// Shuts the door and forgets all builds; a later one opens another.
    package func close() {
        let opening = state.withLock { state -> Opening? in
            guard case .open(let opening) = state else { return nil }
            state = .shut
            return opening
        }
        guard let opening else { return }
        for id in calls.removeAll() { files.withdraw(id, from: opening.name) }
        files.remove(opening.name)
        Glibc.close(opening.end)
    }

    /// The name of the door, which is opened where it isn't.
    private func open() throws(RunControlError) -> String {
        let result = state.withLock { state -> Result<String, RunControlError> in
            switch state {
            case .open(let opening): return .success(opening.name)
            case .failed(let error): return .failure(error)
            case .shut: break
            }
            do throws(RunControlError) {
                let opening = try Self.open(files, calls)
                state = .open(opening)
                return .success(opening.name)
            } catch {
                state = .failed(error)
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func open(_ files: DoorFiles, _ calls: DoorCalls) throws(RunControlError) -> Opening {
        try files.prepare()
        files.sweep()
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let listener = SharedDescriptor(adopting: socket(AF_UNIX, type, 0))
        guard listener.raw >= 0 else { throw RunControlError(errno: errno, "can't make a socket") }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw RunControlError(errno: errno, "can't make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (reading, writing) = (SharedDescriptor(adopting: ends[0]), ends[1])
        let name = DoorFiles.newName()
        do throws(RunControlError) {
            try files.bind(listener.raw, as: name)
            try Self.keep(listener, until: reading, calls)
        } catch {
            files.remove(name)
            Glibc.close(writing)
            throw error
        }
        return Opening(name: name, end: writing)
    }

    private static func keep(
        _ listener: SharedDescriptor,
        until end: SharedDescriptor,
        _ calls: DoorCalls
    ) throws(RunControlError) {
        do {
            try DetachedThread.start {
                var keeper = DoorKeeper(listener: listener, end: end, calls: calls)
                keeper.run()
            }
        } catch {
            throw RunControlError(errno: error.number, "can't start a thread")
        }
    }
}

/// Runs the body with a door for its builds, which is shut afterwards.
package func withCancelDoor<R>(
    stateDirectory: String,
    _ body: (CancelDoor) async throws -> R
) async rethrows -> R {
    let door = CancelDoor(stateDirectory: stateDirectory)
    defer { door.close() }
    return try await body(door)
}
