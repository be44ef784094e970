package import CaissonBuildModel
import CaissonJSON

/// A build as Jaeger's own JSON, which its page for uploads takes and which `docker buildx history trace` prints
/// (docker/buildx util/otelutil/jaeger/model.go).
package enum JaegerTrace {
    /// Writes the trace of a build to a sink, in a piece for each span; ends with a line's end.
    ///
    /// Times are in microseconds.
    ///
    /// - Throws: What the sink throws.
    package static func write(_ dossier: BuildDossier, to sink: ([UInt8]) throws -> Void) rethrows {
        let trace = BuildTrace(dossier)
        try sink(Array(#"{"data":[{"traceID":"\#(trace.id)","spans":["#.utf8))
        try trace.writeItems(to: sink) { $0.write($1, of: trace.id) }
        let process = #"{"p0":{"serviceName":"\#(BuildTrace.service)","tags":[]}}"#
        try sink(Array(#"],"processes":\#(process),"warnings":null}]}"#.utf8) + [0x0A])
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ span: TraceSpan, of trace: String) {
        var references = span.links.map { ("FOLLOWS_FROM", $0) }
        if let parent = span.parent { references.append(("CHILD_OF", parent)) }
        object { json in
            json.member("traceID", trace)
            json.member("spanID", span.id)
            json.member("operationName", span.name)
            json.list("references", references) { json, reference in
                json.object { json in
                    json.member("refType", reference.0)
                    json.member("traceID", trace)
                    json.member("spanID", reference.1)
                }
            }
            json.key("startTime")
            json.number(span.start / 1000)
            json.key("duration")
            json.number(span.length / 1000)
            json.list("tags", span.attributes + span.jaegerStatus) { $0.write(tag: $1) }
            json.list("logs", [Int]()) { $0.number(Int64($1)) }
            json.member("processID", "p0")
            json.key("warnings")
            json.word("null")
        }
    }

    private mutating func write(tag: (name: String, value: TraceValue)) {
        object { json in
            json.member("key", tag.name)
            json.member("type", tag.value.kind)
            json.key("value")
            json.write(tag.value)
        }
    }
}

extension TraceSpan {
    /// How it ended, as tags.
    fileprivate var jaegerStatus: [(name: String, value: TraceValue)] {
        switch outcome {
        case .unset: []
        case .good: [("otel.status_code", .text("OK"))]
        case .bad(let message):
            [
                ("error", .flag(true)), ("otel.status_code", .text("ERROR")),
                ("otel.status_description", .text(message)),
            ]
        }
    }
}
