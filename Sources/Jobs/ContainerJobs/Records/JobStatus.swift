package import CaissonBuildModel
package import CaissonJSON
package import CaissonSystem
import FoundationEssentials

/// What `status.json` tells: how a job stands, for whoever waits for it.
///
/// A job that was killed can't say so itself: its file still says RUNNING, with a process that is gone.
package struct JobStatus: Sendable, Hashable {
    /// The form's name.
    package static let schema = "caisson.status/1"

    /// The run, by which the history knows it.
    package var id: BuildID
    /// What its user calls the job.
    package var name: String
    /// What kind of job it is, such as `kernel`.
    package var kind: String
    /// How it stands.
    package var state = JobState.pending
    /// The step that runs.
    package var step: String?
    /// How many steps have ended.
    package var ended = 0
    /// When it began.
    package var started: Timestamp
    /// The process that runs it.
    package var process: Int32
    /// Why it ended so.
    package var message: String?

    /// Makes the status of a job that begins.
    package init(_ id: BuildID, name: String, kind: String, started: Timestamp, process: Int32) {
        (self.id, self.name, self.kind, self.started, self.process) = (id, name, kind, started, process)
    }

    /// The file's value.
    package func json(at time: Timestamp) -> JSON {
        var members = [
            JSONMember("schema", .string(Self.schema)), JSONMember("id", .string(id.description)),
            JSONMember("name", .string(name)), JSONMember("kind", .string(kind)),
            JSONMember("state", .string(state.rawValue)),
        ]
        if let step { members.append(JSONMember("step", .string(step))) }
        members += [
            JSONMember("steps_ended", .number(String(ended))), JSONMember("started", .string(started.text)),
            JSONMember("updated", .string(time.text)), JSONMember("pid", .number(String(process))),
        ]
        if let message { members.append(JSONMember("message", .string(message))) }
        return .object(members)
    }

    /// Writes the file: whoever opens it sees the old status or the new one.
    ///
    /// - Throws: Why it can't be written.
    package func write(to path: String) throws(Errno) {
        try AtomicFile.replace(path, with: json(at: .now).goBytes(indented: true) + [0x0A], .usual)
    }
}

extension Timestamp {
    /// The time as JSON has it: UTC by ISO 8601, to the second.
    package var text: String {
        // No foreign number goes further than the calendar does.
        let seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
        return Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
    }
}
