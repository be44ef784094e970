/// Finds the name that was probably meant.
enum HCLSuggestion {
    /// The first of the names that differs in two letters at most.
    static func nearest(to name: String, among names: some Sequence<String>) -> String? {
        let given = Array(name.unicodeScalars.prefix(64))
        return names.first { distance(given, Array($0.unicodeScalars.prefix(64))) < 3 }
    }

    /// The end of a message: ` Did you mean "…"?`, or nothing.
    static func text(for name: String, among names: some Sequence<String>) -> String {
        nearest(to: name, among: names).map { " Did you mean \($0.goQuoted)?" } ?? ""
    }

    private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        guard abs(one.count - other.count) < 3 else { return 3 }
        var row = Array(0...other.count)
        for (index, scalar) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, otherScalar) in other.enumerated() {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (scalar == otherScalar ? 0 : 1))
                diagonal = above
            }
        }
        return row[other.count]
    }
}
