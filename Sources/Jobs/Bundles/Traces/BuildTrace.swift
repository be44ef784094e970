import CaissonBuildModel
import CaissonJSON

/// A build as spans: one of the whole, and below it one of each step that began.
///
/// The ids are made of the build's id and the numbers of its steps, so that the same build always gives the same trace.
struct BuildTrace {
    /// How many bytes of a text stand in a span.
    static let longest = 4096
    /// What the spans are of.
    static let service = "caisson"

    /// The id of the trace: 32 hexadecimal digits.
    let id: String
    /// The span of the whole build.
    let root: TraceSpan
    private let dossier: BuildDossier
    /// The numbers of the steps that have a span.
    private let begun: Set<Int>

    /// Takes a build that ended; of one that runs, what it has by now.
    init(_ dossier: BuildDossier) {
        self.dossier = dossier
        let build = dossier.record.id.description
        id = Self.digits("trace", build, 32)
        begun = Set(dossier.steps.filter { $0.started != nil }.map(\.number))
        root = Self.root(dossier, id: Self.digits("span", build, 16))
    }

    /// The spans of the steps, in the order of the steps; made one by one.
    var steps: some Sequence<TraceSpan> {
        dossier.steps.lazy.compactMap { step in step.started.map { span(of: step, from: $0.unixNanoseconds) } }
    }

    /// Calls the closure with each span, the root first, and with its place from 0.
    func forEach(_ body: (Int, TraceSpan) throws -> Void) rethrows {
        try body(0, root)
        var place = 0
        for span in steps {
            place += 1
            try body(place, span)
        }
    }

    /// Writes the spans as items of a list to a sink, each in a piece of its own with the comma before it.
    func writeItems(
        to sink: ([UInt8]) throws -> Void,
        _ body: (inout JSONWriter, TraceSpan) -> Void
    ) rethrows {
        try forEach { place, span in
            var json = JSONWriter(.report)
            body(&json, span)
            try sink((place == 0 ? [] : [UInt8(ascii: ",")]) + json.bytes)
        }
    }

    private func id(of step: Int) -> String { Self.digits("span", "\(dossier.record.id) \(step)", 16) }

    private func span(of step: StepRecord, from start: Int64) -> TraceSpan {
        // A step that the build ended without ended with it.
        let end = (step.completed ?? dossier.record.ended)?.unixNanoseconds ?? start
        var span = TraceSpan(id: id(of: step.number), parent: root.id, name: step.name, start: start, end: end)
        span.name = step.name.isEmpty ? "step \(step.number)" : step.name.clipped(to: Self.longest)
        span.end = max(start, end)
        span.links = Set(step.inputs).intersection(begun).sorted().map(id(of:))
        let title = StepTitle(step.name)
        span.note("caisson.step", Int64(step.number))
        span.note("vertex", step.digest)
        span.note("caisson.stage", title.stage)
        span.note("caisson.platform", title.platform)
        if title.isInternal { span.note("caisson.internal", true) }
        span.note("caisson.cached", step.isCached)
        if step.logSize > 0 { span.note("caisson.log.bytes", step.logSize) }
        if step.completed == nil { span.note("caisson.broken_off", true) }
        span.note("caisson.error", step.error)
        if !step.error.isEmpty {
            span.outcome = .bad(step.error.clipped(to: Self.longest))
        } else if step.completed != nil {
            span.outcome = .good
        }
        return span
    }

    private static func root(_ dossier: BuildDossier, id: String) -> TraceSpan {
        let record = dossier.record
        let start = (record.started ?? record.submission.time).unixNanoseconds
        let last = dossier.steps.compactMap { $0.completed?.unixNanoseconds }.max() ?? start
        let end = max(start, record.ended?.unixNanoseconds ?? last)
        let title = record.submission.name ?? record.submission.images.first ?? record.id.description
        var span = TraceSpan(id: id, parent: nil, name: "build \(title)".clipped(to: longest), start: start, end: end)
        span.note("caisson.build", record.id.description)
        span.note("caisson.status", record.status.rawValue)
        span.note("caisson.engine", record.engine)
        span.note("caisson.images", record.submission.images.joined(separator: ", "))
        span.note("caisson.context", record.submission.context)
        span.note("caisson.dockerfile", record.submission.dockerfile)
        span.note("caisson.target", record.submission.target)
        span.note("caisson.platforms", record.submission.platforms.joined(separator: ", "))
        span.note("caisson.commit", record.submission.revision?.commit)
        span.note("caisson.steps", Int64(record.steps))
        span.note("caisson.steps.cached", Int64(record.cachedSteps))
        switch record.status {
        case .succeeded: span.outcome = .good
        case .failed, .timedOut, .cancelled, .interrupted:
            let words = dossier.error?.message ?? record.reason ?? record.status.rawValue
            span.outcome = .bad(words.clipped(to: longest))
        case .queued, .running, .skipped: break
        }
        return span
    }

    /// So many digits of the hash of a text: as good as random, so not the zeros that stand for no id.
    private static func digits(_ kind: String, _ text: String, _ count: Int) -> String {
        String(ContentDigest(of: Array("caisson \(kind) \(text)".utf8)).hex.prefix(count))
    }
}
