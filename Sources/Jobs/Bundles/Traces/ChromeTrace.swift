package import CaissonBuildModel
import CaissonJSON

/// A build in the Trace Event Format (JSON Object Format), which Perfetto, `chrome://tracing` and Speedscope show.
///
/// The build is the first thread, and each lane of steps is one more. Times are microseconds since the build's start,
/// as those since 1970 have no nanoseconds in a number of JavaScript; the start itself is told beside the events.
package enum ChromeTrace {
    /// Where a span is shown, in nanoseconds since 1970.
    fileprivate struct Place {
        var lane: Int
        var start: Int64
        var end: Int64
    }

    /// Writes the trace of a build to a sink, in a piece for each step; ends with a line's end.
    ///
    /// - Throws: What the sink throws.
    package static func write(_ dossier: BuildDossier, to sink: ([UInt8]) throws -> Void) rethrows {
        let trace = BuildTrace(dossier)
        let (places, lanes, origin) = lay(trace)
        let data = #"{"build":"\#(dossier.record.id)","startUnixNano":"\#(origin)"}"#
        try sink(Array(#"{"displayTimeUnit":"ms","otherData":\#(data),"traceEvents":["#.utf8))
        try sink(names(lanes, trace.root.name))
        try trace.forEach { _, span in
            guard let place = places[span.id] else { return }
            try sink(events(of: span, at: place, places, origin))
        }
        try sink(Array("\n]}\n".utf8))
    }

    /// Finds a lane for each span, the first for the build; the origin is when the first of all began.
    private static func lay(_ trace: BuildTrace) -> (places: [String: Place], lanes: Int, origin: Int64) {
        var lanes = TraceLanes()
        var origin = trace.root.start
        var places = [trace.root.id: Place(lane: 0, start: trace.root.start, end: trace.root.end)]
        let spans = trace.steps.map { (id: $0.id, start: $0.start, end: $0.end) }
        for span in spans.sorted(by: { ($0.start, $0.end, $0.id) < ($1.start, $1.end, $1.id) }) {
            let lane = lanes.lane(from: span.start, to: span.end)
            places[span.id] = Place(lane: lane + 1, start: span.start, end: span.end)
            origin = min(origin, span.start)
        }
        return (places, lanes.count, origin)
    }

    private static func names(_ lanes: Int, _ title: String) -> [UInt8] {
        var json = JSONWriter(.report)
        json.name("process_name", title, thread: 0)
        var bytes = [0x0A] + json.bytes
        for lane in 0...max(lanes, 0) {
            var json = JSONWriter(.report)
            json.name("thread_name", lane == 0 ? "build" : "steps \(lane)", thread: lane)
            bytes += Array(",\n".utf8) + json.bytes
        }
        return bytes
    }

    /// The event of a span, and an arrow from each of its inputs.
    private static func events(
        of span: TraceSpan,
        at place: Place,
        _ places: [String: Place],
        _ origin: Int64
    ) -> [UInt8] {
        var json = JSONWriter(.report)
        json.write(span, at: place, origin)
        var bytes = Array(",\n".utf8) + json.bytes
        for link in span.links {
            guard let input = places[link] else { continue }
            // An arrow is drawn between events that it begins and ends within.
            let begin = max(input.start, min(input.end - 1, place.start))
            for (phase, end, time) in [("s", input, begin), ("f", place, max(place.start, begin))] {
                var json = JSONWriter(.report)
                json.arrow(phase, "\(link)-\(span.id)", lane: end.lane, at: time - origin)
                bytes += Array(",\n".utf8) + json.bytes
            }
        }
        return bytes
    }
}

extension JSONWriter {
    fileprivate mutating func name(_ kind: String, _ name: String, thread: Int) {
        object { json in
            json.member("ph", "M")
            json.member("name", kind)
            json.member("pid", 1)
            json.member("tid", thread)
            json.object("args") { $0.member("name", name) }
        }
    }

    fileprivate mutating func write(_ span: TraceSpan, at place: ChromeTrace.Place, _ origin: Int64) {
        object { json in
            json.member("ph", "X")
            json.member("name", span.name)
            json.member("cat", place.lane == 0 ? "build" : "step")
            json.member("pid", 1)
            json.member("tid", place.lane)
            json.microseconds("ts", span.start - origin)
            json.microseconds("dur", span.length)
            json.object("args") { json in
                for (name, value) in span.attributes {
                    json.key(text: name)
                    json.write(value)
                }
            }
        }
    }

    fileprivate mutating func arrow(_ phase: String, _ id: String, lane: Int, at time: Int64) {
        object { json in
            json.member("ph", phase)
            if phase == "f" { json.member("bp", "e") }
            json.member("name", "input")
            json.member("cat", "input")
            json.member("id", id)
            json.member("pid", 1)
            json.member("tid", lane)
            json.microseconds("ts", time)
        }
    }

    /// Writes nanoseconds as microseconds, with all three digits behind the point.
    private mutating func microseconds(_ name: StaticString, _ nanoseconds: Int64) {
        let fraction = String(1000 + nanoseconds % 1000).dropFirst()
        key(name)
        word("\(nanoseconds / 1000).\(fraction)")
    }
}
