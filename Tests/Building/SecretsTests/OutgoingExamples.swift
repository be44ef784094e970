import CaissonBuildModel

/// A value of each kind that leaves a build, with a secret in every text of it.
enum OutgoingExamples {
    static let secret = "hunter2"

    /// The kinds that an example is needed of; a new kind doesn't compile before it has a name here.
    enum Name: CaseIterable {
        case started
        case attempt
        case status
        case notice
        case image
        case file
        case context
        case directory
        case standardOutput
        case cache
        case succeeded
        case answered
        case failed
        case cancelled

        init(_ kind: BuildEvent.Kind) {
            self =
                switch kind {
                case .started: .started
                case .attempt: .attempt
                case .status: .status
                case .notice: .notice
                case .context: .context
                case .artifact(let artifact): Name(artifact)
                case .finished(let outcome): Name(outcome)
                }
        }

        private init(_ artifact: BuildArtifact) {
            self =
                switch artifact {
                case .image: .image
                case .file: .file
                case .directory: .directory
                case .standardOutput: .standardOutput
                case .cache: .cache
                }
        }

        private init(_ outcome: BuildOutcome) {
            self =
                switch outcome {
                case .succeeded: .succeeded
                case .answered: .answered
                case .failed: .failed
                case .cancelled: .cancelled
                }
        }
    }

    static var kinds: [BuildEvent.Kind] {
        [
            .started(BuildStart(engine: "at " + secret)), .attempt(attempt), .status(status),
            .notice(FieldMessage(secret)), .context(snapshot),
            .artifact(.image(ImageArtifact(names: [secret], digest: secret, id: secret, isPushed: true))),
            .artifact(.file(secret)), .artifact(.directory(secret)), .artifact(.standardOutput),
            .artifact(.cache(secret)), .finished(.succeeded(result)), .finished(.answered(answer)),
            .finished(.failed(error)), .finished(.cancelled),
        ]
    }

    private static var snapshot: ContextSnapshot {
        var snapshot = ContextSnapshot(of: secret, key: secret)
        snapshot.add(Array("\(secret).txt".utf8), mode: 0o644, stamp: 1)
        snapshot.origin = .init(directory: secret, patterns: Array(repeating: [bytes], count: 3))
        return snapshot
    }

    private static let time = Timestamp(seconds: 1)
    private static let bytes = Array("a \(secret) b".utf8)
    private static let source = SourceInfo(filename: secret, data: bytes, language: secret)
    private static let range = SourceRange(startLine: 1, endLine: 1)

    private static var attempt: BuildAttempt {
        var attempt = BuildAttempt(again: secret, number: 2, limit: 3, reason: secret)
        attempt.engine = secret
        return attempt
    }

    private static var status: SolveStatus {
        SolveStatus(
            vertexes: [
                Vertex(
                    digest: secret,
                    inputs: [secret],
                    name: secret,
                    started: time,
                    completed: time,
                    error: secret,
                    group: ProgressGroup(id: secret, name: secret)
                )
            ],
            statuses: [
                VertexStatus(id: secret, vertex: secret, name: secret, timestamp: time, started: time, completed: time)
            ],
            logs: [VertexLog(vertex: secret, stream: 1, data: bytes, timestamp: time)],
            warnings: [
                VertexWarning(
                    vertex: secret,
                    short: bytes,
                    detail: [bytes],
                    url: secret,
                    source: source,
                    ranges: [range]
                )
            ]
        )
    }

    static var result: BuildResult {
        var result = BuildResult(ref: secret, exporterResponse: [secret: secret], imageID: secret, digest: secret)
        result.statistics.imageSize = 1
        result.statistics.layers = 1
        return result
    }

    static var answer: BuildAnswer { BuildAnswer(text: secret, json: bytes, isGood: true) }

    static var error: BuildError {
        BuildError(
            .step,
            secret,
            excerpts: [SourceExcerpt(source: source, ranges: [range])],
            step: FailedStep(vertex: secret, name: secret, exitCode: 1)
        )
    }
}
