import CaissonBuildModel
import CaissonText

/// What the value of a key may be, and the field of the configuration that it becomes.
enum ConfigurationForm: Sendable {
    /// Where a value goes.
    typealias Field<Value> = any WritableKeyPath<Configuration, Value> & Sendable

    /// `true` or `false`
    case flag(Field<Bool>)
    /// A whole number within bounds.
    case whole(Field<Int>, ClosedRange<Int>)
    /// The same for a field without a default.
    case limit(Field<Int?>, ClosedRange<Int>)
    /// A span of time within bounds.
    case span(Field<Duration>, ClosedRange<Duration>)
    /// The same for a field without a default.
    case age(Field<Duration?>, ClosedRange<Duration>)
    /// A number of bytes, at least one, of a field without a default.
    case size(Field<Int64?>)
    /// A level of the log.
    case level(Field<LogLevel>)
    /// A path of a directory, which need not be there.
    case path(Field<String>)
    /// A builder's name or an engine's address.
    case builder(Field<String?>)
    /// An image's name.
    case image(Field<String?>)

    /// The field.
    var field: PartialKeyPath<Configuration> {
        switch self {
        case .flag(let field): field
        case .whole(let field, _): field
        case .limit(let field, _): field
        case .span(let field, _): field
        case .age(let field, _): field
        case .size(let field): field
        case .level(let field): field
        case .path(let field): field
        case .builder(let field), .image(let field): field
        }
    }

    /// The field's value as it is shown.
    func value(in configuration: Configuration) -> Setting.Value {
        switch self {
        case .flag(let field): .flag(configuration[keyPath: field])
        case .whole(let field, _): .whole(configuration[keyPath: field])
        case .limit(let field, _): configuration[keyPath: field].map { .whole($0) } ?? .unset
        case .span(let field, _): .text(SpanNotation.text(configuration[keyPath: field]))
        case .age(let field, _): configuration[keyPath: field].map { .text(SpanNotation.text($0)) } ?? .unset
        case .size(let field): configuration[keyPath: field].map { .text("\(ByteSize(bytes: $0))") } ?? .unset
        case .level(let field): .text(configuration[keyPath: field].rawValue)
        case .path(let field): .text(configuration[keyPath: field])
        case .builder(let field), .image(let field): configuration[keyPath: field].map { .text($0) } ?? .unset
        }
    }

    /// What a value has to be, in words that follow “write”.
    var expectation: String {
        switch self {
        case .flag: "true or false"
        case .whole(_, let bounds), .limit(_, let bounds):
            "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        case .size: #"a size, such as "20gb""#
        case .span(_, let bounds), .age(_, let bounds):
            "a span of time from \(SpanNotation.text(bounds.lowerBound)) to \(SpanNotation.text(bounds.upperBound)), such as "
                + #""90s", "2h" or "7d""#
        case .level: "one of " + LogLevel.allCases.map { "\"\($0)\"" }.joined(separator: ", ")
        case .path: #"the path of a directory, such as "/var/cache/caisson""#
        case .builder: "a builder's name or an engine's address"
        case .image: #"an image's name, such as "debian:12""#
        }
    }
}

extension ConfigurationForm {
    /// Gives the field what was written; false where that is no value for it.
    func set(_ written: WrittenValue, in configuration: inout Configuration, _ base: PathBase) -> Bool {
        switch self {
        case .flag(let field): Self.set(field, written.flag, &configuration)
        case .whole(let field, let bounds): Self.set(field, written.whole(within: bounds), &configuration)
        case .limit(let field, let bounds):
            Self.set(field, written.whole(within: bounds).map(Optional.some), &configuration)
        case .span(let field, let bounds): Self.set(field, written.span(within: bounds), &configuration)
        case .age(let field, let bounds):
            Self.set(field, written.span(within: bounds).map(Optional.some), &configuration)
        case .size(let field): Self.set(field, written.size.map(Optional.some), &configuration)
        case .level(let field):
            Self.set(field, written.text.flatMap { LogLevel(rawValue: $0.lowercased()) }, &configuration)
        case .path(let field): Self.set(field, written.text.flatMap(base.absolute), &configuration)
        case .builder(let field): Self.set(field, written.word.map(Optional.some), &configuration)
        case .image(let field):
            Self.set(
                field,
                written.word.flatMap { (try? ImageReference(parsing: $0)) == nil ? nil : $0 },
                &configuration
            )
        }
    }

    private static func set<Value>(_ field: Field<Value>, _ value: Value?, _ whole: inout Configuration) -> Bool {
        guard let value else { return false }
        whole[keyPath: field] = value
        return true
    }
}
