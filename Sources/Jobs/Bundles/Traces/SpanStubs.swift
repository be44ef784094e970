import CaissonBuildModel
import CaissonJSON

/// A build's trace as BuildKit keeps it: the spans one after the other, as the OpenTelemetry library of Go prints them.
///
/// buildx reads it by docker/buildx util/otelutil/span.go, which refuses ids of another length and values whose kind
/// isn't told; it is what bundles have.
enum SpanStubs {
    /// The id of no span and of no trace.
    private static let none = (trace: String(repeating: "0", count: 32), span: String(repeating: "0", count: 16))

    /// Writes the spans of a build, a line each.
    static func write(_ dossier: BuildDossier, to sink: ([UInt8]) throws -> Void) rethrows {
        let trace = BuildTrace(dossier)
        try trace.forEach { _, span in
            var json = JSONWriter(.go)
            json.object { $0.members(of: span, in: trace.id) }
            try sink(json.bytes + [0x0A])
        }
    }

    /// The context of a span's parent.
    static func parent(of span: TraceSpan, in trace: String) -> (trace: String, span: String) {
        span.parent.map { (trace, $0) } ?? none
    }
}

extension JSONWriter {
    fileprivate mutating func members(of span: TraceSpan, in trace: String) {
        member("Name", span.name)
        write("SpanContext", (trace, span.id))
        write("Parent", SpanStubs.parent(of: span, in: trace))
        member("SpanKind", 1)
        member("StartTime", RFC3339.text(span.start))
        member("EndTime", RFC3339.text(span.end))
        stub("Attributes", span.attributes)
        key("Events")
        word("null")
        list("Links", span.links) { json, link in
            json.object { json in
                json.write("SpanContext", (trace, link))
                json.stub("Attributes", [])
                json.member("DroppedAttributeCount", 0)
            }
        }
        write(status: span.outcome)
        for name: StaticString in ["DroppedAttributes", "DroppedEvents", "DroppedLinks", "ChildSpanCount"] {
            member(name, 0)
        }
        stub("Resource", [("service.name", .text(BuildTrace.service))])
        object("InstrumentationLibrary") { json in
            json.member("Name", BuildTrace.service)
            json.member("Version", "")
            json.member("SchemaURL", "")
        }
    }

    private mutating func write(status outcome: TraceSpan.Outcome) {
        object("Status") { json in
            // As Go has it: 1 is an error here, and 2 is well.
            switch outcome {
            case .unset: json.member("Code", 0)
            case .good: json.member("Code", 2)
            case .bad: json.member("Code", 1)
            }
            if case .bad(let message) = outcome { json.member("Description", message) }
        }
    }

    private mutating func write(_ name: StaticString, _ context: (trace: String, span: String)) {
        object(name) { json in
            json.member("TraceID", context.trace)
            json.member("SpanID", context.span)
            json.member("TraceFlags", "01")
            json.member("TraceState", "")
            json.member("Remote", false)
        }
    }

    private mutating func stub(_ name: StaticString, _ attributes: [(name: String, value: TraceValue)]) {
        list(name, attributes) { json, attribute in
            json.object { json in
                json.member("Key", attribute.name)
                json.object("Value") { json in
                    json.member("Type", attribute.value.kind.uppercased())
                    json.key("Value")
                    json.write(attribute.value)
                }
            }
        }
    }
}
