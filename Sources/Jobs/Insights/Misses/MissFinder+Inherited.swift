import CaissonBuildModel

extension MissFinder {
    /// As many steps in which it began are named.
    private static let mostRoots = 3

    /// The causes that lie in steps below, each by the step where it began.
    func inheritedCauses(of place: Int, besides own: [MissCause]) -> [MissCause] {
        var causes: [MissCause] = []
        for (position, input) in scene.inputs[place].enumerated() {
            guard let input, input != place, case .missed(let below) = outcomes[input] else { continue }
            let number = below.lazy.compactMap(\.root).first ?? scene.steps[input].record.number
            guard number != scene.steps[place].record.number, causes.count < Self.mostRoots,
                !causes.contains(where: { $0.root == number })
            else { continue }
            causes.append(inherited(number, by: place, at: position, isForgotten: below.allSatisfy(\.isEviction)))
        }
        return causes
    }

    private func inherited(_ number: Int, by place: Int, at position: Int, isForgotten: Bool) -> MissCause {
        let step = scene.steps[place]
        // Of what it only reads, the key is the content, which may be the same as before; and the result of a step
        // that was done again because it was lost may be the same, too.
        let isSure = !isForgotten && !readsContent(step, at: position)
        let name = scene.places[number].map { scene.steps[$0].record.name } ?? ""
        return MissCause(
            .earlierStep(number),
            isSure ? .certain : .likely,
            evidence: "ran because \(MissWords.shown(name)) ran"
        )
    }

    /// Whether the key is made of an input's content alone: files that a COPY takes, and mounts.
    private func readsContent(_ step: MissStep, at position: Int) -> Bool {
        let instruction = step.instruction
        if instruction.isMerge { return false }
        if instruction.copies, instruction.flag("link") != nil { return true }
        return position > 0
    }
}

extension MissCause {
    fileprivate var isEviction: Bool {
        if case .evicted = kind { true } else { false }
    }
}
