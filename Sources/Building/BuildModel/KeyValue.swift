import CaissonText

/// A name with or without a value, as `--build-arg` and `--label` take it: `KEY=VALUE` or `KEY`.
public struct KeyValue: Sendable, Hashable {
    /// The name; never empty.
    public var key: String
    /// The value, which may be empty; nil where there was no `=`.
    public var value: String?

    /// Makes a pair.
    public init(key: String, value: String?) {
        self.key = key
        self.value = value
    }

    /// Reads `KEY=VALUE` or `KEY`; the value may hold anything, further `=` included.
    public init(parsing text: String) throws(ParseError) {
        let (key, value) = text.cut(at: "=") ?? (text, nil)
        guard !key.trimmed.isEmpty else {
            throw ParseError("key-value pair", text, "the key is empty", expected: "KEY=VALUE or KEY")
        }
        guard !text.utf8.contains(0), !key.utf8.contains(where: { $0 < 0x20 }) else {
            throw ParseError("key-value pair", text, "it has control characters", expected: "KEY=VALUE or KEY")
        }
        self.init(key: key, value: value)
    }
}

extension KeyValue: CustomStringConvertible {
    /// `KEY=VALUE` or `KEY`.
    public var description: String { value.map { "\(key)=\($0)" } ?? key }
}

extension [KeyValue] {
    /// The values of build arguments, of several with one key the last.
    ///
    /// A bare key takes its value from the environment, and is left out where that has none, so that the Dockerfile's
    /// default holds.
    public func buildArguments(environment: [String: String]) -> [String: String] {
        var arguments: [String: String] = [:]
        for pair in self {
            // A bare key without a value in the environment doesn't take back an earlier value, as with docker.
            if let value = pair.value ?? environment[pair.key] { arguments[pair.key] = value }
        }
        return arguments
    }

    /// The values of labels, of several with one key the last; a bare key has an empty value.
    public func labels() -> [String: String] {
        reduce(into: [:]) { $0[$1.key] = $1.value ?? "" }
    }
}
