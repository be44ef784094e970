import CaissonJSON
import CaissonText

extension JSON {
    /// A text, or `null`.
    static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// A list of texts.
    static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }

    /// A whole number, or `null`.
    static func count(_ count: (some BinaryInteger)?) -> JSON { count.map { .number("\($0)") } ?? .null }

    /// A span as seconds with as many decimals as it needs, three at most; never negative.
    static func seconds(_ duration: Duration?) -> JSON {
        guard let duration else { return .null }
        let (whole, attoseconds) = max(duration, .zero).components
        let milliseconds = (attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
        let seconds = milliseconds == 1000 ? whole.clampedAdding(1) : whole
        var decimals = String(String(milliseconds % 1000 + 1000).dropFirst())
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return .number(decimals.isEmpty ? "\(seconds)" : "\(seconds).\(decimals)")
    }

    /// The value on one line, harmless to a terminal: what could move its cursor is an escape of JSON.
    var line: String {
        var writer = JSONWriter(.display)
        writer.write(self)
        return writer.text
    }

    /// The same value over several lines.
    var indentedText: String {
        var writer = JSONWriter(.display, indented: true)
        writer.write(self)
        return writer.text
    }

    /// The value with all its texts safe to print.
    var safe: JSON {
        switch self {
        case .string(let text): .string(SafeText.line(text))
        case .array(let values): .array(values.map(\.safe))
        case .object(let members): .object(members.map { JSONMember($0.name, $0.value.safe) })
        case .null, .bool, .number: self
        }
    }
}
