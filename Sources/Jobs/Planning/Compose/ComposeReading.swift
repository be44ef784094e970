import CaissonText
import CaissonYAML

/// A document of a compose file: its values, and what its tags take away from the files before it.
struct ComposeDocument {
    /// What it says; a table at the top.
    var root: ComposeValue
    /// Paths of the values with `!reset` or `!override`: what was there before is dropped.
    var resets: [[String]] = []
}

/// Makes values of a file's text.
struct ComposeReading {
    private let file: String
    private var resets: [[String]] = []
    private var report: ComposeReport

    private init(_ file: String, _ report: ComposeReport) {
        self.file = file
        self.report = report
    }

    /// The documents of a file; those that have no table at the top are reported.
    static func documents(
        of bytes: [UInt8],
        named file: String,
        _ report: inout ComposeReport
    ) -> [ComposeDocument] {
        var limits = YAMLLimits()
        limits.bytes = ComposeBounds.fileBytes
        limits.nodes = ComposeBounds.nodes
        limits.keepsTags = true
        let values: [YAMLValue]
        do {
            values = try YAMLValue.documents(parsing: bytes, limits: limits)
        } catch {
            report.refuse(ComposePlace(file, error.place), error.message)
            return []
        }
        return values.compactMap { value in
            var reading = Self(file, report)
            let root = reading.value(value, []) ?? ComposeValue(.null, at: reading.place(value.place))
            report = reading.report
            guard root.fields != nil else {
                report.refuse(root.place, "a compose file is a table with services, not \(root.noun)")
                return nil
            }
            return ComposeDocument(root: root, resets: reading.resets)
        }
    }

    private func place(_ place: TextPlace) -> ComposePlace { ComposePlace(file, place) }

    /// The value at that path; nil where it says `!reset`.
    private mutating func value(_ value: YAMLValue, _ path: [String]) -> ComposeValue? {
        if value.tag == "!reset" || value.tag == "!override" { resets.append(path) }
        if value.tag == "!reset" { return nil }
        return ComposeValue(kind(value, path), at: place(value.place))
    }

    private mutating func kind(_ value: YAMLValue, _ path: [String]) -> ComposeValue.Kind {
        switch value.kind {
        case .list(let values):
            .list(values.enumerated().compactMap { self.value($0.element, path + ["[\($0.offset)]"]) })
        case .map(let entries): .map(fields(entries, path))
        case .string(let text, .plain): ComposeScalar.plain(text)
        case .string(let text, _): .text(text)
        // A text whose type is written before it keeps that type.
        case .null, .bool, .int, .float: ComposeScalar.plain(value.text)
        }
    }

    /// Whether a key is a text, which it needn't be without quotes.
    private static func isText(_ entry: YAMLEntry) -> Bool {
        guard entry.style == .plain else { return true }
        if case .text = ComposeScalar.plain(entry.key) { return true }
        return false
    }

    private mutating func fields(_ entries: [YAMLEntry], _ path: [String]) -> [String: ComposeField] {
        var fields: [String: ComposeField] = [:]
        for entry in entries {
            guard Self.isText(entry) else {
                let shown = entry.key.isEmpty ? "an empty key" : "the key \(entry.key)"
                report.refuse(place(entry.place), "\(shown) is no text; put it between quotes")
                continue
            }
            guard let value = value(entry.value, path + [entry.key]) else { continue }
            fields[entry.key] = ComposeField(place: place(entry.place), value: value)
        }
        return fields
    }
}

/// How much of compose files is read before they are refused.
enum ComposeBounds {
    /// The bytes of one file.
    static let fileBytes = 2 << 20
    /// The values of one file, those that aliases stand for counted each time.
    static let nodes = 200_000
    /// The files of a project: those given, included, extended from, and files of variables.
    static let files = 256
    /// The bytes of all of them.
    static let bytes = 16 << 20
    /// How deep `include` goes, and `extends`.
    static let depth = 64
    /// The bytes that variables put into texts.
    static let substituted = 16 << 20
    /// The values that merging copies.
    static let merged = 2_000_000
}
