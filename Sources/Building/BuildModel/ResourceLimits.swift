import CaissonText

/// What a RUN step may take of the machine: one or more `--resource`.
///
/// The limits don't count for the cache: a step that was built under others is the same step.
public struct ResourceLimits: Sendable, Hashable {
    /// The limits as BuildKit's front end takes them, by its names (moby/buildkit frontend/dockerui/config.go).
    public private(set) var attributes: [String: String] = [:]

    /// The names of the flag and of the front end.
    private static let keys = [
        "memory": "memory", "memory-swap": "memswap", "cpu-shares": "cpushares", "cpu-period": "cpuperiod",
        "cpu-quota": "cpuquota", "cpuset-cpus": "cpusetcpus", "cpuset-mems": "cpusetmems",
    ]

    /// No limits.
    public init() {}

    /// Whether nothing is limited.
    public var isEmpty: Bool { attributes.isEmpty }

    /// Reads `KEY=VALUE[,KEY=VALUE…]`; of a key that is given twice the last value counts, as with docker.
    public init(parsing text: String) throws(ParseError) {
        guard let fields = CommaFields.parse(text) else { throw Self.wrong(text, "its quotes don't match") }
        for field in Self.joined(fields) {
            guard let (rawKey, value) = field.cut(at: "=") else { throw Self.wrong(text, "\(field.quoted) has no '='") }
            let key = rawKey.trimmed.lowercased()
            guard let name = Self.keys[key] else {
                let known = Self.keys.keys.sorted()
                let hint = nearest(to: key, among: known).map { "did you mean \($0)?" }
                throw Self.wrong(text, "unknown key \(key.quoted) (\(hint ?? known.joined(separator: ", ")))")
            }
            attributes[name] = try Self.checked(value, of: key, in: text)
        }
    }

    /// Adds other limits, which come before these.
    public mutating func merge(_ other: ResourceLimits) {
        attributes.merge(other.attributes) { _, new in new }
    }

    /// The fields, a list of processors in one however its commas are written: `cpuset-cpus=0,2`.
    private static func joined(_ fields: [String]) -> [String] {
        fields.reduce(into: []) { joined, field in
            if let last = joined.last, last.hasPrefix("cpuset-"), field.utf8.first?.isDigit == true {
                joined[joined.count - 1] = "\(last),\(field)"
            } else {
                joined.append(field)
            }
        }
    }

    private static func checked(_ value: String, of key: String, in text: String) throws(ParseError) -> String {
        switch key {
        case "memory-swap" where value == "-1": return value
        case "memory", "memory-swap":
            let size = try ByteSize(parsing: value)
            guard size.bytes > 0 else { throw wrong(text, "\(key) must be more than nothing") }
            return String(size.bytes)
        case "cpuset-cpus", "cpuset-mems":
            guard isSet(value) else { throw wrong(text, "\(key)=\(value) is no list of numbers, such as 0-3,7") }
            return value
        default:
            guard let number = Int64(value), number > 0 else {
                throw wrong(text, "\(key)=\(value) must be a whole number above 0")
            }
            return String(number)
        }
    }

    /// Whether it is a list of numbers and ranges.
    private static func isSet(_ value: String) -> Bool {
        value.pieces(at: ",").allSatisfy { piece in
            let ends = piece.pieces(at: "-")
            let numbers = ends.compactMap { UInt32($0) }
            guard (1...2).contains(ends.count), numbers.count == ends.count else { return false }
            return numbers.first ?? 0 <= numbers.last ?? 0
        }
    }

    private static func wrong(_ text: String, _ problem: String) -> ParseError {
        ParseError("resource", text, problem, expected: "KEY=VALUE[,…], e.g. memory=2g,cpuset-cpus=0-1")
    }
}
