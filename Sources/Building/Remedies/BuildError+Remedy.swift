package import CaissonBuildModel

extension BuildError {
    /// The same error in plain words and with what to do next, where that is known of such a failure.
    ///
    /// Engines pass on what their libraries said. What is looked at is that text, the failing step and the files of the build on
    /// this machine; nobody is asked.
    package func withRemedy(for request: BuildRequest) -> BuildError {
        guard [.step, .usage, .engine].contains(code) else { return self }
        let failure = FailureText(self)
        for remedy in failure.exitCode == nil ? Self.remedies : Self.remediesOfProcesses {
            guard let found = remedy(failure, request) else { continue }
            var wording = found.cause ?? wording
            if let advice = found.advice { wording = "\(message: wording) — \(message: advice)" }
            return BuildError(code, wording, excerpts: excerpts, step: step)
        }
        return self
    }
}

extension BuildError {
    private static let remedies: [@Sendable (FailureText, BuildRequest) -> Remedy?] = [
        Remedy.missingSource, Remedy.missingStage, Remedy.missingSecret, Remedy.plainRegistry, Remedy.login,
        Remedy.unreachable, Remedy.program, Remedy.space,
    ]

    /// Where a process ran the engine quotes its command, in which anything may stand.
    private static let remediesOfProcesses: [@Sendable (FailureText, BuildRequest) -> Remedy?] = [
        Remedy.program, Remedy.exitStatus,
    ]
}

/// What is known of a failure.
struct FailureText {
    /// The engine's words.
    let message: String
    /// The failing step's name, such as `[1/2] COPY a /`; empty where none is known.
    let step: String
    /// The exit status of its process; nil where none ran.
    let exitCode: Int?
    /// The step's place, such as `Dockerfile:3`; nil where it isn't known.
    private(set) var place: String?

    /// Reads an error.
    init(_ error: BuildError) {
        self.init(message: error.message, step: error.step?.name ?? "", exitCode: error.step?.exitCode)
        if let excerpt = error.excerpts.first, let line = excerpt.ranges.first?.startLine, line > 0 {
            place = "\(excerpt.source.filename):\(line)"
        }
    }

    init(message: String, step: String = "", exitCode: Int? = nil) {
        self.message = message
        self.step = step
        self.exitCode = exitCode
    }

    /// Whether one of these is in the engine's words, in letters of any case.
    func says(_ phrases: String...) -> Bool {
        let text = message.lowercased()
        return phrases.contains { text.contains($0) }
    }

    /// Whether the step brings a result out of the engine, rather than something into the build.
    var isPush: Bool {
        step.hasPrefix("exporting ") || step.hasPrefix("pushing ") || message.hasPrefix("pushing ")
            || says("failed to push")
    }
}

/// What a failure means, and what to do about it.
struct Remedy {
    /// What failed, in the place of the engine's words; nil where those are plain enough.
    var cause: FieldMessage?
    /// What to do next; nil where the failure itself says all.
    var advice: FieldMessage?
}
