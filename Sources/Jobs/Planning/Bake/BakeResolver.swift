import CaissonHCL
import CaissonIgnoreFile
import CaissonText

/// Makes of a configuration what is built: the targets that are asked for with their parents, overrides and links.
struct BakeResolver {
    /// How many groups, parents or links may follow each other.
    static let deepest = 200

    private let configuration: BakeConfiguration
    private let overrides: BakeOverrides
    private let places: [String: Int]
    private(set) var problems: [HCLDiagnostic] = []
    private(set) var warnings: [HCLDiagnostic] = []
    /// What is built, by name.
    private(set) var targets: [String: BakeTarget] = [:]
    /// The targets and groups that are asked for, and the groups that they are made of.
    private(set) var groups: [String: BakeGroup] = [:]
    /// The targets that can't be built, which has been told.
    private var failed: Set<String> = []
    /// The targets whose links have been followed.
    private var linked: Set<String> = []

    init(_ configuration: BakeConfiguration, _ overrides: BakeOverrides) {
        self.configuration = configuration
        self.overrides = overrides
        problems = overrides.problems
        let names = configuration.targets.enumerated().map { ($1.name, $0) }
        places = Dictionary(names) { first, _ in first }
    }

    private mutating func fail(_ summary: String, _ detail: String, at range: HCLRange? = nil) {
        problems.append(HCLDiagnostic(summary, detail, at: range))
    }

    /// Resolves targets, groups and patterns.
    mutating func resolve(_ asked: [String]) {
        var names: [String] = []
        for name in asked { names += matches(name.pieces(at: ".").joined(separator: "_")) }
        names = names.withoutDoubles
        for name in names {
            let (members, inner) = configuration.expand(name)
            for member in members where targets[member] == nil { targets[member] = target(member) }
            for group in inner { groups[group] = configuration.groups.first { $0.name == group } }
        }
        addDefault(names)
        for name in targets.keys.sorted() { follow(name, from: []) }
    }

    private mutating func matches(_ pattern: String) -> [String] {
        guard pattern.utf8.contains(where: { [0x2A, 0x3F, 0x5B, 0x5D].contains($0) }) else { return [pattern] }
        let bytes = Array(pattern.utf8)
        let names = configuration.groups.map(\.name) + configuration.targets.map(\.name)
        let found = names.filter { FileNamePattern.matches(bytes, Array($0.utf8)) }
        if found.isEmpty { fail("Unknown target", "could not find any target matching \(pattern.quoted).") }
        return found
    }

    /// What is asked for is the group `default`, unless it is that group itself.
    private mutating func addDefault(_ names: [String]) {
        for name in names where !(name == "default" && groups["default"] != nil) {
            var group = groups["default"] ?? BakeGroup("default", targets: [])
            group.targets = (group.targets + [name]).withoutDoubles
            groups["default"] = group
        }
        groups["default"]?.targets.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

// MARK: - Groups

extension BakeConfiguration {
    /// The targets that a name stands for, and the groups on the way.
    func expand(_ name: String) -> (targets: [String], groups: [String]) {
        var seen: [String: (targets: [String], groups: [String])] = [:]
        let (targets, groups) = expand(name, &seen, depth: 0)
        return (targets.withoutDoubles, groups.withoutDoubles)
    }

    private func expand(
        _ name: String,
        _ seen: inout [String: (targets: [String], groups: [String])],
        depth: Int
    ) -> (targets: [String], groups: [String]) {
        if let known = seen[name] { return known }
        guard depth < BakeResolver.deepest, let group = groups.first(where: { $0.name == name }) else {
            return ([name], [])
        }
        // A group that is in itself stands for a target of its name.
        seen[name] = ([], [])
        var targets: [String] = []
        var groups = [name]
        for member in group.targets {
            let (inner, innerGroups) = expand(member, &seen, depth: depth + 1)
            targets += inner.isEmpty ? [member] : inner
            groups += innerGroups
        }
        seen[name] = (targets.withoutDoubles, groups.withoutDoubles)
        return seen[name] ?? ([], [])
    }
}

// MARK: - Parents

extension BakeResolver {
    /// The target with what it inherits and what is overridden; nil where it is wrong, which is told.
    private mutating func target(_ name: String) -> BakeTarget? {
        guard !failed.contains(name) else { return nil }
        var seen: [String: BakeTarget?] = [:]
        guard let own = inherited(name, &seen, []), var target = aboveDefaults(own) else {
            failed.insert(name)
            return nil
        }
        target.values[.inherits] = nil
        target.values[.context] = target.values[.context] ?? .text(target.defaultContext ?? ".")
        if target.values[.dockerfile]?.text?.isEmpty != false { target.values[.dockerfile] = .text("Dockerfile") }
        return target
    }

    /// The target on top of what every target has; what is overridden is said once more, as it counts most.
    private mutating func aboveDefaults(_ own: BakeTarget) -> BakeTarget? {
        guard let defaults = configuration.defaults else { return own }
        var target = BakeTarget(own.name, range: own.range)
        target.merge(defaults)
        target.merge(own)
        return apply(&target) ? target : nil
    }

    private mutating func inherited(
        _ name: String,
        _ seen: inout [String: BakeTarget?],
        _ path: [String]
    ) -> BakeTarget? {
        if let known = seen[name] { return known }
        seen.updateValue(nil, forKey: name)
        guard let place = places[name] else {
            unknown(name, neededBy: path.last)
            return nil
        }
        guard path.count < Self.deepest else {
            fail("Inheritance nested too deep", "\(name.quoted) has more than \(Self.deepest) ancestors in a row.")
            return nil
        }
        let own = configuration.targets[place]
        var target = BakeTarget(name, range: own.range)
        for parent in own.values[.inherits]?.texts ?? [] {
            if let start = (path + [name]).firstIndex(of: parent) {
                warn(Array((path + [name])[start...]) + [parent], own)
            }
            let count = problems.count
            let inherited = inherited(parent, &seen, path + [name])
            guard problems.count == count else { return nil }
            if let inherited { target.merge(inherited) }
        }
        target.merge(own)
        guard apply(&target) else { return nil }
        seen[name] = target
        return target
    }

    private mutating func apply(_ target: inout BakeTarget) -> Bool {
        do throws(BakeValueError) {
            try target.apply(overrides.changes[target.name] ?? [])
            target.normalise()
            return true
        } catch {
            fail("Invalid override", "--set of the target \(target.name.quoted): \(error.message).")
            return false
        }
    }

    private mutating func warn(_ circle: [String], _ target: BakeTarget) {
        let detail =
            "These targets inherit from each other: \(circle.joined(separator: " → ")). The last step has no effect."
        warnings.append(HCLDiagnostic("Inheritance cycle", detail, at: target.range, severity: .warning))
    }

    private mutating func unknown(_ name: String, neededBy user: String?) {
        let names = configuration.targets.map(\.name) + configuration.groups.map(\.name)
        let meant = nearest(to: name, among: names).map { " Did you mean \($0.quoted)?" } ?? ""
        let from = user.map { ", which \($0.quoted) needs" } ?? ""
        let range = user.flatMap { places[$0] }.flatMap { configuration.targets[$0].range }
        fail("Unknown target", "failed to find target \(name.quoted)\(from).\(meant)", at: range)
    }
}

// MARK: - Links

extension BakeResolver {
    /// Follows the links of a target: what it links to is built as well, and what that may do is allowed to it too.
    private mutating func follow(_ name: String, from path: [String]) {
        guard !linked.contains(name), let target = targets[name] else { return }
        let path = path + [name]
        for (_, context) in (target.values[.contexts]?.pairs ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let context, context.hasPrefix("target:") else { continue }
            link(name, to: String(Substring(context.utf8.dropFirst("target:".utf8.count))), path)
        }
        linked.insert(name)
    }

    private mutating func link(_ name: String, to other: String, _ path: [String]) {
        let range = targets[name]?.range
        if let start = path.firstIndex(of: other) {
            let circle = (path[start...] + [other]).joined(separator: " → ")
            let detail =
                other == name
                ? "target \(name) cannot link to itself: \(circle)."
                : "infinite loop from \(name) to \(other): \(circle)."
            return fail("Link cycle", detail, at: range)
        }
        guard path.count < Self.deepest else {
            return fail("Links nested too deep", "\(name.quoted) is the end of \(Self.deepest) links.", at: range)
        }
        if targets[other] == nil {
            guard places[other] != nil else { return unknown(other, neededBy: name) }
            guard var added = target(other) else { return }
            added.values[.output] = .entries([BakeEntry(["type": "cacheonly"])])
            added.isLinked = true
            targets[other] = added
        }
        follow(other, from: path)
        inherit(name, from: other)
    }

    private mutating func inherit(_ name: String, from other: String) {
        guard let link = targets[other] else { return }
        let allowed = link.values[.entitlements]?.texts ?? []
        if !allowed.isEmpty {
            let own = targets[name]?.values[.entitlements]?.texts ?? []
            targets[name]?.values[.entitlements] = .texts((own + allowed).withoutDoubles)
        }
        let own = targets[name]?.values[.platforms]?.texts ?? []
        let others = link.values[.platforms]?.texts ?? []
        guard own.count > 1, others.count > 1, !Set(own).isSubset(of: others) else { return }
        let detail =
            "target \(other) can't be used by \(name) because its platforms \(own.joined(separator: ", ")) are not a "
            + "subset of \(others.joined(separator: ", "))."
        fail("Platforms don't fit", detail, at: targets[name]?.range)
    }
}
