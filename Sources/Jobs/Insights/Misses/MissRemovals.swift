import CaissonBuildModel
import CaissonText

/// What removals from an engine's cache say of steps.
///
/// A record of a RUN is described as `mount / from exec /bin/sh -c make`, with variables as they stand in the
/// Dockerfile, that of any other step by its name (seen on BuildKit 0.25).
struct MissRemovals: Sendable {
    /// The newest removals first.
    let all: [CacheRemoval]
    /// The newest removal of each step, by what tells the step.
    private let newest: [String: Int]

    /// Takes removals, the newest first.
    init(_ removals: [CacheRemoval]) {
        all = removals
        var newest: [String: Int] = [:]
        for (place, removal) in removals.enumerated() {
            for description in removal.descriptions {
                let key = Self.key(ofDescription: description)
                if newest[key] == nil { newest[key] = place }
            }
        }
        self.newest = newest
    }

    private static let execution = "mount / from exec "

    private static func key(ofDescription description: String) -> String {
        guard description.hasPrefix(execution) else {
            return MissStep(StepRecord(0, digest: "", name: description)).identity
        }
        var command = String(description.dropFirst(execution.count))
        if command.hasPrefix("/bin/sh -c ") { command = String(command.dropFirst("/bin/sh -c ".count)) }
        return "RUN " + command
    }

    /// The newest removal after a time that names a step; nil where none does.
    func naming(_ step: MissStep, after time: Timestamp) -> CacheRemoval? {
        let instruction = step.instruction
        let key = instruction.keyword == "RUN" ? "RUN " + instruction.rest : step.identity
        guard let place = newest[key], all[place].time >= time else { return nil }
        return all[place]
    }

    /// The newest removal after a time; nil where none is known.
    func newest(after time: Timestamp) -> CacheRemoval? {
        guard let removal = all.first, removal.time >= time else { return nil }
        return removal
    }
}
