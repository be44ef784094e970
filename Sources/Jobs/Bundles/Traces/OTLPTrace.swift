package import CaissonBuildModel
import CaissonJSON

/// A build as a trace of OpenTelemetry: OTLP in JSON (opentelemetry-proto `docs/specification.md`, JSON Protobuf
/// encoding), which collectors and viewers take.
///
/// Ids are hexadecimal, 64-bit numbers are texts, and enumerations are numbers, as that encoding has it.
package enum OTLPTrace {
    /// `SPAN_KIND_INTERNAL`.
    private static let kind: Int64 = 1

    /// Writes the trace of a build to a sink, in a piece for each span; ends with a line's end.
    ///
    /// - Throws: What the sink throws.
    package static func write(_ dossier: BuildDossier, to sink: ([UInt8]) throws -> Void) rethrows {
        let trace = BuildTrace(dossier)
        try sink(Array(#"{"resourceSpans":[{"resource":{"attributes":"#.utf8) + resource)
        try sink(Array(#"},"scopeSpans":[{"scope":{"name":"caisson"},"spans":["#.utf8))
        try trace.writeItems(to: sink) { $0.write($1, of: trace.id, kind: kind) }
        try sink(Array("]}]}]}\n".utf8))
    }

    private static var resource: [UInt8] {
        var json = JSONWriter(.report)
        json.otlp([("service.name", .text(BuildTrace.service))])
        return json.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ span: TraceSpan, of trace: String, kind: Int64) {
        object { json in
            json.member("traceId", trace)
            json.member("spanId", span.id)
            if let parent = span.parent { json.member("parentSpanId", parent) }
            json.member("name", span.name)
            json.key("kind")
            json.number(kind)
            json.member("startTimeUnixNano", String(span.start))
            json.member("endTimeUnixNano", String(span.end))
            json.key("attributes")
            json.otlp(span.attributes)
            if !span.links.isEmpty { json.write(links: span.links, in: trace) }
            json.write(status: span.outcome)
        }
    }

    private mutating func write(links: [String], in trace: String) {
        list("links", links) { json, link in
            json.object { json in
                json.member("traceId", trace)
                json.member("spanId", link)
            }
        }
    }

    private mutating func write(status outcome: TraceSpan.Outcome) {
        object("status") { json in
            switch outcome {
            case .unset: break
            case .good: json.member("code", 1)
            case .bad(let message):
                json.member("code", 2)
                json.member("message", message)
            }
        }
    }

    fileprivate mutating func otlp(_ attributes: [(name: String, value: TraceValue)]) {
        list(attributes) { json, attribute in
            json.object { json in
                json.member("key", attribute.name)
                json.object("value") { $0.write(value: attribute.value) }
            }
        }
    }

    private mutating func write(value: TraceValue) {
        switch value {
        case .text(let text): member("stringValue", text)
        case .number(let number): member("intValue", String(number))
        case .flag(let flag): member("boolValue", flag)
        }
    }
}
