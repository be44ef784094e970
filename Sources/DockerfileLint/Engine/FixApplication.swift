package import Dockerfile

/// Applies the fixes of findings to a file.
package enum FixApplication {
    /// What came of it.
    package struct Outcome: Sendable {
        /// The new file.
        package var bytes: [UInt8]
        /// How many findings were fixed.
        package var count: Int
    }

    /// How often a file is checked again for what a fix brought to light.
    private static let mostRounds = 10

    /// Fixes what can be fixed, until nothing is left to fix.
    ///
    /// Of fixes that touch each other the first wins, and the others have their turn in the next round. A fix whose result
    /// doesn't parse as well as the file did is not applied.
    /// - Parameter lint: Checks a file.
    package static func apply(
        to bytes: [UInt8],
        unsafe: Bool,
        lint: (Dockerfile) -> [Finding]
    ) -> Outcome {
        var outcome = Outcome(bytes: bytes, count: 0)
        for _ in 0..<mostRounds {
            let file = Dockerfile(parsing: outcome.bytes)
            let fixes = lint(file).compactMap(\.fix).filter { unsafe || $0.safety == .safe }
            let (edits, count) = compatible(fixes, length: outcome.bytes.count)
            guard count > 0 else { break }
            let fixed = applied(edits, to: outcome.bytes)
            guard Dockerfile(parsing: fixed).problems.count <= file.problems.count, fixed != outcome.bytes else {
                break
            }
            outcome.bytes = fixed
            outcome.count += count
        }
        return outcome
    }

    /// The edits of the fixes that don't touch each other.
    private static func compatible(_ fixes: [Fix], length: Int) -> (edits: [Edit], count: Int) {
        var taken: [Edit] = []
        var count = 0
        for fix in fixes {
            let isInside = fix.edits.allSatisfy { $0.range.upperBound <= length }
            let isFree = fix.edits.allSatisfy { edit in !taken.contains { touches($0.range, edit.range) } }
            guard isInside, isFree, !fix.edits.isEmpty else { continue }
            taken += fix.edits
            count += 1
        }
        return (taken, count)
    }

    private static func touches(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        one.lowerBound <= other.upperBound && other.lowerBound <= one.upperBound
    }

    /// The bytes with edits that don't overlap.
    static func applied(_ edits: [Edit], to bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 64)
        var index = 0
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) where edit.range.lowerBound >= index
        {
            out += bytes[index..<edit.range.lowerBound]
            out += edit.text.utf8
            index = edit.range.upperBound
        }
        return out + bytes[index...]
    }
}
