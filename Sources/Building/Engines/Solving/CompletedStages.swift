/// Which stages of a build were done when it failed, by the names of their steps.
struct CompletedStages: Sendable {
    private struct Stage {
        var count = 0
        var done: Set<Int> = []
    }

    private var stages: [String: Stage] = [:]

    /// Reads steps by their names: `[build 2/4] RUN make`, `[linux/arm64 stage-1 1/2] FROM …`, `[2/3] COPY …`.
    init(_ steps: some Sequence<(name: String, isDone: Bool)>) {
        for step in steps {
            guard step.name.hasPrefix("["), let end = step.name.firstIndex(of: "]") else { continue }
            var words = step.name[step.name.index(after: step.name.startIndex)..<end].split(separator: " ")
            guard let place = words.popLast(), words.first != "internal" else { continue }
            let numbers = place.split(separator: "/").compactMap { Int($0) }
            guard numbers.count == 2, numbers[1] > 0 else { continue }
            // A platform stands before the stage where there are several.
            if words.first?.contains("/") == true { words.removeFirst() }
            let name = words.first.map(String.init) ?? ""
            stages[name, default: Stage()].count = max(stages[name]?.count ?? 0, numbers[1])
            if step.isDone { stages[name]?.done.insert(numbers[0]) }
        }
    }

    /// The targets of the stages all of whose steps are done; a stage without a name has its number.
    var targets: [String] {
        stages.filter { $0.value.done.count >= $0.value.count }.keys.sorted().compactMap { name in
            if name.isEmpty { return nil }
            return name.hasPrefix("stage-") ? Int(name.dropFirst(6)).map(String.init) ?? name : name
        }
    }
}
