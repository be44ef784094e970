import CaissonText

extension TaskReader {
    /// So many names of a circle are told.
    private static let longestCircle = 20
    /// Among more steps than these nobody looks for a name that may have been meant: it takes too long.
    private static let mostCandidates = 1000

    /// Finds what steps can't mean together: one name for two of them, unknown dependencies, and circles.
    mutating func checkOrder(_ steps: [PlacedStep]) {
        var places: [String: Int] = [:]
        for (place, step) in steps.enumerated() where step.isNamed {
            if let other = places.updateValue(places[step.step.id] ?? place, forKey: step.step.id) {
                note(
                    step.offset,
                    "two steps are called \(step.step.id): build_task.steps[\(other)] and build_task.steps[\(place)]"
                )
            }
        }
        let edges = steps.enumerated().map { place, step in dependencies(of: step, at: place, places, steps) }
        if let circle = StepCircle(edges).found, let first = circle.first {
            let names = circle.map { steps[$0].step.id }
            note(steps[first].offset, "the steps wait for each other in a circle, \(Self.chain(names))")
        }
    }

    /// The places of the steps that a step waits for.
    private mutating func dependencies(
        of step: PlacedStep,
        at place: Int,
        _ places: [String: Int],
        _ steps: [PlacedStep]
    ) -> [Int] {
        let path = "build_task.steps[\(place)].dependencies"
        var seen: Set<String> = []
        return zip(step.step.dependencies, step.dependencyOffsets).compactMap { name, offset in
            guard seen.insert(name).inserted else {
                note(offset, "\(path) has \(name.quoted) twice; remove one of the two")
                return nil
            }
            guard let other = places[name] else {
                note(offset, "\(path) has \(name.quoted), which is no step\(Self.hint(name, places))")
                return nil
            }
            guard other != place else {
                note(offset, "\(path) has \(name.quoted), which is the step itself")
                return nil
            }
            return other
        }
    }

    private static func hint(_ name: String, _ places: [String: Int]) -> String {
        guard places.count <= mostCandidates else { return "" }
        return nearest(to: name, among: places.keys.sorted()).map { "; did you mean \($0)?" } ?? ""
    }

    private static func chain(_ names: [String]) -> String {
        guard names.count > longestCircle else { return names.joined(separator: " → ") }
        let shown = names.prefix(longestCircle - 2) + ["…"] + names.suffix(1)
        return shown.joined(separator: " → ") + " (\(names.count - 1) steps)"
    }
}

/// A circle of steps that would wait for each other for ever.
private struct StepCircle {
    private let edges: [[Int]]

    init(_ edges: [[Int]]) {
        self.edges = edges
    }

    /// The first circle: its steps in the order in which they wait, and the first again; nil where there is none.
    var found: [Int]? {
        var isDone = [Bool](repeating: false, count: edges.count)
        for start in edges.indices {
            if let circle = circle(from: start, &isDone) { return circle }
        }
        return nil
    }

    /// Remembers the way instead of calling itself: chains may be long.
    private func circle(from start: Int, _ isDone: inout [Bool]) -> [Int]? {
        var way: [(step: Int, rest: ArraySlice<Int>)] = []
        var depths: [Int: Int] = [:]
        var next: Int? = start
        while true {
            if let step = next, !isDone[step] {
                if let depth = depths[step] { return way[depth...].map(\.step) + [step] }
                depths[step] = way.count
                way.append((step, edges[step][...]))
            }
            guard let last = way.indices.last else { return nil }
            next = way[last].rest.popFirst()
            guard next == nil else { continue }
            let finished = way.removeLast().step
            depths[finished] = nil
            isDone[finished] = true
        }
    }
}
