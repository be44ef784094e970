import CaissonDockerfile

/// The variables that ARG and ENV define in a stage, each with the number of the first instruction that does.
struct StageDefinitions: Sendable {
    private(set) var first: [String: Int] = [:]

    mutating func take(_ step: Step) {
        guard step.keyword == .arg || step.keyword == .env else { return }
        for name in step.instruction.pairs.map(\.key.unquoted) { first[name] = first[name] ?? step.index }
    }
}

extension Facts {
    /// Whether ARG or ENV define a variable before a step.
    ///
    /// Those of the stages that its stage begins with count, too.
    func isDefined(_ name: String, before step: Step) -> Bool {
        guard let stage = step.stage else { return globalArguments.contains { $0.name == name } }
        return ancestry(of: stage).contains { own in
            guard let first = definitions[own]?.first[name] else { return false }
            return first < step.index
        }
    }

    /// Whether an ARG declares a variable before a step, in its stage or in one that it begins with.
    func isArgument(_ name: String, before step: Step) -> Bool {
        guard let stage = step.stage else { return isDefined(name, before: step) }
        let chain = Set(ancestry(of: stage))
        return definers.contains { other in
            other.keyword == .arg && other.index < step.index && other.stage.map(chain.contains) == true
                && other.instruction.pairs.contains { $0.key.unquoted == name }
        }
    }

    /// The values of variables before a step, from ARG and ENV in its stage and in those that it begins with.
    ///
    /// Nil stands for a variable whose value comes from outside.
    func values(before step: Step) -> [String: String?] {
        guard let stage = step.stage else { return [:] }
        let chain = Set(ancestry(of: stage))
        let global = defaultArguments
        var values: [String: String?] = [:]
        for other in definers where other.index < step.index {
            guard let own = other.stage, chain.contains(own) else { continue }
            assign(other, to: &values, global)
        }
        return values
    }

    /// A text with its variables replaced; nil if one of them isn't known, or BuildKit would refuse it.
    func known(_ text: String, at step: Step) -> String? {
        guard text.holds("$") else { return Expansion.unquoted(text, escape: file.escape) }
        let values = values(before: step)
        let uses = Expansion.uses(in: Array(text.utf8)[...], escape: file.escape)
        guard uses.allSatisfy({ values[$0.name].flatMap(\.self) != nil }) else { return nil }
        return Expansion.expand(text, escape: file.escape) { values[$0] ?? nil }
    }

    /// Carries out the assignments of one ARG or ENV, of which none sees another.
    ///
    /// For BuildKit the last of them counts, also where ARG comes after ENV.
    private func assign(_ step: Step, to values: inout [String: String?], _ global: [String: String]) {
        let known = values
        for pair in step.instruction.pairs {
            let name = pair.key.unquoted
            let text = pair.value.flatMap { Expansion.expand($0.text, escape: file.escape) { known[$0] ?? nil } }
            values[name] = .some(text ?? (step.keyword == .arg ? global[name] : nil))
        }
    }

    /// Whether a path is relative after its variables are replaced, as far as that can be known.
    ///
    /// An unknown value is taken for an absolute path; a variable that nothing defines is empty.
    func isRelative(_ path: Word, at step: Step) -> Bool {
        guard path.text.utf8.contains(0x24) else { return !PathText.isAbsolute(path.unquoted) }
        let values = values(before: step)
        let undefined = Set(undefinedVariables(of: step).map(\.name))
        let expanded = Expansion.expand(path.text, escape: file.escape) { name in
            if let value = values[name] { return value ?? "/" }
            return undefined.contains(name) ? nil : "/"
        }
        return expanded.map { !PathText.isAbsolute($0) } ?? false
    }
}
