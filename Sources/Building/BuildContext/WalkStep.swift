import CaissonSystem

/// The result of looking at one item of a walk.
enum WalkStep: Sendable {
    /// A directory is entered; it is sent at once if it is included, otherwise as soon as something in it is.
    case enter(Entry, isIncluded: Bool)
    /// The innermost directory is left.
    case leave
    /// A file, and its identity if it may have other names.
    case file(Entry, FileIdentity?)
    /// The user should know of something.
    case notice(ContextNotice)
    /// A file that is sent looks as if it should stay here.
    case sensitive(SensitiveFile)
    /// The work can't go on.
    case failure(BuildContextError)
}

extension FileInspector {
    /// Looks at all items of a stretch; reads only those files that look as if they should stay here.
    mutating func steps(of chunk: WalkChunk) -> [WalkStep] {
        var steps: [WalkStep] = []
        steps.reserveCapacity(chunk.items.count + 1)
        for item in chunk.items {
            switch item {
            case .enter(let number):
                let (entry, isIncluded) = chunk.entered[number]
                steps.append(.enter(entry, isIncluded: isIncluded))
            case .leave: steps.append(.leave)
            case .name(let name):
                do throws(BuildContextError) {
                    try look(at: name, of: chunk, &steps)
                } catch {
                    steps.append(.failure(error))
                    return steps
                }
            }
        }
        if let failure = chunk.failure { steps.append(.failure(failure)) }
        return steps
    }

    /// Looks at one name, and adds the steps that follow from it.
    mutating func look(
        at name: WalkChunk.Name,
        of chunk: WalkChunk,
        _ steps: inout [WalkStep]
    ) throws(BuildContextError) {
        switch try look(at: name, of: chunk) {
        case .entry(let entry, let identity):
            if let found = SensitiveFile.inspect(entry, name, of: chunk) { steps.append(.sensitive(found)) }
            steps.append(.file(entry, identity))
        case .notice(let notice): steps.append(.notice(notice))
        case .nothing, .hidden: break
        }
    }

    /// Looks at one name of a stretch.
    mutating func look(at name: WalkChunk.Name, of chunk: WalkChunk) throws(BuildContextError) -> Finding {
        let directory = chunk.directory(of: name)
        let result = chunk.withPath(of: name) { path, text -> Result<Finding, BuildContextError> in
            do throws(BuildContextError) {
                return .success(try look(at: text, in: directory, path: Array(path)))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
