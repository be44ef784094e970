import CaissonBuildModel
import CaissonDockerfile

/// A step that a Dockerfile makes, with all that its key in the engine's cache is made from.
struct PlannedStep: Sendable {
    /// Where a step gets files from beside the step below it.
    enum Source: Sendable, Hashable {
        /// A local context, by its name, and what is taken of it.
        case context(String, paths: [String], exclusions: [String])
        /// What another step made; only the content of the files that are taken counts.
        case step(Int)
        /// Something that the text names so that it can't change.
        case pinned
        /// Something that may change unseen, in words.
        case unclear(String)
    }

    /// Its stage, by number and as people read it; the name is empty where there is one stage only.
    var stage: Int
    var stageName: String
    /// Its place in its stage from 1, and how many there are.
    var place: Int
    var count: Int
    /// FROM, RUN, COPY, ADD or WORKDIR.
    var keyword: Keyword
    /// The platform as the name has it; empty where the build is for one only.
    var platform: String
    /// The instruction as BuildKit prints it, with the variables that are known.
    var text: String
    /// What records of the engine's cache say of it, beside its name.
    var recordText: String
    /// Whether records have its lines instead, as they are in a heredoc.
    var isScript = false
    /// The line of the Dockerfile.
    var line: Int
    /// The step below, as a place in the plan; nil for the first one of a chain.
    var parent: Int?
    /// The parts of the key: what differs in the first is another key, what differs in the second may be.
    var exact: [String] = []
    var loose: [String] = []
    /// `NAME=value` in the order in which they were set; of RUN alone.
    var environment: [String] = []
    /// What else goes into the key.
    var sources: [Source] = []
    /// Why the key can't be compared at all; nil where it can.
    var doubt: String?

    /// The name as BuildKit prints it (`prefixCommand` in `frontend/dockerfile/dockerfile2llb/convert.go`).
    var name: String {
        let width = String(count).utf8.count
        let padding = String(repeating: " ", count: max(0, width - String(place).utf8.count))
        let words = [platform, stageName, "\(padding)\(place)/\(count)"].filter { !$0.isEmpty }
        return "[\(words.joined(separator: " "))] \(text)"
    }
}

/// The steps of a Dockerfile that one build needs, each behind those that it needs.
struct ForecastPlan: Sendable {
    /// More steps than this aren't looked at.
    static let mostSteps = 1000

    var steps: [PlannedStep] = []
    /// Why there is no plan; nil where there is one.
    var problem: String?
}
