package import CaissonBuildModel
import CaissonText

/// A step as people name it.
extension BuildDossier {
    /// How many steps an error lists.
    private static let listed = 5

    /// The step that a text names: a number is only ever a number, all else is a name or a part of it.
    ///
    /// - Throws: What there is, where that isn't one step.
    package func step(named text: String) throws(BuildError) -> StepRecord {
        let build = "build \(record.id.description.prefix(12))"
        if let number = Int(text) {
            if let step = steps.first(where: { $0.number == number }) { return step }
            let count = steps.isEmpty ? "none" : String(steps.count)
            throw BuildError(.usage, "\(build) has no step \(number); it has \(count)")
        }
        let exact = steps.filter { $0.name == text }
        let found = exact.isEmpty ? steps.filter { $0.name.contains(text) } : exact
        guard let first = found.first else {
            let advice = "“caisson builds show \(record.id.description.prefix(12))” lists them"
            throw BuildError(.usage, "\(build) has no step \(text.quoted); \(advice)")
        }
        guard found.count > 1 else { return first }
        let numbers = found.prefix(Self.listed).map { String($0.number) }.joined(separator: ", ")
        let more = found.count > Self.listed ? ", …" : ""
        throw BuildError(
            .usage,
            "\(found.count) steps have \(text.quoted) in their names; give the number of one: \(numbers)\(more)"
        )
    }

    /// The step that a failure is told of; nil where none printed anything.
    package var failedStep: StepRecord? {
        let failed = steps.filter { !$0.error.isEmpty && $0.logSize > 0 }
        // Others may have been cancelled as it failed.
        return failed.first { $0.digest == error?.step?.vertex } ?? failed.first
    }
}

extension BuildStatus {
    /// How a build stands, as a sentence about it: `it succeeded`.
    package var sentence: String {
        switch self {
        case .queued: "it waits"
        case .running: "it runs"
        case .succeeded: "it succeeded"
        case .failed: "it failed"
        case .cancelled: "it was cancelled"
        case .timedOut: "its time ran out"
        case .skipped: "it was skipped"
        case .interrupted: "it was interrupted"
        }
    }
}
