import CaissonBuildModel

/// The platforms of the steps of a build for several platforms.
///
/// BuildKit begins the names of steps with it, `[linux/arm64 build 2/5] COPY src /src`, but not those of RUN in a stage
/// that began with `FROM scratch` (`prefixCommand` in its Dockerfile front end). Such a step gets the platform of the
/// steps that are built on it, or else of the step it is built on. That one may be shared by all platforms and named
/// after any of them, so it counts only if there is one like it for another platform.
struct StepPlatforms: Sendable {
    /// How often steps that wait for a platform are gone through for one message.
    private static let passLimit = 32
    /// How many inputs of a step are looked at.
    private static let inputLimit = 64

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
        guard vertex.name.utf8.first == UInt8(ascii: "["), labels[index] == nil,
            !vertex.name.hasPrefix("[internal]")
        else { return }
        let inputs = Array(vertex.inputs.prefix(Self.inputLimit))
        guard let label = Self.label(of: vertex.name) else {
            waiting[index] = Step(digest: vertex.digest, inputs: inputs, name: vertex.name)
            return
        }
        let own = vertex.name.dropFirst(label.count + 1)
        give(label, to: index, Step(digest: vertex.digest, inputs: inputs, name: "[" + own.drop { $0 == " " }))
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
        guard let label = labels[index], name.utf8.first == UInt8(ascii: "["), Self.label(of: name) == nil else {
            return name
        }
        return "[\(SafeText.line(label)) \(name.dropFirst())"
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

    /// The platform that a name begins with; nil where there is none.
    ///
    /// Names of stages have no slash, and what counts steps, `2/5`, begins with a digit.
    private static func label(of name: String) -> String? {
        let word = name.dropFirst().prefix { $0 != " " && $0 != "]" }
        guard word.utf8.count <= 128, word.first?.isLetter ?? false, word.contains("/") else { return nil }
        return String(word)
    }
}
