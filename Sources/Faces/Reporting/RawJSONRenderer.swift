package import CaissonBuildModel

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
        var json = JSONText()
        json.object { write(status, to: &$0) }
        return json.bytes + [0x0A]
    }

    private func write(_ status: SolveStatus, to json: inout JSONText) {
        if !status.vertexes.isEmpty {
            json.key("vertexes")
            json.list(status.vertexes) { json, vertex in json.object { write(vertex, to: &$0) } }
        }
        if !status.statuses.isEmpty {
            json.key("statuses")
            json.list(status.statuses) { json, counter in json.object { write(counter, to: &$0) } }
        }
        if !status.logs.isEmpty {
            json.key("logs")
            json.list(status.logs) { json, log in json.object { write(log, to: &$0) } }
        }
        if !status.warnings.isEmpty {
            json.key("warnings")
            json.list(status.warnings) { json, warning in json.object { write(warning, to: &$0) } }
        }
    }

    private func write(_ vertex: Vertex, to json: inout JSONText) {
        json.member("digest", vertex.digest)
        if !vertex.inputs.isEmpty {
            json.key("inputs")
            json.list(vertex.inputs) { json, input in json.string(input) }
        }
        json.member("name", vertex.name)
        json.member("started", vertex.started)
        json.member("completed", vertex.completed)
        json.member("cached", vertex.isCached)
        json.member("error", vertex.error)
        guard let group = vertex.group else { return }
        json.key("progressGroup")
        json.object { json in
            json.member("id", group.id)
            json.member("name", group.name)
            json.member("weak", group.isWeak)
        }
    }

    private func write(_ counter: VertexStatus, to json: inout JSONText) {
        json.key("id")
        json.string(counter.id)
        json.member("vertex", counter.vertex)
        json.member("name", counter.name)
        json.member("total", counter.total)
        json.key("current")
        json.number(counter.current)
        json.member("timestamp", counter.timestamp)
        json.member("started", counter.started)
        json.member("completed", counter.completed)
    }

    private func write(_ log: VertexLog, to json: inout JSONText) {
        json.member("vertex", log.vertex)
        json.member("stream", Int64(log.stream))
        json.key("data")
        json.data(log.data)
        json.member("timestamp", log.timestamp)
    }

    private func write(_ warning: VertexWarning, to json: inout JSONText) {
        json.member("vertex", warning.vertex)
        json.member("level", Int64(warning.level))
        json.member("short", warning.short)
        if !warning.detail.isEmpty {
            json.key("detail")
            json.list(warning.detail) { json, line in json.data(line) }
        }
        json.member("url", warning.url)
        if let source = warning.source {
            json.key("sourceInfo")
            json.object { json in
                json.member("filename", source.filename)
                json.member("data", source.data)
                json.member("language", source.language)
            }
        }
        guard !warning.ranges.isEmpty else { return }
        json.key("range")
        json.list(warning.ranges) { json, range in json.object { write(range, to: &$0) } }
    }

    private func write(_ range: SourceRange, to json: inout JSONText) {
        for (key, line, character) in [
            ("start" as StaticString, range.startLine, range.startCharacter),
            ("end", range.endLine, range.endCharacter),
        ] {
            json.key(key)
            json.object { json in
                json.member("line", Int64(line))
                json.member("character", Int64(character))
            }
        }
    }
}

/// Members that are left out when they are empty: Go's `omitempty`.
extension JSONText {
    fileprivate mutating func member(_ name: StaticString, _ text: String) {
        guard !text.isEmpty else { return }
        key(name)
        string(text)
    }

    fileprivate mutating func member(_ name: StaticString, _ value: Int64) {
        guard value != 0 else { return }
        key(name)
        number(value)
    }

    fileprivate mutating func member(_ name: StaticString, _ value: Bool) {
        guard value else { return }
        key(name)
        word("true")
    }

    fileprivate mutating func member(_ name: StaticString, _ value: [UInt8]) {
        guard !value.isEmpty else { return }
        key(name)
        data(value)
    }

    fileprivate mutating func member(_ name: StaticString, _ time: Timestamp?) {
        guard let time else { return }
        key(name)
        word("\"\(time.rfc3339)\"")
    }
}
