import CaissonBuildModel
import CaissonJSON

/// Makes entries of the lines of a journal; what isn't a line of one says nothing.
struct JournalDecoder: Sendable {
    private let build: BuildID
    /// What was last told of each step, by the number that lines refer to it by.
    private var steps: [Int64: Vertex] = [:]
    private var numbers = StepNumbers()
    private var sources: [Int64: SourceInfo] = [:]
    /// How many events there were.
    private var count = 0
    /// The time of the last line.
    private(set) var last: Timestamp?
    /// When the build began.
    private(set) var started: Timestamp?

    /// Makes a decoder for the lines behind the header.
    init(_ build: BuildID) { self.build = build }

    /// What a header says of the build.
    ///
    /// - Throws: `newer` or `damaged`; `name` is the file's.
    static func submission(_ line: ArraySlice<UInt8>, of name: String) throws(HistoryError) -> BuildSubmission {
        guard let json = try? JSON(parsing: Array(line)), let format = json["format"]?.integer else {
            throw HistoryError(.damaged, "\(name) is no journal of a build")
        }
        guard format <= HistoryPlace.format else {
            throw HistoryError(.newer, "\(name) is of a newer version of Caisson (format \(format))")
        }
        guard let submission = json["submission"].flatMap({ BuildSubmission($0) }) else {
            throw HistoryError(.damaged, "\(name) doesn't tell which build it is of")
        }
        return submission
    }

    /// What a line tells, in order.
    mutating func entries(of line: ArraySlice<UInt8>) -> [JournalEntry] {
        guard let json = try? JSON(parsing: Array(line)), let time = Timestamp(json["t"]) else { return [] }
        last = time
        if let pieces = json["o"]?.array { return pieces.flatMap { output($0) } }
        if json["v"] != nil || json["c"] != nil || json["w"] != nil { return status(json, at: time) }
        if let parts = json["step"]?.array {
            step(parts)
            return []
        }
        if let text = json["remark"]?.string {
            return [.remark(BuildRemark(time, text))] + (json["waits"].isTrue ? [.waiting(text)] : [])
        }
        if let changes = json["context"].flatMap({ ContextChanges($0) }) { return [.context(changes)] }
        if let state = json["state"]?.string.flatMap({ BuildStatus(rawValue: $0) }), !state.isFinal {
            if state == .running, started == nil { started = time }
            return [.status(state, time)]
        }
        return event(json, at: time) + end(json, at: time)
    }

    // MARK: Events

    private mutating func tell(_ kind: BuildEvent.Kind, at time: Timestamp) -> JournalEntry {
        defer { count += 1 }
        return .event(BuildEvent(build: build, sequence: count, time: time, kind: kind))
    }

    /// An event for output that was read.
    mutating func event(of log: VertexLog) -> JournalEntry {
        tell(.status(SolveStatus(logs: [log])), at: last ?? log.timestamp)
    }

    private mutating func event(_ json: JSON, at time: Timestamp) -> [JournalEntry] {
        if let start = json["started"] {
            if started == nil { started = time }
            return [tell(.started(BuildStart(engine: start["engine"]?.string ?? "")), at: time)]
        }
        if let text = json["notice"]?.string {
            var message = FieldMessage(text)
            message.isOfLoss = json["loss"].isTrue
            return [tell(.notice(message), at: time)]
        }
        if let attempt = json["attempt"].flatMap({ BuildAttempt($0) }) { return [tell(.attempt(attempt), at: time)] }
        if let artifact = json["artifact"].flatMap({ BuildArtifact($0) }) {
            return [tell(.artifact(artifact), at: time)]
        }
        if let outcome = json["finished"].flatMap({ BuildOutcome($0) }) { return [tell(.finished(outcome), at: time)] }
        return []
    }

    private func end(_ json: JSON, at time: Timestamp) -> [JournalEntry] {
        guard let end = json["end"], let status = end["status"]?.string.flatMap({ BuildStatus(rawValue: $0) }),
            status.isFinal
        else { return [] }
        let reason = end["reason"]?.string
        return [.end(JournalEnd(status, reason: reason, at: time, duration: Duration(end["duration"])))]
    }

    // MARK: Steps

    private mutating func step(_ parts: [JSON]) {
        guard parts.count == 2, let number = parts[0].integer, number > 0, steps[number] == nil,
            let digest = parts[1].string
        else { return }
        steps[number] = Vertex(digest: digest)
    }

    private mutating func status(_ json: JSON, at time: Timestamp) -> [JournalEntry] {
        var status = SolveStatus()
        for item in json["v"].items {
            if let number = item["n"], let digest = item["d"] { step([number, digest]) }
            if let vertex = vertex(item) { status.vertexes.append(vertex) }
        }
        status.statuses = json["c"].items.compactMap { counter($0, at: time) }
        for item in json["w"].items { status.warnings.append(warning(item)) }
        guard !status.isEmpty else { return [] }
        let begun = numbers.add(status.vertexes).map { JournalEntry.step($0.number, digest: $0.digest) }
        return begun + [tell(.status(status), at: time)]
    }

    /// A step as it stands: what the line says, and what was said before.
    private mutating func vertex(_ json: JSON) -> Vertex? {
        guard let number = json["n"]?.integer, var vertex = steps[number] else { return nil }
        if let name = json["name"]?.string { vertex.name = name }
        if let inputs = json["in"]?.array { vertex.inputs = inputs.map { digest($0) } }
        if let group = json["group"] { vertex.group = ProgressGroup(group) }
        steps[number] = vertex
        vertex.isCached = json["cached"].isTrue
        vertex.started = Timestamp(json["s"])
        vertex.completed = Timestamp(json["e"])
        vertex.error = json["error"]?.string ?? ""
        return vertex
    }

    private func counter(_ json: JSON, at time: Timestamp) -> VertexStatus? {
        guard let id = json["id"]?.string, let step = json["v"] else { return nil }
        return VertexStatus(
            id: id,
            vertex: digest(step),
            name: json["name"]?.string ?? "",
            current: json["n"]?.integer ?? 0,
            total: json["of"]?.integer ?? 0,
            timestamp: Timestamp(json["t"]) ?? time,
            started: Timestamp(json["s"]),
            completed: Timestamp(json["e"])
        )
    }

    private mutating func warning(_ json: JSON) -> VertexWarning {
        var source: SourceInfo?
        if let number = json["source"]?.integer {
            source = sources[number]
        } else if let written = json["source"] {
            source = SourceInfo(written)
            if let number = written["n"]?.integer { sources[number] = source }
        }
        return VertexWarning(
            vertex: json["v"].map { digest($0) } ?? "",
            level: json["level"]?.count ?? 1,
            short: json["short"]?.bytes ?? [],
            detail: json["detail"].items.map(\.bytes),
            url: json["url"]?.string ?? "",
            source: source,
            ranges: SourceRange.list(json["ranges"])
        )
    }

    /// The digest of a step that a line names by its number or its digest.
    private func digest(_ json: JSON) -> String {
        json.string ?? json.integer.flatMap { steps[$0]?.digest } ?? ""
    }

    private mutating func output(_ json: JSON) -> [JournalEntry] {
        guard var piece = piece(json) else { return [] }
        let new = numbers.add(piece.digest).map { [JournalEntry.step($0, digest: piece.digest)] } ?? []
        piece.step = numbers.number(of: piece.digest) ?? piece.step
        return new + [.output(piece)]
    }

    private func piece(_ json: JSON) -> OutputPiece? {
        let numbers = json.array?.compactMap(\.integer) ?? []
        guard numbers.count == 6, let place = OutputPiece.Place(code: numbers[2]), numbers[3] > 0,
            let step = steps[numbers[0]]
        else { return nil }
        var piece = OutputPiece(
            step: (Int(numbers[0]), step.digest),
            stream: Int(numbers[1]),
            place,
            length: numbers[3],
            at: Timestamp(seconds: numbers[4], nanoseconds: Int32(clamping: numbers[5]))
        )
        if piece.offset != nil { piece.length = min(piece.length, Int64(JournalReader.pieceLimit)) }
        return piece
    }
}
