import CaissonBuildModel
import CaissonJSON

/// Makes lines of what happens in a build, for its journal and its output: a value that does no I/O.
///
/// A line is an object with a time, `t`, and what happened. Lines refer to steps by numbers in the order in which these
/// come; people know them by others (`StepNumbers`). A step's digest, name and inputs are written once and again only
/// where they change.
struct JournalEncoder: Sendable {
    /// How much has to be left out, as what waits to be written grows.
    enum Pressure: Int, Comparable {
        case none, counters, output

        static func < (a: Pressure, b: Pressure) -> Bool { a.rawValue < b.rawValue }
    }

    private var lines: [UInt8] = []
    private var output: [UInt8] = []
    private var tables = JournalTables()
    private let keepsOutput: Bool
    /// Where the next byte of output will be in its file.
    private var offset: Int64 = 0
    /// Pieces that no line tells of yet, and when the first of them came.
    private var pieces: [OutputPiece] = []
    private var piecesTime: Timestamp?

    /// Begins with the header.
    init(_ submission: BuildSubmission) {
        keepsOutput = submission.keepsOutput
        lines = Self.header(submission)
        if lines.count > JournalLimit.line {
            // Better a build of which little is known than one that can't be read.
            var least = BuildSubmission(submission.id, submission.job, at: submission.time)
            least.name = submission.name?.clipped(to: JournalLimit.name)
            least.membership = submission.membership
            least.keepsOutput = submission.keepsOutput
            lines = Self.header(least)
        }
    }

    private static func header(_ submission: BuildSubmission) -> [UInt8] {
        var json = JSONWriter(.report)
        json.object { json in
            json.member("format", HistoryPlace.format)
            json.key("submission")
            json.write(submission)
        }
        return json.bytes + [0x0A]
    }

    /// How many bytes wait to be taken.
    var count: Int { lines.count + output.count + pieces.count * 64 }

    /// Takes what can be written now: bytes of the output, then lines that tell of them.
    mutating func take() -> (output: [UInt8], lines: [UInt8]) {
        endPieces()
        let taken = (output, lines)
        output = []
        lines = []
        return taken
    }

    /// Forgets what waits to be written.
    mutating func drop() {
        pieces = []
        piecesTime = nil
        _ = take()
    }

    /// A line by itself that tells people something.
    static func line(_ remark: String) -> [UInt8] {
        var json = JSONWriter(.report)
        json.object { json in
            json.member("t", .now)
            json.member("remark", remark)
        }
        return json.bytes + [0x0A]
    }

    /// A line by itself that tells what changed in a context.
    static func line(_ changes: ContextChanges, at time: Timestamp) -> [UInt8] {
        var json = JSONWriter(.report)
        json.object { json in
            json.member("t", time)
            json.key("context")
            json.write(changes)
        }
        return json.bytes + [0x0A]
    }

    // MARK: What happens

    /// Takes an event other than the last.
    mutating func add(_ kind: BuildEvent.Kind, at time: Timestamp, under pressure: Pressure) {
        switch kind {
        case .started(let start): line(time) { json, _ in json.object("started") { $0.member("engine", start.engine) } }
        case .attempt(let attempt):
            line(time) { json, _ in
                json.key("attempt")
                json.write(attempt)
            }
        case .status(let status): add(status, at: time, under: pressure)
        case .notice(let message):
            line(time) { json, _ in
                json.member("notice", message.description.clipped(to: JournalLimit.message))
                json.member("loss", ifTrue: message.isOfLoss)
            }
        case .artifact(let artifact):
            line(time) { json, _ in
                json.key("artifact")
                json.write(artifact)
            }
        // What changed in a context is found out by the writer, who compares it with what is on the disk.
        case .context, .finished: break
        }
    }

    /// Takes something that people were told, and whether it is why the build waits.
    mutating func add(remark: String, isWait: Bool = false, at time: Timestamp) {
        line(time) { json, _ in
            json.member("remark", remark.clipped(to: JournalLimit.message))
            json.member("waits", ifTrue: isWait)
        }
    }

    /// Takes that the build waits or runs.
    mutating func add(_ status: BuildStatus, at time: Timestamp) {
        line(time) { json, _ in json.member("state", status.rawValue) }
    }

    /// Takes the end, and the event that it came by.
    mutating func add(_ end: JournalEnd, _ outcome: BuildOutcome?) {
        line(end.time) { json, _ in
            if let outcome {
                json.key("finished")
                json.write(outcome)
            }
            json.object("end") { json in
                json.member("status", end.status.rawValue)
                json.member("reason", ifAny: end.reason?.clipped(to: JournalLimit.message))
                json.member("duration", end.duration)
            }
        }
    }

    // MARK: Steps

    private mutating func add(_ status: SolveStatus, at time: Timestamp, under pressure: Pressure) {
        var rest = status
        rest.logs = []
        if pressure >= .counters { rest.statuses = [] }
        if rest.weight <= JournalLimit.status {
            addLine(rest, at: time)
        } else {
            for vertex in rest.vertexes { addLine(SolveStatus(vertexes: [vertex]), at: time) }
            for counter in rest.statuses { addLine(SolveStatus(statuses: [counter]), at: time) }
            for warning in rest.warnings { addLine(SolveStatus(warnings: [warning]), at: time) }
        }
        for log in status.logs { add(log, at: time, isLost: pressure >= .output) }
    }

    private mutating func addLine(_ status: SolveStatus, at time: Timestamp) {
        guard !status.isEmpty else { return }
        line(time) { json, tables in
            if !status.vertexes.isEmpty { json.list("v", status.vertexes) { $0.write($1, &tables) } }
            if !status.statuses.isEmpty { json.list("c", status.statuses) { $0.write($1, tables) } }
            if !status.warnings.isEmpty { json.list("w", status.warnings) { $0.write($1, &tables) } }
        }
    }

    // MARK: Output

    private mutating func add(_ log: VertexLog, at time: Timestamp, isLost: Bool) {
        let digest = log.vertex.clipped(to: JournalLimit.id)
        let number = tables.number(of: digest) ?? declare(digest, at: time)
        if piecesTime == nil { piecesTime = time }
        guard keepsOutput, !isLost else {
            return extend(
                OutputPiece(
                    step: (number, digest),
                    stream: log.stream,
                    keepsOutput ? .lost : .unkept,
                    length: Int64(log.data.count),
                    at: log.timestamp
                )
            )
        }
        var start = 0
        while start < log.data.count {
            let length = min(log.data.count - start, JournalReader.pieceLimit)
            let step = (number, digest)
            extend(
                OutputPiece(step: step, stream: log.stream, .at(offset), length: Int64(length), at: log.timestamp)
            )
            offset += Int64(length)
            start += length
        }
        output.append(contentsOf: log.data)
    }

    /// Gives a step that only printed so far its number.
    private mutating func declare(_ digest: String, at time: Timestamp) -> Int {
        let number = tables.add(digest)
        line(time) { json, _ in
            json.key("step")
            json.begin(UInt8(ascii: "["))
            json.number(Int64(number))
            json.string(digest)
            json.end(UInt8(ascii: "]"))
        }
        return number
    }

    /// Adds a piece, or makes the one before longer that it continues.
    private mutating func extend(_ piece: OutputPiece) {
        guard piece.length > 0 else { return }
        if let last = pieces.last, last.isContinued(by: piece) {
            pieces[pieces.count - 1].length += piece.length
            return
        }
        if pieces.count >= JournalLimit.pieces {
            let time = piecesTime
            endPieces()
            piecesTime = time
        }
        pieces.append(piece)
    }

    /// Writes the line that tells of the pieces.
    private mutating func endPieces() {
        guard let time = piecesTime else { return }
        let told = pieces
        pieces.removeAll(keepingCapacity: true)
        piecesTime = nil
        guard !told.isEmpty else { return }
        line(time) { json, _ in json.list("o", told) { $0.write($1) } }
    }

    /// Writes a line.
    private mutating func line(_ time: Timestamp, _ body: (inout JSONWriter, inout JournalTables) -> Void) {
        endPieces()
        // The bytes are taken out meanwhile, as the body changes the tables.
        var bytes: [UInt8] = []
        swap(&bytes, &lines)
        JSONWriter.append(to: &bytes, .report) { json in
            json.begin(UInt8(ascii: "{"))
            json.member("t", time)
            body(&json, &tables)
            json.end(UInt8(ascii: "}"))
        }
        bytes.append(0x0A)
        swap(&bytes, &lines)
    }
}

extension OutputPiece {
    /// Whether another one follows it at once: of the same step and stream, and in the same place.
    fileprivate func isContinued(by next: OutputPiece) -> Bool {
        guard step == next.step, stream == next.stream else { return false }
        switch (place, next.place) {
        case (.at(let offset), .at(let other)):
            return offset + length == other && length + next.length <= Int64(JournalReader.pieceLimit)
        case (.unkept, .unkept), (.lost, .lost): return true
        default: return false
        }
    }
}

extension SolveStatus {
    /// About how many bytes a line of it takes, output left out, if nothing has to be escaped.
    fileprivate var weight: Int {
        var weight = 0
        for vertex in vertexes {
            weight += 256 + vertex.name.utf8.count + vertex.error.utf8.count + 80 * vertex.inputs.count
        }
        for counter in statuses { weight += 256 + counter.id.utf8.count + counter.name.utf8.count }
        for warning in warnings {
            weight += 256 + warning.short.count + (warning.source?.data.count ?? 0) + 32 * warning.ranges.count
            weight += warning.detail.reduce(0) { $0 + $1.count }
        }
        return weight
    }
}
