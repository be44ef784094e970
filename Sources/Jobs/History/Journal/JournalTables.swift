import CaissonBuildModel
import CaissonJSON

/// What a journal's writer wrote once and refers to from then on.
struct JournalTables: Sendable {
    /// What was last written of a step.
    struct Step: Sendable {
        var number: Int
        var name = ""
        var inputs: [String] = []
        var group: ProgressGroup?
    }

    /// Steps by their digests.
    private(set) var steps: [String: Step] = [:]
    /// Source files, each by its place.
    private(set) var sources: [SourceInfo] = []
    /// How many source files are kept to be compared.
    private static let mostSources = 8

    /// The number of a step.
    func number(of digest: String) -> Int? { steps[digest]?.number }

    /// Gives a step the next number.
    mutating func add(_ digest: String) -> Int {
        let number = steps.count + 1
        steps[digest] = Step(number: number)
        return number
    }

    /// What was last written of a step, and what is written now in its place.
    mutating func exchange(_ vertex: Vertex) -> (old: Step, isNew: Bool) {
        let digest = vertex.digest.clipped(to: JournalLimit.id)
        let old = steps[digest]
        let number = old?.number ?? steps.count + 1
        if let old, old.name == vertex.name, old.inputs == vertex.inputs, old.group == vertex.group {
            return (old, false)
        }
        steps[digest] = Step(number: number, name: vertex.name, inputs: vertex.inputs, group: vertex.group)
        return (old ?? Step(number: number), old == nil)
    }

    /// The place of a source file and whether it is a new one; nil where there is no place.
    mutating func place(of source: SourceInfo) -> (number: Int, isNew: Bool)? {
        if let known = sources.firstIndex(of: source) { return (known + 1, false) }
        guard sources.count < Self.mostSources else { return nil }
        sources.append(source)
        return (sources.count, true)
    }
}

extension JSONWriter {
    /// Writes a step: what changed of it since it was last written, and how it stands.
    mutating func write(_ vertex: Vertex, _ tables: inout JournalTables) {
        let (old, isNew) = tables.exchange(vertex)
        object { json in
            json.member("n", old.number)
            if isNew { json.member("d", vertex.digest.clipped(to: JournalLimit.id)) }
            if old.name != vertex.name { json.member("name", vertex.name.clipped(to: JournalLimit.name)) }
            if old.inputs != vertex.inputs {
                json.list("in", vertex.inputs.prefix(JournalLimit.inputs)) { $0.step($1, tables) }
            }
            if old.group != vertex.group { json.member(group: vertex.group) }
            json.member("cached", ifTrue: vertex.isCached)
            json.member("s", vertex.started)
            json.member("e", vertex.completed)
            if !vertex.error.isEmpty { json.member("error", vertex.error.clipped(to: JournalLimit.message)) }
        }
    }

    /// Writes a counter.
    mutating func write(_ counter: VertexStatus, _ tables: JournalTables) {
        object { json in
            json.key("v")
            json.step(counter.vertex, tables)
            json.member("id", counter.id.clipped(to: JournalLimit.id))
            if !counter.name.isEmpty { json.member("name", counter.name.clipped(to: JournalLimit.name)) }
            json.member("n", Int(counter.current))
            json.member("of", Int(counter.total))
            json.member("t", counter.timestamp)
            json.member("s", counter.started)
            json.member("e", counter.completed)
        }
    }

    /// Writes a warning; the source file, which each of them brings along, only once.
    mutating func write(_ warning: VertexWarning, _ tables: inout JournalTables) {
        let place = warning.source.flatMap { tables.place(of: $0) }
        object { json in
            json.key("v")
            json.step(warning.vertex, tables)
            json.member("level", warning.level)
            json.key("short")
            json.bytes(Array(warning.short.prefix(JournalLimit.message)))
            json.list("detail", warning.detail.prefix(JournalLimit.parts)) {
                $0.bytes(Array($1.prefix(JournalLimit.detail)))
            }
            if !warning.url.isEmpty { json.member("url", warning.url.clipped(to: JournalLimit.name)) }
            json.ranges(warning.ranges)
            guard let source = warning.source else { return }
            if let place, !place.isNew { return json.member("source", place.number) }
            json.object("source") { json in
                if let place { json.member("n", place.number) }
                json.members(of: source)
            }
        }
    }

    /// Writes a piece of output: its step, stream, place, length and time.
    mutating func write(_ piece: OutputPiece) {
        begin(UInt8(ascii: "["))
        number(Int64(piece.step))
        number(Int64(piece.stream))
        number(piece.place.code)
        number(piece.length)
        number(piece.time.seconds)
        number(Int64(piece.time.nanoseconds))
        end(UInt8(ascii: "]"))
    }

    /// Writes a reference to a step: its number, or its digest where it has none.
    private mutating func step(_ digest: String, _ tables: JournalTables) {
        let digest = digest.clipped(to: JournalLimit.id)
        if let number = tables.number(of: digest) { self.number(Int64(number)) } else { string(digest) }
    }

    private mutating func member(group: ProgressGroup?) {
        guard let group else {
            key("group")
            return word("null")
        }
        object("group") { json in
            json.member("id", group.id.clipped(to: JournalLimit.id))
            json.member("name", group.name.clipped(to: JournalLimit.name))
            json.member("weak", ifTrue: group.isWeak)
        }
    }
}

extension OutputPiece.Place {
    /// The number in a journal: the first byte's, or a negative one.
    var code: Int64 {
        switch self {
        case .at(let offset): offset
        case .unkept: -1
        case .lost: -2
        }
    }

    /// Reads the number; nil for one that says nothing.
    init?(code: Int64) {
        switch code {
        case 0...: self = .at(code)
        case -1: self = .unkept
        case -2: self = .lost
        default: return nil
        }
    }
}
