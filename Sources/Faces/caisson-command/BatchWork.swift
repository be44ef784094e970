import CaissonBuildModel
import CaissonConfiguration
import CaissonJSON
import CaissonPlanning
import CaissonPreparation
import CaissonSecrets
import CaissonSystem
import CaissonText

/// A definition that was read, and what is asked of it.
struct BatchFiles {
    var definition: BatchDefinition
    var inputs: BakeInputs
    /// The targets and groups that are asked for.
    var names: [String]
    /// Where relative contexts begin.
    var base: BatchBase

    /// The builds of what is asked for.
    func resolved(flags: BakeFlags) throws(BatchError) -> BatchWork {
        BatchWork(try definition.builds(of: names, flags: flags, inputs: inputs, from: base))
    }
}

/// The builds of a batch on their way to an engine.
struct BatchWork: Sendable {
    /// The targets as the definition has them, and their builds before this machine was looked at.
    let builds: BatchBuilds
    /// The builds.
    private(set) var plan: BuildPlan
    /// What the user should know.
    private(set) var warnings: [String]
    /// The engine's warnings that go among the metadata.
    private(set) var warningsKept: [VertexWarning] = []
    /// What stands for targets that aren't built, as others of the batch are only asked about.
    private var nothing: EmptyDirectory?

    init(_ builds: BatchBuilds) {
        self.builds = builds
        plan = builds.plan
        warnings = builds.warnings
    }

    /// What `--print` prints.
    var printed: String { builds.printed.goText() + "\n" }

    /// The build arguments of all builds.
    var arguments: Set<String> { Set(plan.nodes.flatMap(\.request.buildArgs.keys)) }

    /// Finds files of secrets and agents that aren't there, which fails `--print`, too, as with docker buildx bake.
    func checkConfidential(_ environment: [String: String]) throws {
        let home = environment["HOME"] ?? "/"
        try collecting { _, node throws(BuildError) in
            var request = node.request
            _ = request.leaveOutUnsetSecrets(environment)
            try request.checkConfidential(environment: environment, home: home)
        }
    }

    /// Says how much a build has to tell at its end: the image's size for a file that has it, or for the record.
    private static func setDetail(
        of request: inout BuildRequest,
        by command: BatchCommand,
        _ environment: [String: String]
    ) {
        if command.metadataFile != nil { request.provenanceDetail = ResultOptions.provenanceDetail(environment) }
        let hasFile = (command.metadataFile ?? command.running.summary) != nil
        request.imageMeasurement = hasFile ? .always : command.history.noHistory ? .never : .whenMade
        request.tellsContexts = !command.history.noHistory
    }

    /// Looks at what the builds name on this machine, and fills in what it means.
    mutating func prepare(
        _ command: BatchCommand,
        _ configuration: Configuration,
        _ environment: [String: String]
    ) async throws {
        if command.running.keepGoing { plan.keepsGoing = true }
        let hosts = try command.powers.insecure.hosts()
        let surroundings = Surroundings(environment: environment)
        var notices: [String] = []
        var trees = KnownWorkTrees()
        for place in plan.nodes.indices {
            let name = plan.nodes[place].name
            configuration.restrict(&plan.nodes[place].request)
            notices += plan.nodes[place].request.leaveOutUnsetSecrets(environment).map { "\(name): \($0)" }
            if let address = builds.dockerfiles[name] {
                plan.nodes[place].request.dockerfile = try await .fetched(from: address, environment: environment)
            }
            try SupplyChainOptions.applyDefaults(to: &plan.nodes[place].request, environment)
            plan.nodes[place].request.masksSecrets = !command.powers.noMask
            plan.nodes[place].request.insecureRegistries = hosts
            plan.nodes[place].request.id = BuildID()
            plan.nodes[place].request.allowDeletion()
            Self.setDetail(of: &plan.nodes[place].request, by: command, environment)
            if plan.nodes[place].question == nil {
                try await plan.nodes[place].request.describeSource(asSaidBy: environment, &trees)
            } else {
                try unlink(place, environment)
            }
        }
        var prepared = plan
        try collecting { place, node throws(BuildError) in
            let build = try CaissonPreparation.prepare(node.request, in: surroundings)
            prepared.nodes[place].request = build.request
            notices += build.notices.map { "\(node.name): \($0.text(\.manifestWord))" }
        }
        plan = prepared
        warnings = notices
    }

    /// Leaves only some targets and what they are built from; with no names all stay.
    mutating func narrow(to names: [String]) throws(BuildError) {
        guard !names.isEmpty else { return }
        let nodes = Dictionary(plan.nodes.map { ($0.name, $0) }) { first, _ in first }
        var (needed, rest): (Set<String>, [String]) = ([], names)
        while let name = rest.popLast() {
            guard let node = nodes[name] else {
                throw BuildError(.usage, "the definition has no target \(name.quoted) any more")
            }
            guard needed.insert(name).inserted else { continue }
            rest += node.sources.union(node.dependencies.map(\.node)).filter { nodes[$0] != nil }
        }
        plan.nodes.removeAll { !needed.contains($0.name) }
        plan.publishedTogether = plan.publishedTogether.mapValues { $0.intersection(needed) }.filter {
            !$0.value.isEmpty
        }
    }

    /// Lets a target that is only asked about do without the results of others.
    private mutating func unlink(_ place: Int, _ environment: [String: String]) throws(BuildError) {
        for (name, context) in plan.nodes[place].request.contexts {
            guard case .target = context else { continue }
            if nothing == nil { nothing = try EmptyDirectory(environment) }
            guard let directory = nothing else { continue }
            plan.nodes[place].request.contexts[name] = .directory(directory.path)
        }
    }

    /// Keeps the engine's warnings for the metadata, where buildx's variable says so.
    mutating func keep(_ found: [VertexWarning], asSaidBy environment: [String: String]) {
        if GoBoolean.parse(environment["BUILDX_METADATA_WARNINGS"] ?? "") == true { warningsKept = found }
    }

    /// Looks at each build; everything that is wrong with any of them is told at once.
    private func collecting(_ look: (_ place: Int, BuildPlan.Node) throws(BuildError) -> Void) throws {
        var errors: [BuildError] = []
        for (place, node) in plan.nodes.enumerated() {
            do throws(BuildError) {
                try look(place, node)
            } catch {
                var named = error
                if plan.nodes.count > 1 { named.wording = "\(node.name): \(message: error.wording)" }
                errors.append(named)
            }
        }
        guard let first = errors.first else { return }
        let texts = errors.map { ErrorText.of($0.spelled(\.manifestWord)) }
        throw ReportedError(error: first, report: texts.joined())
    }
}

extension BuildRequest {
    /// Lets outputs with `mode=delete` remove files: the user has been asked whether they may.
    fileprivate mutating func allowDeletion() {
        guard exports.contains(where: \.isMirror), !entitlements.contains(where: \.allowsDeletion),
            let power = try? Entitlement(parsing: "buildx.local.delete")
        else { return }
        entitlements.append(power)
    }

    /// Leaves out secrets whose variables aren't set, and tells of each.
    ///
    /// Definitions name tokens that only some machines have; a step that can do without one is built, as with docker
    /// buildx bake.
    ///
    /// A template can't do without what is filled in.
    fileprivate mutating func leaveOutUnsetSecrets(_ environment: [String: String]) -> [String] {
        var notices: [String] = []
        var filledIn: Set<String> = []
        for case .template(_, let ids) in secrets.map(\.source) { filledIn.formUnion(ids) }
        secrets.removeAll { secret in
            guard case .environment(let name) = secret.source, environment[name] == nil, !filledIn.contains(secret.id)
            else { return false }
            notices.append("the secret \(secret.id.quoted) is left out: the environment has no \(name)")
            return true
        }
        return notices
    }
}
