import CaissonBuildModel
import CaissonJSON

/// Makes events of all kinds, with odd texts and numbers.
struct RandomEvents {
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let pieces = [
        "RUN make", "\"", "\\", "\n", "\r\n", "\0", "\u{7F}", "\u{2028}", "é", "👩‍👩‍👧", "\u{10FEFF}", "<&>",
        "[1/2] ", " ",
        "{}",
    ]
    private var numbers: Numbers

    init(seed: UInt64) { numbers = Numbers(state: seed) }

    mutating func number(_ range: Range<Int>) -> Int { .random(in: range, using: &numbers) }
    private mutating func chance(_ part: Int) -> Bool { number(0..<part) == 0 }
    private mutating func maybe<Value>(_ make: (inout Self) -> Value) -> Value? { chance(2) ? make(&self) : nil }
    private mutating func list<Value>(_ most: Int, _ make: (inout Self) -> Value) -> [Value] {
        (0..<number(0..<most + 1)).map { _ in make(&self) }
    }
    private mutating func text() -> String { list(4) { Self.pieces[$0.number(0..<Self.pieces.count)] }.joined() }
    mutating func bytes(_ most: Int = 20) -> [UInt8] { list(most) { UInt8($0.number(0..<256)) } }
    private mutating func digest() -> String { chance(20) ? text() : "sha256:\(number(0..<9))" }
    private mutating func integer() -> Int64 {
        switch number(0..<4) {
        case 0: 0
        case 1: Int64(number(0..<1000))
        case 2: chance(2) ? .max : .min
        default: Int64(bitPattern: numbers.next())
        }
    }
    private mutating func time() -> Timestamp {
        Timestamp(seconds: integer(), nanoseconds: Int32(number(0..<1_000_000_000)))
    }

    mutating func kind() -> BuildEvent.Kind {
        switch number(0..<12) {
        case 0: return .started(BuildStart(engine: text()))
        case 1: return .attempt(attempt())
        case 2:
            var message = FieldMessage(text())
            message.isOfLoss = chance(2)
            return .notice(message)
        case 3: return .artifact(artifact())
        default: return .status(status())
        }
    }

    private mutating func attempt() -> BuildAttempt {
        var attempt = BuildAttempt(again: text(), number: number(1..<3), limit: number(3..<5), reason: text())
        if chance(2) { attempt.reason = nil }
        attempt.cause = [.infrastructure, .step, .timeout][number(0..<3)]
        attempt.engine = maybe { $0.text() }
        return attempt
    }

    private mutating func artifact() -> BuildArtifact {
        switch number(0..<5) {
        case 0: .file(text())
        case 1: .directory(text())
        case 2: .standardOutput
        case 3: .cache(text())
        default:
            .image(
                ImageArtifact(
                    names: list(3) { $0.text() },
                    digest: maybe { $0.digest() },
                    id: maybe { $0.digest() },
                    isPushed: chance(2)
                )
            )
        }
    }

    mutating func status() -> SolveStatus {
        var status = SolveStatus()
        switch number(0..<4) {
        case 0: status.vertexes = list(4) { $0.vertex() }
        case 1: status.statuses = list(3) { $0.counter() }
        case 2: status.logs = list(6) { $0.log() }
        default:
            status.vertexes = list(2) { $0.vertex() }
            status.logs = list(2) { $0.log() }
            status.warnings = list(2) { $0.warning() }
            status.statuses = list(2) { $0.counter() }
        }
        return status
    }

    private mutating func vertex() -> Vertex {
        Vertex(
            digest: digest(),
            inputs: list(3) { $0.digest() },
            name: text(),
            isCached: chance(2),
            started: maybe { $0.time() },
            completed: maybe { $0.time() },
            error: chance(3) ? text() : "",
            group: chance(4) ? ProgressGroup(id: text(), name: text(), isWeak: chance(2)) : nil
        )
    }

    private mutating func counter() -> VertexStatus {
        VertexStatus(
            id: text(),
            vertex: digest(),
            name: text(),
            current: integer(),
            total: integer(),
            timestamp: time(),
            started: maybe { $0.time() },
            completed: maybe { $0.time() }
        )
    }

    private mutating func log() -> VertexLog {
        VertexLog(vertex: digest(), stream: number(1..<3), data: bytes(), timestamp: time())
    }

    private mutating func warning() -> VertexWarning {
        VertexWarning(
            vertex: digest(),
            level: number(0..<3),
            short: bytes(),
            detail: list(2) { $0.bytes() },
            url: text(),
            source: maybe { $0.source() },
            ranges: list(2) { $0.range() }
        )
    }

    private mutating func source() -> SourceInfo {
        SourceInfo(filename: "Dockerfile\(number(0..<12))", data: bytes(), language: text())
    }

    private mutating func range() -> SourceRange {
        SourceRange(
            startLine: number(0..<99),
            startCharacter: number(0..<99),
            endLine: Int(integer() >> 24),
            endCharacter: number(0..<99)
        )
    }

    mutating func outcome() -> BuildOutcome {
        switch number(0..<4) {
        case 0: return .cancelled
        case 1: return .answered(BuildAnswer(text: text(), json: bytes(), isGood: chance(2)))
        case 2: return .succeeded(result())
        default: return .failed(error())
        }
    }

    private mutating func result() -> BuildResult {
        let response = Dictionary(list(3) { ("containerimage." + $0.text(), $0.text()) }) { first, _ in first }
        var result = BuildResult(ref: text(), exporterResponse: response)
        result.imageID = maybe { $0.digest() }
        result.digest = maybe { $0.digest() }
        result.statistics.imageSize = maybe { $0.integer() }
        result.statistics.isImageSizePacked = chance(2)
        result.statistics.layers = maybe { $0.number(0..<9) }
        result.statistics.steps = number(0..<99)
        result.statistics.cachedSteps = number(0..<99)
        result.statistics.duration = .nanoseconds(number(0..<1_000_000_000_000))
        return result
    }

    private mutating func error() -> BuildError {
        let codes: [BuildError.Code] = [
            .usage, .unsupported, .engine, .step, .output, .deadlineExceeded, .cancelled,
        ]
        var message = FieldMessage(text())
        message.isOfLoss = chance(3)
        return BuildError(
            codes[number(0..<codes.count)],
            message,
            excerpts: list(2) { dice in SourceExcerpt(source: dice.source(), ranges: dice.list(2) { $0.range() }) },
            step: maybe { dice in
                FailedStep(vertex: dice.digest(), name: dice.text(), exitCode: dice.maybe { $0.number(0..<256) })
            }
        )
    }

    mutating func submission() -> BuildSubmission {
        var submission = BuildSubmission(BuildID(), [.build, .batch, .task][number(0..<3)], at: time())
        submission.name = maybe { $0.text() }
        if chance(2) { submission.membership = .init(of: BuildID(), place: number(0..<9), count: number(0..<9)) }
        if chance(2) {
            let obstacle = maybe { $0.text() }
            submission.invocation = .init(list(5) { $0.text() }, in: text(), obstacle: obstacle)
        }
        submission.owner = maybe { $0.text() }
        submission.project = maybe { $0.text() }
        submission.group = maybe { $0.text() }
        submission.priority = maybe { $0.text() }
        submission.labels = list(2) { $0.text() }
        submission.needs.milliprocessors = maybe { $0.number(0..<9000) }
        submission.needs.memory = maybe { $0.integer() }
        submission.needs.disk = maybe { $0.integer() }
        submission.needs.network = maybe { $0.chance(2) }
        submission.images = list(2) { $0.text() }
        submission.context = maybe { $0.text() }
        submission.dockerfile = maybe { $0.text() }
        submission.target = maybe { $0.text() }
        submission.platforms = list(2) { $0.text() }
        if chance(2) {
            var revision = SourceRevision()
            revision.source = maybe { $0.text() }
            revision.commit = maybe { $0.text() }
            revision.context = maybe { $0.text() }
            revision.dockerfile = maybe { $0.text() }
            submission.revision = revision
        }
        if chance(2) { submission.request = .object([.init("labels", .object([.init(text(), .string(text()))]))]) }
        submission.fingerprint = maybe { $0.digest() }
        submission.dependencies = list(2) { $0.text() }
        return submission
    }
}
