import CaissonDockerfile

/// What instructions of a stage leave for those behind them.
struct ForecastScope: Sendable {
    /// Stands around the name of a variable whose value is the base image's or the engine's.
    static let symbol = "\u{1}"
    /// Stands for a value that isn't kept, so that it can't be compared.
    static let hidden = "\u{2}"

    /// The variables in the order in which they were set.
    private(set) var environment: [String] = []
    private var values: [String: String] = [:]
    /// The names that ENV set, which ARG may or may not replace.
    private var fixed: Set<String> = []
    /// Whether an order of ARG and ENV is in it whose outcome isn't known.
    private(set) var isDoubtful = false
    /// As far as the Dockerfile says so; the base image's where it begins with a symbol.
    var directory = symbol + "WORKDIR" + symbol
    var user = symbol + "USER" + symbol
    var shell = symbol + "SHELL" + symbol

    /// Sets a variable as ENV does.
    mutating func set(_ name: String, _ value: String) {
        put(name, value)
        fixed.insert(name)
    }

    /// Sets a variable as ARG does.
    mutating func declare(_ name: String, _ value: String) {
        if fixed.contains(name) { isDoubtful = true }
        put(name, value)
    }

    private mutating func put(_ name: String, _ value: String) {
        if values[name] != nil { environment.removeAll { $0.hasPrefix(name + "=") } }
        values[name] = value
        environment.append(name + "=" + value)
    }

    /// A word with its variables filled in; nil where BuildKit would refuse it.
    func expand(_ text: String, _ escape: UInt8) -> String? {
        guard text.utf8.contains(where: { $0 == 0x24 || $0 == 0x22 || $0 == 0x27 || $0 == escape }) else { return text }
        return Expansion.expand(text, escape: escape) { values[$0] ?? Self.symbol + $0 + Self.symbol }
    }

    /// A text for people, in which only variables with known values are filled in.
    func shown(_ text: String, _ escape: UInt8) -> String {
        let bytes = Array(text.utf8)
        var (out, next) = ([UInt8](), 0)
        for use in Expansion.uses(in: bytes[...], escape: escape) where use.range.lowerBound >= next {
            guard values[use.name] != nil,
                let value = expand(String(decoding: bytes[use.range], as: UTF8.self), escape),
                !value.contains(Self.symbol), !value.contains(Self.hidden)
            else { continue }
            out += bytes[next..<use.range.lowerBound] + Array(value.utf8)
            next = use.range.upperBound
        }
        return String(decoding: out + bytes[next...], as: UTF8.self)
    }

    /// The directory that a path names from here.
    func path(_ text: String) -> String {
        let isAbsolute = text.hasPrefix("/")
        let whole = isAbsolute ? text : directory + "/" + text
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let joined = parts.joined(separator: "/")
        return joined.hasPrefix(Self.symbol) ? joined : "/" + joined
    }
}
