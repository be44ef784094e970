package import CaissonDockerfile

/// Applies the fixes of findings to a file.
package enum FixApplication {
    /// The result of applying fixes.
    package struct Outcome: Sendable {
        /// The new file.
        package var bytes: [UInt8]
        /// How many findings were fixed.
        package var count: Int
    }

    /// More rounds than any file needs; a limit for rules that undo each other's work.
    private static let mostRounds = 100

    /// Fixes what can be fixed, round by round, until nothing is left to fix.
    ///
    /// Of fixes that touch each other the first wins, and the others get their turn in the next round. A rule is passed
    /// over when the file has more problems after its fixes, or when its findings are still there, until another rule
    /// has changed the file. So a fix that does nothing in the last round would do nothing in a first round either, and
    /// fixing a fixed file changes nothing.
    package static func apply(
        to bytes: [UInt8],
        unsafe: Bool,
        lint: (Dockerfile) -> [Finding]
    ) -> Outcome {
        var outcome = Outcome(bytes: bytes, count: 0)
        var file = Dockerfile(parsing: bytes)
        var findings = fixable(lint(file), unsafe)
        var passedOver: Set<String> = []
        var hasChanged = false
        var round = 0
        while round < mostRounds {
            let chosen = compatible(findings.filter { !passedOver.contains($0.rule) }, length: outcome.bytes.count)
            if chosen.isEmpty {
                guard hasChanged, !passedOver.isEmpty else { return outcome }
                (passedOver, hasChanged) = ([], false)
                continue
            }
            let fixed = applied(chosen, to: outcome.bytes)
            let next = Dockerfile(parsing: fixed)
            let left = fixable(lint(next), unsafe)
            if next.problems.count > file.problems.count {
                passedOver.insert(breaker(among: chosen, of: file))
            } else if let rule = idleRule(chosen, findings, left) {
                passedOver.insert(rule)
            } else {
                outcome = Outcome(bytes: fixed, count: outcome.count + chosen.count)
                (file, findings, hasChanged) = (next, left, true)
                round += 1
            }
        }
        return outcome
    }

    private static func fixable(_ findings: [Finding], _ unsafe: Bool) -> [Finding] {
        findings.filter { finding in finding.fix.map { unsafe || $0.safety == .safe } ?? false }
    }

    /// The first rule whose fixes give the file more problems when they are applied alone.
    ///
    /// If it takes the fixes of several rules together, the first of these.
    private static func breaker(among chosen: [Finding], of file: Dockerfile) -> String {
        let guilty = chosen.first { finding in
            let own = chosen.filter { $0.rule == finding.rule }
            return Dockerfile(parsing: applied(own, to: file.source.bytes)).problems.count > file.problems.count
        }
        return (guilty ?? chosen[0]).rule
    }

    /// The first rule whose fixes changed none of its findings.
    private static func idleRule(_ chosen: [Finding], _ before: [Finding], _ after: [Finding]) -> String? {
        let said = messages(before)
        let left = messages(after)
        return chosen.first { finding in
            said[finding.rule, default: [:]].allSatisfy { left[finding.rule]?[$0.key] ?? 0 >= $0.value }
        }?.rule
    }

    /// How often each rule reports each message.
    private static func messages(_ findings: [Finding]) -> [String: [String: Int]] {
        findings.reduce(into: [:]) { $0[$1.rule, default: [:]][$1.message, default: 0] += 1 }
    }

    /// The findings whose edits don't touch each other.
    private static func compatible(_ findings: [Finding], length: Int) -> [Finding] {
        var taken = EditedRanges()
        return findings.filter { finding in
            guard let edits = finding.fix?.edits, !edits.isEmpty,
                edits.allSatisfy({ $0.range.upperBound <= length }),
                !edits.contains(where: { taken.touch($0.range) })
            else { return false }
            for edit in edits { taken.insert(edit.range) }
            return true
        }
    }

    private static func applied(_ findings: [Finding], to bytes: [UInt8]) -> [UInt8] {
        applied(findings.flatMap { $0.fix?.edits ?? [] }, to: bytes)
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

/// The ranges of a file that fixes have taken, in order.
private struct EditedRanges {
    private var ranges: [Range<Int>] = []

    /// The place of the first range that ends at an offset or after it.
    private func index(of offset: Int) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether a range overlaps one of them, or is right next to one.
    func touch(_ range: Range<Int>) -> Bool {
        let index = index(of: range.lowerBound)
        return index < ranges.count && ranges[index].lowerBound <= range.upperBound
    }

    /// Adds a range; those of one fix may touch each other.
    mutating func insert(_ range: Range<Int>) { ranges.insert(range, at: index(of: range.lowerBound)) }
}
