import CaissonBuildModel

/// Images that get their tags together: pushed by digest alone at first, and tagged when all of a group are built.
///
/// ```
/// app ─▶ push by digest ─┐
///                        ├─▶ all ended well? ─▶ set the tags of app and db
/// db  ─▶ push by digest ─┘                └no─▶ set none, and say so
/// ```
struct JointPublication: Sendable {
    /// The nodes of each group.
    private let groups: [String: Set<String>]
    /// The tags that the nodes are to get; none for one that pushes nothing.
    private var tags: [String: [ImageReference]] = [:]
    /// The registries that may be spoken to without TLS, by the name of the node that says so.
    private var insecureRegistries: [String: Set<String>] = [:]

    /// Changes the nodes of a plan so that they push by digest alone.
    ///
    /// - Throws: `BuildError` with code `usage` where a node would push and has no tag.
    init(_ plan: inout BuildPlan) throws(BuildError) {
        groups = plan.publishedTogether
        let names = Dictionary(groups.flatMap { group, nodes in nodes.map { ($0, group) } }) { first, _ in first }
        for place in plan.nodes.indices {
            let node = plan.nodes[place]
            guard let group = names[node.name], node.question == nil else { continue }
            plan.nodes[place].request = try withhold(node, group)
        }
    }

    private mutating func withhold(_ node: BuildPlan.Node, _ group: String) throws(BuildError) -> BuildRequest {
        var request = node.request
        request.exports = []
        request.tags = []
        for export in node.request.exports {
            guard case .image(let attributes, isPushed: true) = export, !attributes.pushesByDigest else {
                request.exports.append(export.named(node.request.tags))
                continue
            }
            let names = try Self.names(attributes, node.request)
            guard !names.isEmpty else {
                throw BuildError(
                    .usage,
                    "\(node.name) is published together with others as \(group) and has no tag to get"
                )
            }
            tags[node.name, default: []] += names.filter { tags[node.name]?.contains($0) != true }
            insecureRegistries[node.name] = node.request.insecureRegistries
            if attributes.isInsecure == true {
                insecureRegistries[node.name]?.formUnion(names.map { $0.domain.lowercased() })
            }
            request.exports.append(.image(attributes: Self.withoutTags(attributes, names), isPushed: true))
        }
        return tags[node.name] == nil ? node.request : request
    }

    private static func names(
        _ attributes: ExportAttributes,
        _ request: BuildRequest
    ) throws(BuildError) -> [ImageReference] {
        do {
            return request.tags.isEmpty ? try attributes.names() : request.tags
        } catch {
            throw BuildError(error)
        }
    }

    private static func withoutTags(_ attributes: ExportAttributes, _ names: [ImageReference]) -> ExportAttributes {
        var repositories: [String] = []
        for name in names {
            let repository = "\(name.domain)/\(name.path)"
            if !repositories.contains(repository) { repositories.append(repository) }
        }
        var attributes = attributes
        attributes["name"] = repositories.joined(separator: ",")
        attributes.pushesByDigest = true
        return attributes
    }

    /// Whether a node's tags wait for others.
    func concerns(_ node: String) -> Bool { tags[node] != nil }

    /// The groups that tags are to be set of.
    var groupsToTag: [String] {
        groups.filter { $0.value.contains(where: concerns) }.keys.sorted()
    }

    /// What is to be published as a node has ended well; nil where nothing is, or others of its group haven't ended well.
    func due(_ node: String, _ outcomes: [String: PlanReport.Node]) throws(BuildError) -> [Publication]? {
        guard let group = groups.first(where: { $0.value.contains(node) }) else { return nil }
        var publications: [Publication] = []
        for member in group.value.sorted() {
            switch outcomes[member]?.outcome {
            case .answered: continue
            case .succeeded(let result):
                guard let tags = tags[member] else { continue }
                guard let digest = result.digest else {
                    throw BuildError(.engine, "the engine doesn't tell the digest of what it pushed for \(member)")
                }
                let insecure = insecureRegistries[member] ?? []
                publications.append(Publication(node: member, digest: digest, tags: tags, insecureRegistries: insecure))
            default: return nil
            }
        }
        return publications.isEmpty ? nil : publications
    }

    /// The nodes that were built and got no tags, as another of their group wasn't: each with the other.
    func withheld(_ outcomes: [String: PlanReport.Node]) -> [(node: String, cause: String)] {
        var found: [(String, String)] = []
        for (_, members) in groups.sorted(by: { $0.key < $1.key }) {
            let built = members.filter { outcomes[$0]?.outcome.isWell == true }
            let others = members.subtracting(built).sorted()
            let failed = others.first { if case .failed? = outcomes[$0]?.outcome { true } else { false } }
            guard let cause = failed ?? others.first else { continue }
            found += built.filter { tags[$0] != nil }.sorted().map { ($0, cause) }
        }
        return found
    }
}

extension ExportSpec {
    /// The same with the names in its own attributes, for a request that no longer has them.
    fileprivate func named(_ tags: [ImageReference]) -> ExportSpec {
        guard !tags.isEmpty else { return self }
        func named(_ attributes: ExportAttributes) -> ExportAttributes {
            var attributes = attributes
            attributes["name"] = tags.map(\.description).joined(separator: ",")
            return attributes
        }
        return switch self {
        case .image(let attributes, let isPushed): .image(attributes: named(attributes), isPushed: isPushed)
        case .oci(let file, let attributes): .oci(file, attributes: named(attributes))
        case .docker(let file, let attributes): .docker(file, attributes: named(attributes))
        case .local, .tar, .cacheOnly: self
        }
    }
}

extension PlanReport.Outcome {
    /// Whether it is what was wanted.
    var isWell: Bool {
        switch self {
        case .succeeded, .answered: true
        case .failed, .skipped, .cancelled: false
        }
    }
}
