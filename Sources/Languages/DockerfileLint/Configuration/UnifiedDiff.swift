/// The difference between two texts as `diff -u` writes it.
package enum UnifiedDiff {
    private static let context = 3

    /// The difference; empty where there is none.
    package static func text(of old: [UInt8], _ new: [UInt8], name: String) -> String {
        guard old != new else { return "" }
        let one = lines(old)
        let other = lines(new)
        var prefix = 0
        while prefix < min(one.count, other.count), one[prefix] == other[prefix] { prefix += 1 }
        var out = "--- a/\(name)\n+++ b/\(name)\n"
        for hunk in hunks(changes(one, other, from: prefix), one, other) { out += hunk }
        return out
    }

    private enum Change {
        case same(Int, Int), removed(Int), added(Int)
    }

    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// What makes one text of the other, by the standard library's difference.
    private static func changes(_ one: [ArraySlice<UInt8>], _ other: [ArraySlice<UInt8>], from prefix: Int) -> [Change]
    {
        let difference = other.difference(from: one)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var result: [Change] = []
        var left = 0
        var right = 0
        while left < one.count || right < other.count {
            if left < one.count, removed.contains(left) {
                result.append(.removed(left))
                left += 1
            } else if right < other.count, added.contains(right) {
                result.append(.added(right))
                right += 1
            } else {
                result.append(.same(left, right))
                left += 1
                right += 1
            }
        }
        return result
    }

    private static func hunks(_ changes: [Change], _ one: [ArraySlice<UInt8>], _ other: [ArraySlice<UInt8>]) -> [String]
    {
        let changed = changes.indices.filter { if case .same = changes[$0] { false } else { true } }
        var ranges: [Range<Int>] = []
        for index in changed {
            let range = max(0, index - context)..<min(changes.count, index + context + 1)
            if let last = ranges.last, last.upperBound >= range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        return ranges.map { hunk(changes, $0, one, other) }
    }

    private static func hunk(
        _ changes: [Change],
        _ range: Range<Int>,
        _ one: [ArraySlice<UInt8>],
        _ other: [ArraySlice<UInt8>]
    ) -> String {
        var body = ""
        var counts = (old: 0, new: 0)
        var starts = (old: 0, new: 0)
        for change in changes[..<range.lowerBound] {
            switch change {
            case .same: starts = (starts.old + 1, starts.new + 1)
            case .removed: starts.old += 1
            case .added: starts.new += 1
            }
        }
        for change in changes[range] {
            switch change {
            case .same(let left, _):
                body += " \(String(decoding: one[left], as: UTF8.self))\n"
                counts = (counts.old + 1, counts.new + 1)
            case .removed(let left):
                body += "-\(String(decoding: one[left], as: UTF8.self))\n"
                counts.old += 1
            case .added(let right):
                body += "+\(String(decoding: other[right], as: UTF8.self))\n"
                counts.new += 1
            }
        }
        let old = counts.old == 0 ? starts.old : starts.old + 1
        let new = counts.new == 0 ? starts.new : starts.new + 1
        return "@@ -\(old),\(counts.old) +\(new),\(counts.new) @@\n" + body
    }
}
