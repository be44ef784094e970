import CaissonJSON
import CaissonText

extension BuildSubmission {
    /// What is to be kept of a request: all of it that people ask about later, without values of secrets.
    public init(_ request: BuildRequest, _ id: BuildID, _ job: Job, at time: Timestamp) {
        self.init(id, job, at: time)
        images = request.tags.map(\.familiar)
        context = ConfidentialName.withoutValues(in: request.context.description)
        dockerfile = request.dockerfile.recorded
        target = request.target
        platforms = request.platforms.map(\.description)
        revision = request.revision
        revision?.source = request.revision?.source.map(ConfidentialName.withoutValues)
        keepsOutput = request.masksSecrets || (request.secrets.isEmpty && request.confidentialArguments.isEmpty)
        self.request = .object(request.recorded)
    }

    /// Takes over what a plan says of a node beside the build.
    public mutating func note(_ node: BuildPlan.Node) {
        name = node.name
        owner = node.policy.owner
        project = node.policy.project
        group = node.policy.group
        priority = node.policy.priority
        needs = node.policy.needs
        dependencies = Set(node.dependencies.map(\.node)).union(node.sources).sorted()
    }
}

extension BuildSubmission.Invocation {
    /// Keeps a command line without what looks like a secret in it.
    ///
    /// - Parameter obstacle: Why it can't be asked for again, if that is known.
    public init(withoutSecrets arguments: [String], in directory: String, obstacle: String? = nil) {
        let kept = arguments.map { ConfidentialName.withoutValues(in: $0) }
        let isWhole = kept == arguments
        self.init(
            kept,
            in: directory,
            obstacle: obstacle ?? (isWhole ? nil : "what looks like a secret in its command line isn't kept")
        )
    }
}

extension DockerfileSource {
    fileprivate var recorded: String? {
        switch self {
        case .inContext(let name): name
        case .file(let path): path
        case .text: nil
        }
    }
}

extension BuildRequest {
    /// The parts of the request that have no place of their own in a record.
    fileprivate var recorded: [JSONMember] {
        var members: [JSONMember] = []
        func add(_ name: String, _ values: [String]) {
            guard !values.isEmpty else { return }
            members.append(JSONMember(name, .array(values.map { .string($0) })))
        }
        func add(_ name: String, _ values: [String: String]) {
            guard !values.isEmpty else { return }
            let shown = values.sorted { $0.key < $1.key }.map { name, value in
                JSONMember(
                    name,
                    .string(ConfidentialName.matches(name) ? "***" : ConfidentialName.withoutPasswords(in: value))
                )
            }
            members.append(JSONMember(name, .object(shown)))
        }
        add("args", buildArgs)
        add("labels", labels)
        add("contexts", contexts.mapValues { ConfidentialName.withoutValues(in: $0.description) })
        add("secrets", secrets.map(\.id).sorted())
        add("ssh", ssh.map(\.id).sorted())
        add("outputs", exports.map { ConfidentialName.withoutValues(in: $0.description) })
        add("cache-from", caches.sources.map { ConfidentialName.withoutValues(in: $0.description) })
        add("cache-to", caches.destinations.map { ConfidentialName.withoutValues(in: $0.description) })
        add("allow", entitlements.map(\.description))
        switch noCache {
        case .off: break
        case .all: members.append(JSONMember("no-cache", .bool(true)))
        case .stages(let stages): add("no-cache-filter", stages)
        }
        if pull { members.append(JSONMember("pull", .bool(true))) }
        if let network { members.append(JSONMember("network", .string(network.description))) }
        return members
    }
}
