import CaissonText
import CaissonDockerfile

/// Which stages the names in FROM, `--from=` and mounts mean where variables are in them.
struct StageNames {
    /// The values that arguments have when none is given.
    let values: [String: String]
    let escape: UInt8

    /// Stands for a value that isn't known; no name has this byte.
    private static let unknown = "\u{1}"

    /// The stages with their bases looked up, and the stages that each may need besides, with other arguments.
    func resolved(_ stages: [Stage]) -> (stages: [Stage], possible: [Int: Possible]) {
        var resolved: [Stage] = []
        var possible: [Int: Possible] = [:]
        // A name that an earlier FROM has, too, meant no stage that came after that.
        var firstUses: [String: Int] = [:]
        for var stage in stages {
            if let text = stage.image?.text, text.holds("$") {
                let name = Expansion.expand(text, escape: escape) { values[$0] } ?? ""
                if let found = Stage.find(name, among: resolved) {
                    stage.base = .stage(found)
                } else if name.lowercased() == "scratch" {
                    stage.base = .scratch
                }
                let plain = text.filter { $0 != "{" && $0 != "}" }
                let first = firstUses[plain, default: resolved.count]
                firstUses[plain] = first
                let meant = others(meantBy: text, among: Array(resolved.prefix(first)))
                possible[stage.index, default: Possible()].bases = meant
            }
            resolved.append(stage)
        }
        return (resolved, possible)
    }

    /// The stages that a stage may need, depending on arguments.
    struct Possible: Sendable {
        /// Those that it may begin with.
        var bases: Set<Int> = []
        /// Those that it may take files from.
        var sources: Set<Int> = []
    }

    /// The stages that a name with variables can mean, whatever the variables' values are.
    ///
    /// A name that is a variable alone means any stage if its default is one, or if it has none.
    func others(meantBy text: String, among stages: [Stage]) -> Set<Int> {
        // What `${name:+text}` gives isn't known either.
        var bytes = Array(text.utf8)
        var outer: [Range<Int>] = []
        let ranges = Expansion.uses(in: bytes[...], escape: escape).map(\.range)
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = outer.last, last.overlaps(range) { continue }
            outer.append(range)
        }
        for range in outer.reversed() { bytes.replaceSubrange(range, with: Self.unknown.utf8) }
        let pattern = Expansion.unquoted(String(decoding: bytes, as: UTF8.self), escape: escape)
        let parts = pattern.lowercased().split(separator: Self.unknown, omittingEmptySubsequences: false)
        guard parts.count > 1 else { return [] }
        if parts.allSatisfy(\.isEmpty) {
            let name = Expansion.expand(text, escape: escape) { values[$0] } ?? ""
            if !name.isEmpty, Stage.find(name, among: stages) == nil { return [] }
        }
        let fitting = stages.filter { stage in
            guard let name = stage.name?.text.lowercased() else { return false }
            return Self.matches(name, parts)
        }
        return Set(fitting.map(\.index))
    }

    /// Whether a name is made of these parts with any text between them.
    private static func matches(_ name: String, _ parts: [Substring]) -> Bool {
        guard let first = parts.first, let last = parts.last, name.hasPrefix(first) else { return false }
        var rest = Array(name.utf8.dropFirst(first.utf8.count))[...]
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = ByteSearch.first(Array(part.utf8), in: rest) else { return false }
            rest = rest[(found + part.utf8.count)...]
        }
        return rest.count >= last.utf8.count && rest.suffix(last.utf8.count).elementsEqual(last.utf8)
    }
}
