import CaissonText

/// What may stand at a key.
indirect enum ComposeShape: Sendable {
    case text, whole, boolean, number
    /// A list of those; `unique` refuses an item that is there twice.
    case list(ComposeShape, unique: Bool)
    /// A table whose values are those, whatever their keys.
    case table(ComposeShape)
    /// A table with those keys and with extensions.
    case object([String: ComposeShape], needs: [String])
    /// One of several.
    case either([ComposeShape])
    /// Nothing.
    case null

    static let texts = list(.text, unique: false)
    static let flag = either([.boolean, .text])
    static let size = either([.whole, .text])
    static let scalar = either([.text, .number, .boolean, .null])
    static let pairs = either([.table(scalar), .list(.text, unique: true)])

    /// What it is, in the words of messages.
    private var noun: String {
        switch self {
        case .text: "a text"
        case .whole: "a whole number"
        case .boolean: "a boolean"
        case .number: "a number"
        case .list: "a list"
        case .table, .object: "a table"
        case .either(let shapes): shapes.map(\.noun).joined(separator: " or ")
        case .null: "nothing"
        }
    }

    /// Whether a value is of this kind, what is in it not looked at.
    private func fits(_ value: ComposeValue) -> Bool {
        switch (self, value.kind) {
        case (.text, .text), (.boolean, .bool), (.list, .list), (.table, .map), (.object, .map), (.null, .null): true
        case (.whole, .int), (.whole, .large), (.number, .int), (.number, .large), (.number, .float): true
        case (.whole, .float(let number)): number == number.rounded()
        case (.either(let shapes), _): shapes.contains { $0.fits(value) }
        default: false
        }
    }

    /// Reports where a value has another shape.
    func check(_ value: ComposeValue, _ path: String, _ report: inout ComposeReport) {
        guard !value.isBroken else { return }
        guard fits(value) else {
            let quotes = value.printed != nil && value.text == nil ? "; put it between quotes" : ""
            let hint = fits(ComposeValue(.text(""), at: value.place)) ? quotes : ""
            report.refuse(value.place, "\(path): \(value.noun) can't stand here; write \(noun)\(hint)")
            return
        }
        switch self {
        case .either(let shapes): shapes.first { $0.fits(value) }?.check(value, path, &report)
        case .list(let shape, let isUnique): Self.check(list: value, shape, isUnique, path, &report)
        case .table(let shape):
            for (key, field) in value.sortedFields {
                guard !key.isEmpty else {
                    report.refuse(field.place, "\(path): a key is empty")
                    continue
                }
                shape.check(field.value, "\(path).\(key)", &report)
            }
        case .object(let shapes, let needs): Self.check(object: value, shapes, needs, path, &report)
        default: return
        }
    }

    private static func check(
        list value: ComposeValue,
        _ shape: ComposeShape,
        _ isUnique: Bool,
        _ path: String,
        _ report: inout ComposeReport
    ) {
        var seen: Set<String> = []
        for item in value.list ?? [] {
            shape.check(item, path, &report)
            guard isUnique, let text = item.printed, !seen.insert(text).inserted else { continue }
            report.refuse(item.place, "\(path): \(text.quoted) stands here twice; remove one")
        }
    }

    private static func check(
        object value: ComposeValue,
        _ shapes: [String: ComposeShape],
        _ needs: [String],
        _ path: String,
        _ report: inout ComposeReport
    ) {
        for (key, field) in value.sortedFields where !key.hasPrefix("x-") {
            guard let shape = shapes[key] else {
                report.refuse(field.place, ComposeWords.unknown(key, path, shapes.keys.sorted()))
                continue
            }
            shape.check(field.value, "\(path).\(key)", &report)
        }
        for key in needs where value[key] == nil {
            report.refuse(value.place, "\(path): the key \(key) is missing")
        }
    }
}
