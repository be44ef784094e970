import CaissonJSON

extension JSON {
    /// The bytes that Python's `json.dumps` makes of it, with an indent of four blanks and sorted keys.
    ///
    /// All beyond ASCII is escaped; of several members of one name the last is written.
    func pythonBytes() -> [UInt8] {
        var writer = PythonJSONWriter()
        writer.write(self, depth: 0)
        return writer.bytes
    }
}

/// Writes JSON in the form of Python, which nests no deeper than the value does.
private struct PythonJSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: JSON, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let isTrue): append(isTrue ? "true" : "false")
        case .number(let text): append(text)
        case .string(let text): write(text)
        case .array(let values):
            items("[", values, "]", depth) { writer, value in writer.write(value, depth: depth + 1) }
        case .object(let members):
            let last = Dictionary(members.map { ($0.name, $0.value) }) { _, last in last }
            let sorted = last.sorted { JSON.precedes($0.key, $1.key) }
            items("{", sorted, "}", depth) { writer, member in
                writer.write(member.key)
                writer.append(": ")
                writer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func items<Item>(
        _ open: String,
        _ items: [Item],
        _ close: String,
        _ depth: Int,
        _ body: (inout PythonJSONWriter, Item) -> Void
    ) {
        append(open)
        for (index, item) in items.enumerated() {
            append(index == 0 ? "\n" : ",\n")
            indent(depth + 1)
            body(&self, item)
        }
        if !items.isEmpty {
            append("\n")
            indent(depth)
        }
        append(close)
    }

    private mutating func write(_ text: String) {
        append("\"")
        for unit in text.utf16 { write(unit) }
        append("\"")
    }

    private mutating func write(_ unit: UInt16) {
        switch unit {
        case 0x22: append("\\\"")
        case 0x5C: append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        case 0x20..<0x7F: bytes.append(UInt8(truncatingIfNeeded: unit))
        default:
            append("\\u")
            for shift: UInt16 in [12, 8, 4, 0] {
                let digit = UInt8(truncatingIfNeeded: unit >> shift & 15)
                bytes.append(digit + (digit < 10 ? 0x30 : 0x57))
            }
        }
    }

    private mutating func indent(_ depth: Int) { bytes.append(contentsOf: repeatElement(0x20, count: 4 * depth)) }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
