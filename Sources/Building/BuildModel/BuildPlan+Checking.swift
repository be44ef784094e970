import CaissonText

extension BuildPlan {
    /// Finds what its nodes can't mean together, before any of them is begun: names that nobody has, and circles.
    ///
    /// - Throws: `BuildError` with code `usage`.
    public func check() throws(BuildError) {
        var names: Set<String> = []
        for node in nodes where !names.insert(node.name).inserted {
            throw BuildError(.usage, "two builds of the plan are called \(node.name.quoted)")
        }
        for node in nodes {
            for source in node.sources.sorted() { try check(source, names, "\(node.name) is built from") }
            for dependency in node.dependencies { try check(dependency.node, names, "\(node.name) depends on") }
            try node.checkImages()
        }
        try checkGroups(names)
        if let circle = PlanCircle(self).found { throw BuildError(.usage, circle) }
    }

    private func check(_ name: String, _ names: Set<String>, _ what: String) throws(BuildError) {
        guard !names.contains(name) else { return }
        let hint = nearest(to: name, among: names.sorted()).map { " (did you mean \($0)?)" } ?? ""
        throw BuildError(.usage, "\(what) \(name.quoted), which isn't in the plan\(hint)")
    }

    private func checkGroups(_ names: Set<String>) throws(BuildError) {
        var groups: [String: String] = [:]
        for (group, members) in publishedTogether.sorted(by: { $0.key < $1.key }) {
            for member in members.sorted() {
                try check(member, names, "what is published together as \(group) includes")
                if let other = groups.updateValue(group, forKey: member) {
                    throw BuildError(.usage, "\(member) can't be published together as \(other) and as \(group)")
                }
            }
        }
    }
}

extension BuildPlan.Node {
    /// Finds two sources of one name.
    fileprivate func checkImages() throws(BuildError) {
        var taken = Set(request.contexts.keys)
        for dependency in dependencies {
            guard case .image(as: let name) = dependency.condition else { continue }
            guard taken.insert(name).inserted else {
                throw BuildError(.usage, "\(self.name) has two sources that are called \(name.quoted)")
            }
        }
    }
}

/// A circle of builds that would wait for each other for ever.
///
/// Two things make a build wait. What it depends on has to end before it begins. And what it is built from runs beside it, but
/// begins its steps only when the front ends of all its users are done (`BuildLinks`), so that it can't end before they
/// begin. So a circle may need both: `app` is built from `base` and depends on `tool`, which depends on `base`.
struct PlanCircle {
    /// What happens to a build: it begins, its front end is done, it ends.
    private enum Moment: Int, CaseIterable { case begun, ready, ended }

    private struct Point: Hashable {
        var node: Int
        var moment: Moment
    }

    private let names: [String]
    /// What has to happen before, by the node's place.
    private var dependencies: [[Int]] = []
    private var sources: [[Int]] = []
    private var users: [[Int]]

    /// Reads what waits for what.
    init(_ plan: BuildPlan) {
        names = plan.nodes.map(\.name)
        let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        users = names.map { _ in [] }
        for (place, node) in plan.nodes.enumerated() {
            dependencies.append(node.dependencies.compactMap { places[$0.node] })
            sources.append(node.sources.sorted().compactMap { places[$0] })
            for source in sources[place] { users[source].append(place) }
        }
    }

    /// The first circle, as `a → b → a`, and what to do about it where that isn't plain; nil where there is none.
    var found: String? {
        var done: Set<Point> = []
        for node in names.indices {
            if let path = circle(from: Point(node: node, moment: .ended), &done) { return message(of: path) }
        }
        return nil
    }

    private func before(_ point: Point) -> [Point] {
        let node = point.node
        return switch point.moment {
        case .begun: dependencies[node].map { Point(node: $0, moment: .ended) }
        case .ready: [Point(node: node, moment: .begun)] + sources[node].map { Point(node: $0, moment: .ready) }
        case .ended: ([node] + users[node]).map { Point(node: $0, moment: .ready) }
        }
    }

    /// Goes down into what has to happen before, and remembers the way instead of calling itself: plans may be long.
    private func circle(from start: Point, _ done: inout Set<Point>) -> [Point]? {
        var way: [(point: Point, rest: [Point])] = []
        var depths: [Point: Int] = [:]
        var next: Point? = start
        while true {
            if let point = next, !done.contains(point) {
                if let depth = depths[point] { return way[depth...].map(\.point) + [point] }
                depths[point] = way.count
                way.append((point, before(point).reversed()))
            }
            guard let last = way.indices.last else { return nil }
            next = way[last].rest.popLast()
            if next == nil {
                let finished = way.removeLast().point
                depths[finished] = nil
                done.insert(finished)
            }
        }
    }

    private func message(of path: [Point]) -> String {
        var circle: [Int] = []
        for point in path where circle.last != point.node { circle.append(point.node) }
        if circle.count == 1 { circle += circle }
        let text = circle.map { names[$0] }.joined(separator: " → ")
        let isMixed = zip(circle, circle.dropFirst()).contains { waiting, other in
            !dependencies[waiting].contains(other) && !sources[waiting].contains(other)
        }
        let reason =
            isMixed ? ": what a build is made from runs beside it, and so can't end before it begins" : ""
        return "the builds wait for each other in a circle, \(text)\(reason)"
    }
}
