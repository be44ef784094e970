package import CaissonBuildModel
import CaissonJSON

/// Events as lines of JSON for other programs: BuildKit's `client.SolveStatus`.
///
/// The lines have the same bytes as those of `buildx --progress rawjson`. Only what the engine or a local step reports
/// becomes a line; start, tries, notices, results and the end have no place in that format.
package struct RawJSONRenderer: Sendable {
    /// Makes a renderer.
    package init() {}

    /// The line of an event with its line break; empty when the event has none.
    package func bytes(for event: BuildEvent) -> [UInt8] {
        guard case .status(let status) = event.kind else { return [] }
        var json = JSONWriter(.goMessage)
        json.object { write(status, to: &$0) }
        return json.bytes + [0x0A]
    }

    /// The warnings as a list, as they stand in a line.
    package func list(of warnings: [VertexWarning]) -> [UInt8] {
        var status = SolveStatus()
        status.warnings = warnings
        var json = JSONWriter(.goMessage)
        json.object { write(status, to: &$0) }
        return Array(json.bytes.dropFirst(#"{"warnings":"#.utf8.count).dropLast())
    }

    private func write(_ status: SolveStatus, to json: inout JSONWriter) {
        if !status.vertexes.isEmpty {
            json.list("vertexes", status.vertexes) { json, vertex in json.object { write(vertex, to: &$0) } }
        }
        if !status.statuses.isEmpty {
            json.list("statuses", status.statuses) { json, counter in json.object { write(counter, to: &$0) } }
        }
        if !status.logs.isEmpty {
            json.list("logs", status.logs) { json, log in json.object { write(log, to: &$0) } }
        }
        if !status.warnings.isEmpty {
            json.list("warnings", status.warnings) { json, warning in json.object { write(warning, to: &$0) } }
        }
    }

    private func write(_ vertex: Vertex, to json: inout JSONWriter) {
        json.member("digest", unlessEmpty: vertex.digest)
        if !vertex.inputs.isEmpty {
            json.list("inputs", vertex.inputs) { json, input in json.string(input) }
        }
        json.member("name", unlessEmpty: vertex.name)
        json.member("started", unlessEmpty: vertex.started)
        json.member("completed", unlessEmpty: vertex.completed)
        json.member("cached", unlessEmpty: vertex.isCached)
        json.member("error", unlessEmpty: vertex.error)
        guard let group = vertex.group else { return }
        json.object("progressGroup") { json in
            json.member("id", unlessEmpty: group.id)
            json.member("name", unlessEmpty: group.name)
            json.member("weak", unlessEmpty: group.isWeak)
        }
    }

    private func write(_ counter: VertexStatus, to json: inout JSONWriter) {
        json.key("id")
        json.string(counter.id)
        json.member("vertex", unlessEmpty: counter.vertex)
        json.member("name", unlessEmpty: counter.name)
        json.member("total", unlessEmpty: counter.total)
        json.key("current")
        json.number(counter.current)
        json.member("timestamp", unlessEmpty: counter.timestamp)
        json.member("started", unlessEmpty: counter.started)
        json.member("completed", unlessEmpty: counter.completed)
    }

    private func write(_ log: VertexLog, to json: inout JSONWriter) {
        json.member("vertex", unlessEmpty: log.vertex)
        json.member("stream", unlessEmpty: Int64(log.stream))
        json.key("data")
        json.data(log.data)
        json.member("timestamp", unlessEmpty: log.timestamp)
    }

    private func write(_ warning: VertexWarning, to json: inout JSONWriter) {
        json.member("vertex", unlessEmpty: warning.vertex)
        json.member("level", unlessEmpty: Int64(warning.level))
        json.member("short", unlessEmpty: warning.short)
        if !warning.detail.isEmpty {
            json.list("detail", warning.detail) { json, line in json.data(line) }
        }
        json.member("url", unlessEmpty: warning.url)
        if let source = warning.source {
            json.object("sourceInfo") { json in
                json.member("filename", unlessEmpty: source.filename)
                json.member("data", unlessEmpty: source.data)
                json.member("language", unlessEmpty: source.language)
            }
        }
        guard !warning.ranges.isEmpty else { return }
        json.list("range", warning.ranges) { json, range in json.object { write(range, to: &$0) } }
    }

    private func write(_ range: SourceRange, to json: inout JSONWriter) {
        for (key, line, character) in [
            ("start" as StaticString, range.startLine, range.startCharacter),
            ("end", range.endLine, range.endCharacter),
        ] {
            json.object(key) { json in
                json.member("line", unlessEmpty: Int64(line))
                json.member("character", unlessEmpty: Int64(character))
            }
        }
    }
}

/// Members that are left out when they are empty: Go's `omitempty`.
extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, unlessEmpty text: String) {
        guard !text.isEmpty else { return }
        key(name)
        string(text)
    }

    fileprivate mutating func member(_ name: StaticString, unlessEmpty value: Int64) {
        guard value != 0 else { return }
        key(name)
        number(value)
    }

    fileprivate mutating func member(_ name: StaticString, unlessEmpty value: Bool) {
        guard value else { return }
        key(name)
        word("true")
    }

    fileprivate mutating func member(_ name: StaticString, unlessEmpty value: [UInt8]) {
        guard !value.isEmpty else { return }
        key(name)
        data(value)
    }

    fileprivate mutating func member(_ name: StaticString, unlessEmpty time: Timestamp?) {
        guard let time else { return }
        key(name)
        word("\"\(time.rfc3339)\"")
    }
}
