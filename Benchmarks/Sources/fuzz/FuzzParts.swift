import CaissonText

/// The parts of an input of the form that the fixtures have: each begins with a mark and its title on one line.
struct FuzzParts {
    /// The lines before the first part.
    var head: [ArraySlice<UInt8>] = []
    /// The titles with the bytes below them.
    var parts: [(title: String, bytes: [UInt8])] = []

    init(_ bytes: [UInt8], mark: String) {
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.starts(with: mark.utf8) {
                parts.append((String(decoding: line.dropFirst(mark.utf8.count), as: UTF8.self), []))
            } else if parts.isEmpty {
                head.append(line)
            } else {
                parts[parts.count - 1].bytes += line + [0x0A]
            }
        }
    }

    /// The variables of lines such as `NAME=VALUE`.
    static func variables(_ lines: [ArraySlice<UInt8>]) -> [String: String] {
        let pairs = lines.compactMap { String(decoding: $0, as: UTF8.self).cut(at: "=") }
        return Dictionary(pairs.map { ($0.head, $0.tail) }) { _, last in last }
    }
}
