package import CaissonBuildModel
package import CaissonHCL
import CaissonText

/// What a manifest of ours declares: targets and groups as bake has them, and how the targets are run.
package struct Manifest: Sendable {
    /// The files that are looked for when none is named; the first that is there is read.
    package static let defaultNames = ["caisson.yaml", "caisson.yml"]

    /// Whether a path is that of a manifest, as far as its name tells.
    package static func isNamed(by path: String) -> Bool {
        defaultNames.contains { path == $0 || path.hasSuffix("/" + $0) }
    }

    /// The targets, groups and variables.
    package let configuration: BakeConfiguration
    /// The kind of each target.
    private let kinds: [String: String]
    /// How each target is run, with what its parents and all say.
    private let settings: [String: ManifestSettings]
    /// What the manifest says of groups, by name.
    private let groups: [String: ManifestEvaluation.Group]
    /// What it says of all of them.
    private let keepsGoing: Bool

    /// Reads a manifest.
    ///
    /// Throws everything that is wrong with it, in the order of its lines: keys, types, expressions, dependencies on what
    /// isn't there, and circles of dependencies and links.
    package init(
        reading file: BakeFile,
        kinds: [ManifestKind] = [.build],
        inputs: BakeInputs
    ) throws(BakeError) {
        let reader = ManifestReader(file, kinds: kinds)
        var found = ManifestEvaluation()
        var all: [String: ManifestSettings] = [:]
        do throws(BakeError) {
            var read = try BakeConfiguration(evaluating: [reader.body], inputs: inputs, reader.problems) {
                found.evaluate(reader, $0)
                var graph = ManifestGraph($1)
                graph.inherit(found)
                graph.check(besides: Set(reader.targets.keys).union(reader.groups.keys))
                all = graph.settings
                return graph.problems
            }
            read.defaults = found.defaultFields
            configuration = read
        } catch {
            throw BakeError(error.problems.map(\.inManifestWords).inOrder)
        }
        settings = all
        self.kinds = found.kinds
        groups = found.groups
        keepsGoing = found.keepsGoing
    }
}

// MARK: - What is built

/// What is built of a manifest.
package struct ManifestPlan: Sendable {
    /// What is known of a target beside its fields.
    package struct Job: Sendable {
        /// The kind of job: `build`, or another that the reader of the manifest knows.
        package var kind: String
        /// The targets that have to end before it begins, each once, sorted by name.
        package var dependencies: [Dependency]
        /// How it is run.
        package var policy: NodePolicy
        /// The secrets that are made by filling in templates, sorted by their ids.
        package var templates: [SecretSpec]
        /// The values of the keys that only targets of its kind have.
        package var values: [String: HCLValue]
    }

    /// The targets, those that others depend on among them.
    package var targets: BakePlan
    /// What is known of each of them besides.
    package var jobs: [String: Job]
    /// The targets whose tags are set only when all of them have passed, by the name of their group.
    package var publishedTogether: [String: Set<String>]
    /// Whether the other targets go on when one fails.
    package var keepsGoing: Bool
}

extension Manifest {
    /// Resolves what is asked for, without a name `default`, and what that depends on.
    ///
    /// A target that others depend on is built with its own outputs, as if it had been asked for. Throws everything that is
    /// wrong, images that can't be pushed among it.
    package func plan(
        names: [String] = [],
        flags: BakeFlags = BakeFlags(),
        inputs: BakeInputs
    ) throws(BakeError) -> ManifestPlan {
        let asked = names.isEmpty ? ["default"] : names
        var targets = try BakePlan(configuration, names: asked, flags: flags, inputs: inputs)
        let isDefault = asked == ["default"]
        let chosen = isDefault ? asked : targets.groups["default"]?.targets ?? asked
        var graph = ManifestGraph(configuration)
        graph.settings = settings
        var selected = asked
        while case let more = graph.missing(in: targets), !more.isEmpty {
            selected += more
            targets = try BakePlan(configuration, names: selected, flags: flags, inputs: inputs)
        }
        graph.check(targets)
        let problems = graph.problems + targets.pushProblems
        guard problems.isEmpty else { throw BakeError(problems.inOrder) }
        return ManifestPlan(
            targets: targets,
            jobs: targets.targets.mapValues { job($0, graph) },
            publishedTogether: publishedTogether(targets),
            keepsGoing: keepsGoing(chosen)
        )
    }

    private func job(_ target: BakeTarget, _ graph: ManifestGraph) -> ManifestPlan.Job {
        let settings = settings[target.name] ?? ManifestSettings()
        var policy = settings.policy
        policy.retry = settings.retry?.policy
        return ManifestPlan.Job(
            kind: kinds[target.name] ?? ManifestKind.build.name,
            dependencies: graph.dependencies(of: target.name).values.map(\.dependency).sorted { $0.node < $1.node },
            policy: policy,
            templates: settings.templates.values.map(\.secret).sorted { $0.id < $1.id },
            values: settings.values
        )
    }

    /// The groups whose tags are set together, with as many of their targets as are built; links aren't published.
    private func publishedTogether(_ plan: BakePlan) -> [String: Set<String>] {
        var together: [String: Set<String>] = [:]
        for (name, group) in groups where group.publishesTogether {
            let members = configuration.expand(name).targets.filter { plan.targets[$0]?.isLinked == false }
            if !members.isEmpty { together[name] = Set(members) }
        }
        return together
    }

    /// What the groups that are asked for say, else what is said of all: one that goes on is enough.
    private func keepsGoing(_ names: [String]) -> Bool {
        let said = names.compactMap { groups[$0]?.keepsGoing }
        return said.isEmpty ? keepsGoing : said.contains(true)
    }
}

extension HCLDiagnostic {
    /// The problem with the name that a key has in manifests: bake's evaluator calls `step-resources` as bake files do.
    fileprivate var inManifestWords: HCLDiagnostic {
        var problem = self
        let start = "resources can't be this value: "
        if summary == "Unsuitable value type", detail.hasPrefix(start) { problem.detail = "step-" + detail }
        return problem
    }
}

extension [HCLDiagnostic] {
    /// The problems in the order of their places; those of one place, and those of none, in their own.
    fileprivate var inOrder: [HCLDiagnostic] {
        map { ($0, $0.subject?.start.line ?? 0, $0.subject?.start.column ?? 0) }.enumerated()
            .sorted { ($0.element.1, $0.element.2, $0.offset) < ($1.element.1, $1.element.2, $1.offset) }
            .map(\.element.0)
    }
}
