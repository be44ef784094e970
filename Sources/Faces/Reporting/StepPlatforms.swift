import CaissonBuildModel

/// The platforms of the steps of a build for several platforms.
///
/// BuildKit begins the names of steps with it, `[linux/arm64 build 2/5] COPY src /src`, but not those of RUN in a stage
/// that began with `FROM scratch` (`prefixCommand` in its Dockerfile front end). Such a step gets the platform of the
/// steps that are built on it, or else of the step it is built on. That one may be shared by all platforms and named
/// after any of them, so it counts only if there is one like it for another platform.
///
/// Where several targets are built as one job, the target's name comes before that: `[app linux/arm64 build 2/5] COPY src /src`.
struct StepPlatforms: Sendable {
    /// How often steps that wait for a platform are gone through for one message.
    private static let passLimit = 32
    /// How many inputs of a step are looked at.
    private static let inputLimit = 64
    /// How many names of targets are learned.
    private static let targetLimit = 10_000

    /// The names of the targets, where there are several: each has a step `[NAME internal] load build definition`.
    private var targets: Set<String> = []
    private var labels: [Int: String] = [:]
    private var names: [Int: String] = [:]
    private var waiting: [Int: Step] = [:]
    /// The platforms of the steps that need a vertex.
    private var needs: [String: Set<String>] = [:]
    /// The platforms that there are of a step.
    private var variants: [String: Set<String>] = [:]

    private struct Step {
        var digest: String
        var inputs: [String]
        var name: String
    }

    /// Notes what a step's name says.
    mutating func note(_ vertex: Vertex, at index: Int) {
        guard vertex.name.utf8.first == UInt8(ascii: "["), labels[index] == nil else { return }
        let heading = Heading(of: vertex.name, targets)
        if heading.showsTarget, targets.count < Self.targetLimit { targets.insert(heading.target) }
        guard !heading.isInternal else { return }
        let inputs = Array(vertex.inputs.prefix(Self.inputLimit))
        guard let label = heading.label else {
            waiting[index] = Step(digest: vertex.digest, inputs: inputs, name: vertex.name)
            return
        }
        give(label, to: index, Step(digest: vertex.digest, inputs: inputs, name: heading.name(with: nil)))
    }

    /// Gives waiting steps their platforms.
    ///
    /// - Parameter indexes: The steps' numbers by the digests of their vertices.
    /// - Returns: The steps that have one now.
    mutating func resolve(_ indexes: [String: Int]) -> [Int] {
        guard !labels.isEmpty, !waiting.isEmpty else { return [] }
        var found: [Int] = []
        for pass in 0..<Self.passLimit {
            let before = found.count
            // Engines tell steps in any order, so every other pass goes backwards.
            let ordered = waiting.sorted { pass.isMultiple(of: 2) == ($0.key < $1.key) }
            for (index, step) in ordered {
                guard let known = label(of: step, indexes) else { continue }
                give(known, to: index, step)
                found.append(index)
            }
            if found.count == before { break }
        }
        return found
    }

    /// The name with the step's platform in it, where the build is for several.
    func named(_ name: String, at index: Int) -> String {
        guard let label = labels[index], name.utf8.first == UInt8(ascii: "[") else { return name }
        let heading = Heading(of: name, targets)
        return heading.label == nil ? heading.name(with: SafeText.line(label)) : name
    }

    private mutating func give(_ label: String, to index: Int, _ step: Step) {
        labels[index] = label
        names[index] = step.name
        waiting[index] = nil
        variants[step.name, default: []].insert(label)
        for input in step.inputs { needs[input, default: []].insert(label) }
    }

    private func label(of step: Step, _ indexes: [String: Int]) -> String? {
        if let needs = needs[step.digest] { return needs.count == 1 ? needs.first : nil }
        for input in step.inputs {
            guard let index = indexes[input], let label = labels[index], let name = names[index] else { continue }
            return variants[name, default: []].count > 1 ? label : nil
        }
        return nil
    }
}

/// What stands between the brackets that a step's name begins with.
private struct Heading {
    /// The target, where several are built; else empty.
    var target = ""
    /// The platform; nil where there is none.
    var label: String?
    /// Whether the step is none of the Dockerfile's.
    var isInternal = false
    /// What follows target and platform.
    private var rest: Substring

    /// Reads the name of a step, which begins with `[`.
    ///
    /// - Parameter targets: The names of targets that are known already.
    init(of name: String, _ targets: Set<String>) {
        rest = name.dropFirst()
        let first = Self.word(rest)
        let after = rest.dropFirst(first.count).drop { $0 == " " }
        let second = Self.word(after)
        // A stage may be called so as well, but then a number follows.
        isInternal = rest.hasPrefix("internal]") || (after.hasPrefix("internal]") && !Self.isPlatform(first))
        if Self.isPlatform(first) {
            label = String(first)
        } else if targets.contains(String(first)) || isInternal && !second.isEmpty || Self.isPlatform(second) {
            target = String(first)
            label = Self.isPlatform(second) ? String(second) : nil
        }
        for word in [target, label ?? ""] where !word.isEmpty {
            rest = rest.dropFirst(word.count).drop { $0 == " " }
        }
    }

    /// Whether the name itself shows that it begins with a target's.
    var showsTarget: Bool { !target.isEmpty && (isInternal || label != nil) }

    /// The name with a platform, or none.
    func name(with label: String?) -> String {
        let words = [target, label ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        return rest.first == "]" || words.isEmpty ? "[\(words)\(rest)" : "[\(words) \(rest)"
    }

    /// What comes before a blank or the end of the brackets.
    private static func word(_ text: Substring) -> Substring { text.prefix { $0 != " " && $0 != "]" } }

    /// Whether a word is a platform: names of stages have no slash, and what counts steps, `2/5`, begins with a digit.
    private static func isPlatform(_ word: Substring) -> Bool {
        word.utf8.count <= 128 && word.first?.isLetter == true && word.contains("/")
    }
}
