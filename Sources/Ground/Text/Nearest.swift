/// The candidate that is nearest to a mistyped text of a flag or a file, when one is near enough to be meant.
///
/// The case of letters doesn't matter here, and two that changed places are one mistake; `Spelling` is stricter.
package func nearest(to text: String, among candidates: [String]) -> String? {
    let limit = max(1, min(3, text.utf8.count / 3))
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
        let distance = editDistance(text, candidate, limit: limit)
        if distance <= limit, distance < (best?.distance ?? .max) { best = (distance, candidate) }
    }
    return best?.candidate
}

/// The number of inserted, removed, changed or swapped letters between two texts, whatever their case.
///
/// Texts whose lengths differ by more than `limit` are not looked at: they count as `limit + 1`.
package func editDistance(_ a: String, _ b: String, limit: Int) -> Int {
    let a = Array(a.lowercased().utf8)
    let b = Array(b.lowercased().utf8)
    guard abs(a.count - b.count) <= limit, a.count <= 256, b.count <= 256 else { return limit + 1 }
    var older: [Int] = []
    var previous = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var row = [i + 1]
        for (j, y) in b.enumerated() {
            var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (x == y ? 0 : 1))
            if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { cost = min(cost, older[j - 1] + 1) }
            row.append(cost)
        }
        (older, previous) = (previous, row)
    }
    return previous[b.count]
}

/// Words of a Dockerfile that were probably meant, found as BuildKit's linter finds them.
package enum Spelling {
    /// The word that differs in the fewest letters, in two at most; the first one if several are as near.
    ///
    /// Nil where one of the words is the word itself: then it isn't misspelt.
    package static func nearest(to word: String, among words: [String]) -> String? {
        var best: String?
        var bestDistance = 3
        let target = Array(word.utf8.prefix(64))
        for candidate in words {
            if candidate == word { return nil }
            guard abs(candidate.utf8.count - target.count) < 3 else { continue }
            let distance = distance(target, Array(candidate.utf8.prefix(64)))
            if distance < bestDistance { (best, bestDistance) = (candidate, distance) }
        }
        return best
    }

    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var row = Array(0...other.count)
        for (index, byte) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, otherByte) in other.enumerated() {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (byte == otherByte ? 0 : 1))
                diagonal = above
            }
        }
        return row[other.count]
    }
}
