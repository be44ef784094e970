import CaissonBuildModel
import CaissonTOML
import CaissonText

/// A value as a file or a variable has it.
enum WrittenValue {
    case flag(Bool)
    case whole(Int64)
    case text(String)
    /// Anything else, in words.
    case other(String)

    /// What stands in a file.
    init(_ kind: TOMLValue.Kind) {
        self =
            switch kind {
            case .bool(let isTrue): .flag(isTrue)
            case .int(let number): .whole(number)
            case .string(let text): .text(text)
            case .float: .other("a number with decimals")
            case .time: .other("a date or a time of day")
            case .list: .other("a list")
            case .table: .other("a table")
            }
    }

    /// What a variable says, which is a text whatever is meant.
    init(variable text: String, for form: ConfigurationForm) {
        let value: WrittenValue? =
            switch form {
            case .flag: GoBoolean.parse(text).map { .flag($0) }
            case .whole, .limit: Int64(text).map { .whole($0) }
            case .span, .age, .size, .level, .path, .builder, .image: nil
            }
        self = value ?? .text(text)
    }

    /// `true` or `false`; nil for anything else.
    var flag: Bool? { if case .flag(let isTrue) = self { isTrue } else { nil } }
    /// The text; nil for anything else.
    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The number, when it is one within bounds.
    func whole(within bounds: ClosedRange<Int>) -> Int? {
        guard case .whole(let number) = self, let number = Int(exactly: number), bounds.contains(number) else {
            return nil
        }
        return number
    }

    /// The span of time, when it is one within bounds.
    func span(within bounds: ClosedRange<Duration>) -> Duration? {
        guard let span = text.flatMap(SpanNotation.parse), bounds.contains(span) else { return nil }
        return span
    }

    /// The number of bytes, when it is one of at least one byte with its unit: a number alone may mean megabytes.
    var size: Int64? {
        guard let text, text.utf8.last?.isDigit == false, let size = try? ByteSize(parsing: text) else { return nil }
        return size.bytes > 0 ? size.bytes : nil
    }

    /// The text, when it is one without blanks and with something in it.
    var word: String? {
        guard let text, !text.isEmpty, !text.hasBlankOrControl else { return nil }
        return text
    }
}

extension WrittenValue: CustomStringConvertible {
    /// What messages say that it is.
    var description: String {
        switch self {
        case .flag(let isTrue): "\(isTrue)"
        case .whole(let number): "\(number)"
        case .text(let text): text.quoted
        case .other(let words): words
        }
    }
}
