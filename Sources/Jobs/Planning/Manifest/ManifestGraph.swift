import CaissonBuildModel
import CaissonHCL
import CaissonText

/// Which targets of a manifest wait for which others.
struct ManifestGraph {
    /// A dependency on one target.
    struct Edge {
        var dependency: Dependency
        /// Where it is said; nil for a link of a target that comes from elsewhere.
        var range: HCLRange?
    }

    /// How many dependencies there may be, each on one target.
    private static let mostEdges = 1_000_000
    /// How many wrong dependencies are looked at.
    private static let mostLooks = 500
    /// How many circles are told.
    private static let mostCircles = 20

    /// How each target is run, with what its parents and all say.
    var settings: [String: ManifestSettings] = [:]
    private(set) var problems: [HCLDiagnostic] = []
    private let configuration: BakeConfiguration
    private let targets: [String: BakeTarget]
    private let groupNames: Set<String>
    /// What names stand for, as far as they have been asked for.
    private var expanded: [String: [String]] = [:]
    /// What contexts of each target are the results of others.
    private var links: [String: [String: String]] = [:]

    init(_ configuration: BakeConfiguration) {
        self.configuration = configuration
        targets = Dictionary(configuration.targets.map { ($0.name, $0) }) { first, _ in first }
        groupNames = Set(configuration.groups.map(\.name))
    }

    private mutating func fail(_ summary: String, _ detail: String, at range: HCLRange?) {
        problems.append(HCLDiagnostic(summary, detail, at: range))
    }
}

// MARK: - Parents

extension ManifestGraph {
    /// What each target says with what its parents and all targets say.
    mutating func inherit(_ found: ManifestEvaluation) {
        var known: [String: (ManifestSettings, [String: String])] = [:]
        let common = found.defaultFields?.values[.contexts]?.pairs?.compactMapValues { $0 } ?? [:]
        for name in targets.keys.sorted() {
            let (own, contexts) = inherited(name, found, &known, depth: 0)
            var all = found.defaults
            all.merge(own)
            settings[name] = all
            links[name] = Self.links(in: common.merging(contexts) { $1 })
        }
    }

    private func inherited(
        _ name: String,
        _ found: ManifestEvaluation,
        _ known: inout [String: (ManifestSettings, [String: String])],
        depth: Int
    ) -> (ManifestSettings, [String: String]) {
        if let seen = known[name] { return seen }
        // In a circle the last step has no effect.
        known[name] = (ManifestSettings(), [:])
        guard depth < BakeResolver.deepest, let target = targets[name] else { return (ManifestSettings(), [:]) }
        var (all, contexts) = (ManifestSettings(), [String: String]())
        for parent in target.values[.inherits]?.texts ?? [] {
            let (settings, more) = inherited(parent, found, &known, depth: depth + 1)
            all.merge(settings)
            contexts.merge(more) { $1 }
        }
        all.merge(found.settings[name] ?? ManifestSettings())
        contexts.merge((target.values[.contexts]?.pairs ?? [:]).compactMapValues { $0 }) { $1 }
        known[name] = (all, contexts)
        return (all, contexts)
    }

    private static func links(in contexts: [String: String]) -> [String: String] {
        contexts.compactMapValues { context in
            context.hasPrefix("target:") ? String(context.dropFirst("target:".count)) : nil
        }
    }
}

// MARK: - Dependencies

extension ManifestGraph {
    /// The dependencies of a target by the targets that they are on; those on a target itself count more than those on a
    /// group in which it is.
    func dependencies(of target: String) -> [String: Edge] {
        var edges: [String: Edge] = [:]
        let written = (settings[target]?.dependencies ?? [:]).sorted { $0.key < $1.key }
        let groups = written.filter { groupNames.contains($0.key) }
        for (name, dependency) in groups + written.filter({ !groupNames.contains($0.key) }) {
            for node in expanded[name] ?? configuration.expand(name).targets {
                edges[node] = Edge(dependency: dependency.on(node), range: dependency.range)
            }
        }
        return edges
    }

    /// Finds dependencies on what isn't there, contexts that several images would be, and circles.
    ///
    /// - Parameter declared: Names that are there, but may be wrong, which has been told.
    mutating func check(besides declared: Set<String>) {
        var told: Set<String> = []
        var (count, looks) = (0, 0)
        for name in targets.keys.sorted() {
            for (other, dependency) in (settings[name]?.dependencies ?? [:]).sorted(by: { $0.key < $1.key }) {
                if expanded[other] == nil { expanded[other] = configuration.expand(other).targets }
                count += expanded[other]?.count ?? 0
                guard count <= Self.mostEdges else {
                    let detail = "There are more than \(Self.mostEdges) dependencies; make the groups of them smaller."
                    return fail("Too many dependencies", detail, at: dependency.range)
                }
                guard let problem = problem(dependency, on: other, of: name, declared) else { continue }
                // What parents say, or a target of many rows, is told once.
                if told.insert("\(other) \(dependency.range)").inserted { problems.append(problem) }
                looks += 1
                guard looks < Self.mostLooks else { return }
            }
        }
        findCircles(targets.keys.sorted(), links)
    }

    private func problem(
        _ dependency: ManifestDependency,
        on other: String,
        of name: String,
        _ declared: Set<String>
    ) -> HCLDiagnostic? {
        let members = expanded[other] ?? []
        if let missing = members.first(where: { targets[$0] == nil && !declared.contains($0) }) {
            let meant = nearest(to: missing, among: targets.keys.sorted() + groupNames.sorted())
            let hint = meant.map { "Did you mean \($0.quoted)?" } ?? "Add it to targets, or take the dependency away."
            let detail = "\(name) depends on \(missing.quoted), which is no target and no group. \(hint)"
            return HCLDiagnostic("Unknown dependency", detail, at: dependency.range)
        }
        if let context = dependency.context, members.count > 1 {
            let detail =
                "the images of \(members.joined(separator: ", ")) would all be the context \(context.quoted) of \(name). "
                + "Depend on each by itself, or leave as out."
            return HCLDiagnostic("Ambiguous context", detail, at: dependency.range)
        }
        return nil
    }

    /// The targets that those of a plan depend on and that aren't built with their own outputs there.
    func missing(in plan: BakePlan) -> [String] {
        var missing: Set<String> = []
        var left = Array(plan.targets.keys)
        var seen = Set(left)
        while let name = left.popLast() {
            for node in dependencies(of: name).keys {
                if plan.targets[node]?.isLinked != false { missing.insert(node) }
                if seen.insert(node).inserted { left.append(node) }
            }
        }
        return missing.sorted()
    }

    /// Finds what can't be run of a plan: circles, contexts that are there twice, and templates without their secrets.
    mutating func check(_ plan: BakePlan) {
        let names = plan.targets.keys.sorted()
        for name in names {
            guard let target = plan.targets[name] else { continue }
            let contexts = (target.values[.contexts]?.pairs ?? [:]).compactMapValues { $0 }
            links[name] = Self.links(in: contexts)
            for edge in dependencies(of: name).values.sorted(by: { $0.dependency.node < $1.dependency.node }) {
                guard case .image(let context) = edge.dependency.condition, contexts[context] != nil else { continue }
                let detail =
                    "\(context.quoted) is a context of \(name) and the image of \(edge.dependency.node) as well. Take it "
                    + "out of contexts, or give the dependency another name with as."
                fail("Context given twice", detail, at: edge.range)
            }
            checkTemplates(of: target)
        }
        findCircles(names, links)
    }

    private mutating func checkTemplates(of target: BakeTarget) {
        let ids = (target.values[.secret]?.entries ?? []).compactMap { $0.attributes["id"] }
        for (id, template) in (settings[target.name]?.templates ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard case .template(let path, let secrets) = template.secret.source else { continue }
            if ids.contains(id) {
                let detail = "\(target.name) has a secret \(id.quoted) and a template for it. Give one another id."
                fail("Secret given twice", detail, at: template.range)
            }
            for secret in secrets where !ids.contains(secret) {
                let meant = nearest(to: secret, among: ids).map { " Did you mean \($0.quoted)?" } ?? ""
                let detail =
                    "the template \(path.quoted) of \(target.name) may use \(secret.quoted), which is none of the "
                    + "target's secrets. Add it to secret.\(meant)"
                fail("Unknown secret", detail, at: template.range)
            }
        }
    }
}

// MARK: - Circles

extension ManifestGraph {
    /// Tells of each circle of dependencies and links once; it keeps its way in a list, however long that is.
    private mutating func findCircles(_ names: [String], _ links: [String: [String: String]]) {
        var done: Set<String> = []
        var count = 0
        for name in names where !done.contains(name) {
            var way = Way()
            way.add(name, edges(of: name, links))
            while count < Self.mostCircles, let next = way.next(&done) {
                if let start = way.places[next] {
                    count += 1
                    tellCircle(way.steps[start...].map(\.name), links)
                } else if !done.contains(next) {
                    way.add(next, edges(of: next, links))
                }
            }
        }
    }

    /// The way from a target to the one that is being looked at.
    private struct Way {
        var steps: [(name: String, left: ArraySlice<Edge>)] = []
        var places: [String: Int] = [:]

        mutating func add(_ name: String, _ edges: ArraySlice<Edge>) {
            places[name] = steps.count
            steps.append((name, edges))
        }

        /// Where it goes on, once targets from which all ways have been gone are left; nil at the end.
        mutating func next(_ done: inout Set<String>) -> String? {
            while let (last, left) = steps.last {
                if let edge = left.first {
                    steps[steps.count - 1].left = left.dropFirst()
                    return edge.dependency.node
                }
                steps.removeLast()
                places[last] = nil
                done.insert(last)
            }
            return nil
        }
    }

    private func edges(of name: String, _ links: [String: [String: String]]) -> ArraySlice<Edge> {
        var edges = dependencies(of: name)
        for (_, other) in (links[name] ?? [:]).sorted(by: { $0.key < $1.key }) where edges[other] == nil {
            edges[other] = Edge(dependency: Dependency(on: other), range: targets[name]?.range)
        }
        return edges.values.sorted { $0.dependency.node < $1.dependency.node }[...]
    }

    private mutating func tellCircle(_ names: [String], _ links: [String: [String: String]]) {
        var steps: [String] = []
        var first: HCLRange?
        for (index, name) in names.enumerated() {
            let next = names[(index + 1) % names.count]
            let range = edges(of: name, links).first { $0.dependency.node == next }?.range
            steps.append(range.map { "\(name) (\($0))" } ?? name)
            first = first ?? range
        }
        let detail =
            "these targets wait for each other: \((steps + [names[0]]).joined(separator: " → ")). Take one of the "
            + "dependencies away."
        fail("Dependency cycle", detail, at: first)
    }
}
