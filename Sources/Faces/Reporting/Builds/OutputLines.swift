package import CaissonBuildModel
import CaissonText

/// What steps print, as it is printed: as it is, or with the step's number before each line.
package struct OutputLines: Sendable {
    private let isRaw: Bool
    private var names: [Int: String] = [:]
    /// How many bytes of a step are still to come, where that is known.
    private var left: [Int: Int64] = [:]
    private var ended: Set<Int> = []
    private var last: Int?
    private var unfinished: [Int: [UInt8]] = [:]

    /// So much of a line is held until its end comes.
    private static let longest = 64 << 10
    private static let newline = UInt8(ascii: "\n")

    /// Begins where nothing is known of the steps yet.
    ///
    /// - Parameter isRaw: Whether the bytes stay as they are.
    package init(isRaw: Bool) { self.isRaw = isRaw }

    /// Begins with the steps of a build whose whole output follows.
    package init(_ dossier: BuildDossier) {
        isRaw = false
        for step in dossier.steps {
            names[step.number] = step.name
            if dossier.record.status.isFinal { left[step.number] = step.logSize }
        }
    }

    /// Takes note of what a step is called.
    mutating func name(_ step: Int, _ name: String) { names[step] = name }

    /// Takes note of a step that runs, or runs again.
    mutating func begin(_ step: Int) { ended.remove(step) }

    /// Takes note of the end of a step, behind which hardly anything of it comes; what is to be printed of it yet.
    mutating func end(_ step: Int) -> [UInt8] {
        ended.insert(step)
        return rest(of: step)
    }

    /// What to print of a piece of a step's output.
    ///
    /// The beginning of a line is held until its end, or that of the step, comes: else lines of steps that run at once
    /// would be torn.
    package mutating func text(of bytes: [UInt8], step: Int) -> [UInt8] {
        guard !isRaw else { return bytes }
        var whole = (unfinished.removeValue(forKey: step) ?? []) + bytes
        let end = whole.lastIndex(of: Self.newline) ?? (whole.count > Self.longest ? whole.count - 1 : -1)
        let rest = Array(whole[(end + 1)...])
        if !rest.isEmpty { unfinished[step] = rest }
        whole.removeLast(rest.count)
        var text = lines(whole, step)
        if let count = left[step] {
            left[step] = count.clampedAdding(-Int64(bytes.count))
            if count <= Int64(bytes.count) { ended.insert(step) }
        }
        if ended.contains(step) { text += self.rest(of: step) }
        return text
    }

    /// What is left of lines that got no end, behind all output.
    package mutating func rest() -> [UInt8] { unfinished.keys.sorted().flatMap { rest(of: $0) } }

    private mutating func rest(of step: Int) -> [UInt8] {
        unfinished.removeValue(forKey: step).map { lines($0 + [Self.newline], step) } ?? []
    }

    /// Whole lines, below the head of their step.
    private mutating func lines(_ bytes: [UInt8], _ step: Int) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let end = bytes.last == Self.newline ? bytes.count - 1 : bytes.count
        let text = SafeText.lines(Array(bytes[..<end])).map { "#\(step) \($0)\n" }
        return head(of: step) + Array(text.joined().utf8)
    }

    private mutating func head(of step: Int) -> [UInt8] {
        guard step != last else { return [] }
        defer { last = step }
        let name = names[step].map { SafeText.line($0) } ?? ""
        return Array("\(last == nil ? "" : "\n")#\(step) \(name)\n".utf8)
    }
}
