import CaissonBuildModel

extension ProgressModel {
    /// Takes in a vertex that is a step by itself.
    mutating func apply(_ vertex: Vertex) {
        let index: Int
        if let known = indexByDigest[vertex.digest] {
            index = known
        } else {
            guard let added = addStep(key: vertex.digest, name: vertex.name, isHidden: false) else { return }
            index = added
            indexByDigest[vertex.digest] = index
        }
        // A vertex may be announced again after it has started; that must not reset what is known.
        guard !steps[index].isStarted || vertex.started != nil else { return }
        let before = Facts(steps[index])
        platforms.note(vertex, at: index)
        steps[index].name = platforms.named(SafeText.line(vertex.name), at: index)
        steps[index].isCached = vertex.isCached
        setError(vertex.error, at: index)
        if let started = vertex.started { steps[index].ran(from: started, to: vertex.completed) }
        noteChange(at: index, since: before)
    }

    /// Takes in a vertex that is shown as part of a group, and returns the group's step.
    mutating func apply(_ vertex: Vertex, in group: ProgressGroup) -> Int? {
        let index: Int
        if let known = indexByGroup[group.id] {
            index = known
        } else {
            guard let added = addStep(key: group.id, name: group.name, isHidden: true) else { return nil }
            index = added
            indexByGroup[group.id] = index
        }
        guard indexByDigest[vertex.digest] != nil || indexByDigest.count < 4 * Self.stepLimit else { return nil }
        indexByDigest[vertex.digest] = index
        let before = Facts(steps[index])
        if let started = vertex.started {
            if !group.isWeak { steps[index].isHidden = false }
            steps[index].ran(from: started, to: vertex.completed)
        }
        if steps[index].members[vertex.digest] != nil || steps[index].members.count < Self.counterLimit {
            steps[index].members[vertex.digest] = ProgressStep.Member(isCached: vertex.isCached, error: vertex.error)
        }
        noteChange(at: index, since: before)
        return index
    }

    /// Computes a group's state from its members: cached if all are, failed with the first error.
    mutating func refreshGroup(_ index: Int) {
        let before = Facts(steps[index])
        let members = steps[index].members
        steps[index].isCached = members.values.allSatisfy(\.isCached)
        let errors = members.sorted { $0.key < $1.key }.map(\.value.error).filter { !$0.isEmpty }
        // The error that broke the group says more than those of members that were stopped because of it.
        setError(errors.first { !isCancellation($0) } ?? errors.first ?? "", at: index)
        if !errors.isEmpty { steps[index].isHidden = false }
        noteChange(at: index, since: before)
    }

    /// Puts into names the platforms that became known.
    mutating func namePlatforms() {
        for index in platforms.resolve(indexByDigest) {
            steps[index].name = platforms.named(steps[index].name, at: index)
        }
    }

    private mutating func addStep(key: String, name: String, isHidden: Bool) -> Int? {
        guard steps.count < Self.stepLimit else { return nil }
        var step = ProgressStep(key: key, name: SafeText.line(name))
        step.isHidden = isHidden
        steps.append(step)
        return steps.count - 1
    }

    private mutating func setError(_ error: String, at index: Int) {
        steps[index].error = error.isEmpty ? "" : SafeText.line(error)
        steps[index].isCanceled = isCancellation(error)
    }

    private func isCancellation(_ error: String) -> Bool {
        error.hasSuffix("context canceled")
    }

    /// The properties of a step whose change is worth another event.
    private struct Facts: Equatable {
        var name: String
        var isCached: Bool
        var error: String
        var isHidden: Bool
        var intervals: [ProgressInterval]

        init(_ step: ProgressStep) {
            name = step.name
            isCached = step.isCached
            error = step.error
            isHidden = step.isHidden
            intervals = step.intervals
        }
    }

    private mutating func noteChange(at index: Int, since before: Facts) {
        let step = steps[index]
        if before.intervals.isEmpty, step.isStarted { startOrder.append(index) }
        guard step.isStarted, Facts(step) != before, changes.steps.last != index else { return }
        changes.steps.append(index)
    }
}
