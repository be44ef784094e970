package import CaissonBuildModel

extension BuildError {
    /// The same error in plain words and with what to do next, where that is known of such a failure.
    ///
    /// Engines pass on what their libraries said. What is looked at is that text, the failing step and the files of the build on
    /// this machine; nobody is asked.
    ///
    /// - Parameter fullDisk: The line at the end of the step's output that says that a disk is full; nil where there is none.
    package func withRemedy(for request: BuildRequest, fullDisk: String? = nil) -> BuildError {
        guard [.step, .usage, .engine].contains(code) else { return self }
        var failure = FailureText(self)
        failure.fullDisk = fullDisk
        for remedy in failure.exitCode == nil ? Self.remedies : Self.remediesOfProcesses {
            guard let found = remedy(failure, request) else { continue }
            var wording = found.cause ?? wording
            if let advice = found.advice { wording = "\(message: wording) — \(message: advice)" }
            // What is wrong in the Dockerfile is no failure of a step.
            let isInput = found.code == .usage
            return BuildError(
                found.code ?? code,
                wording,
                excerpts: found.excerpts ?? excerpts,
                step: isInput ? nil : step
            )
        }
        return self
    }
}

extension BuildError {
    private static let remedies: [@Sendable (FailureText, BuildRequest) -> Remedy?] = [
        Remedy.wrongDockerfile, Remedy.missingTarget, Remedy.missingSource, Remedy.missingInStage,
        Remedy.missingAddress,
        Remedy.missingStage, Remedy.missingSecret, Remedy.plainRegistry, Remedy.login, Remedy.unreachable,
        Remedy.overloaded,
        Remedy.missingImage, Remedy.program, Remedy.missingUser, Remedy.space,
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
    /// Whose failure it is, as far as the engine tells.
    private(set) var code = BuildError.Code.step
    /// The line of the Dockerfile that it is about; nil where it isn't known.
    private(set) var line: Int?
    /// The step's place, such as `Dockerfile:3`; nil where it isn't known.
    private(set) var place: String?

    /// The line of the step's output that says that a disk is full; nil where there is none.
    var fullDisk: String?

    /// Reads an error.
    init(_ error: BuildError) {
        self.init(message: error.message, step: error.step?.name ?? "", exitCode: error.step?.exitCode)
        code = error.code
        if let excerpt = error.excerpts.first, let line = excerpt.ranges.first?.startLine, line > 0 {
            self.line = line
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

    /// Whether dockerd pushed by its own API, which no option of a build reaches.
    var isDockerdsPush: Bool { !isPodmans && message.hasPrefix("pushing ") && message.contains(" failed — ") }

    /// Whether podman says it, or its library for registries.
    var isPodmans: Bool { says("creating build container: ", "building at step \"", "pinging container registry ") }
}

/// What a failure means, and what to do about it.
struct Remedy {
    /// What failed, in the place of the engine's words; nil where those are plain enough.
    var cause: FieldMessage?
    /// What to do next; nil where the failure itself says all.
    var advice: FieldMessage?
    /// Whose failure it really is; nil where the engine told that right.
    var code: BuildError.Code?
    /// The places that it is about; nil where the engine's are right.
    var excerpts: [SourceExcerpt]?
}
