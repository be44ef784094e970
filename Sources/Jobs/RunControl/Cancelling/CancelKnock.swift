package import CaissonBuildModel
import CaissonSystem
import Glibc

/// Asks the process that runs a build to cancel it.
package enum CancelKnock {
    /// How long it waits between two looks, at first and at most.
    private static let pauses = (first: Duration.milliseconds(1), longest: Duration.milliseconds(10))

    /// Has a build cancelled, whichever process of this user runs it.
    ///
    /// What processes left behind that were killed is removed on the way.
    ///
    /// - Returns: What the process said; `unknown` where nobody runs the build any more.
    /// - Throws: A `RunControlError` where the process doesn't answer in that time, or can't be reached.
    package static func cancel(
        _ id: BuildID,
        stateDirectory: String,
        within time: Duration
    ) async throws -> CancelAnswer {
        let files = DoorFiles(run: RunDirectory(state: stateDirectory))
        let end = ContinuousClock.now + time
        repeat {
            if let answer = try await attempt(id, files, until: end) { return answer }
            // It is too busy, or went away: in a moment it answers, or is gone.
            try await Task.sleep(for: pauses.longest)
        } while ContinuousClock.now < end
        throw RunControlError(.noAnswer, "the process that runs build \(id) doesn't answer; is it stopped?")
    }

    /// One conversation; nil where it came to nothing.
    private static func attempt(
        _ id: BuildID,
        _ files: DoorFiles,
        until end: ContinuousClock.Instant
    ) async throws -> CancelAnswer? {
        switch files.connect(to: id) {
        case .success(let descriptor):
            return try await ask(id, SharedDescriptor(adopting: descriptor), until: end)
        case .failure(let refusal):
            return try answer(to: refusal.code, id, files)
        }
    }

    /// What a door means that doesn't open.
    private static func answer(
        to code: Int32,
        _ id: BuildID,
        _ files: DoorFiles
    ) throws(RunControlError) -> CancelAnswer? {
        switch code {
        case EAGAIN, EINTR, EINPROGRESS: return nil
        case EACCES, EPERM: return .denied
        case ENOENT, ENOTDIR: return .unknown
        case ECONNREFUSED:
            files.sweep(leaving: 0)
            return .unknown
        default: throw RunControlError(errno: code, "the process that runs build \(id) can't be reached")
        }
    }

    private static func ask(
        _ id: BuildID,
        _ connection: SharedDescriptor,
        until end: ContinuousClock.Instant
    ) async throws -> CancelAnswer? {
        let line = DoorWords.cancel(id.description)
        guard send(connection.raw, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else { return nil }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: DoorWords.longest)
        var pause = pauses.first
        while received.count < DoorWords.longest {
            let count = recv(connection.raw, &buffer, buffer.count, 0)
            if count > 0 {
                received += buffer.prefix(count)
                guard let end = received.firstIndex(of: UInt8(ascii: "\n")) else { continue }
                return CancelAnswer(rawValue: String(decoding: received[..<end], as: UTF8.self))
            }
            guard count < 0, errno == EAGAIN || errno == EINTR else { return nil }
            guard ContinuousClock.now < end else { return nil }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, pauses.longest)
        }
        return nil
    }
}
