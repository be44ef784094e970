import CaissonBuildModel
import CaissonText

/// Makes the build that a target asks for.
///
/// Everything that can't be understood is told at once.
struct TargetRequest {
    private let target: BakeTarget
    private let base: BatchBase
    private(set) var problems: [String] = []
    private(set) var warnings: [String] = []

    init(_ target: BakeTarget, _ base: BatchBase) {
        self.target = target
        self.base = base
    }

    /// The build; incomplete where there are problems.
    mutating func request() -> BuildRequest {
        let context = context()
        var request = BuildRequest(context: context, dockerfile: dockerfile(for: context))
        setImage(&request)
        setSteps(&request)
        setLimits(&request)
        setResults(&request)
        return request
    }

    // MARK: Reading values

    func text(_ key: BakeKey) -> String? {
        target.values[key]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    func texts(_ key: BakeKey) -> [String] { target.values[key]?.texts ?? [] }

    func entries(_ key: BakeKey) -> [BakeEntry] { target.values[key]?.entries ?? [] }

    /// The names with a value; null leaves something at its default.
    func pairs(_ key: BakeKey) -> [String: String] { (target.values[key]?.pairs ?? [:]).compactMapValues { $0 } }

    /// What `parse` makes of a value; nil, and a problem, where it makes nothing.
    mutating func parsed<Value>(_ key: BakeKey, _ parse: () throws(ParseError) -> Value) -> Value? {
        do throws(ParseError) {
            return try parse()
        } catch {
            problems.append("\(key.rawValue): \(error)")
            return nil
        }
    }

    /// What `parse` makes of each text.
    mutating func each<Value>(
        _ key: BakeKey,
        _ texts: [String],
        _ parse: (String) throws(ParseError) -> Value
    ) -> [Value] {
        texts.compactMap { text in parsed(key) { () throws(ParseError) in try parse(text) } }
    }

    // MARK: Sources

    private mutating func context() -> ContextSource {
        let path = text(.context) ?? "."
        checkReachable(path, .context)
        if let remote = base.remote(path) { return .remote(remote) }
        let local = base.local(path)
        let source = parsed(.context) { () throws(ParseError) in try ContextSource(parsing: local) }
        return source ?? .empty
    }

    private mutating func checkReachable(_ path: String, _ key: BakeKey) {
        guard base.isUnreachable(path) else { return }
        problems.append("\(key.rawValue): the directory \(path.quoted) of an archive can't be a context; write \".\"")
    }

    private func dockerfile(for context: ContextSource) -> DockerfileSource {
        if let text = text(.dockerfileInline) { return .text(Array(text.utf8)) }
        guard let name = text(.dockerfile) else { return .inContext(nil) }
        if let rest = name.rest(after: "cwd://") { return .file(ComposePaths.clean(rest)) }
        guard case .directory(let directory) = context else {
            return name.hasPrefix("/") ? .file(name) : .inContext(ComposePaths.clean(name))
        }
        return .file(name.hasPrefix("/") ? name : ComposePaths.joined(directory, name))
    }

    /// The address that the Dockerfile is at; nil where it is here or in the context.
    var dockerfileAddress: String? {
        guard text(.dockerfileInline) == nil, let name = text(.dockerfile) else { return nil }
        return name.hasPrefix("http://") || name.hasPrefix("https://") ? name : nil
    }

    private mutating func setContexts(_ request: inout BuildRequest) {
        for (name, value) in pairs(.contexts).sorted(by: { $0.key < $1.key }) {
            let isTarget = value.hasPrefix("target:")
            checkReachable(value, .contexts)
            let source = isTarget ? "." : base.remote(value) ?? base.local(value)
            let pair = parsed(.contexts) { () throws(ParseError) in try NamedContext.pair(parsing: "\(name)=\(source)")
            }
            guard let pair else { continue }
            request.contexts[pair.name] = value.rest(after: "target:").map { .target($0) } ?? pair.context
        }
    }

    // MARK: Image

    private mutating func setImage(_ request: inout BuildRequest) {
        setContexts(&request)
        request.buildArgs = pairs(.args)
        request.labels = pairs(.labels)
        request.target = text(.target)
        request.tags = each(.tags, texts(.tags)) { (text) throws(ParseError) in try ImageReference(parsing: text) }
        let platforms = texts(.platforms).joined(separator: ",")
        guard !platforms.isEmpty else { return }
        request.platforms =
            parsed(.platforms) { () throws(ParseError) in try Platform.list(parsing: platforms) } ?? []
    }

    private mutating func setSteps(_ request: inout BuildRequest) {
        request.pull = target.values[.pull]?.flag ?? false
        let stages = texts(.noCacheFilter)
        if target.values[.noCache]?.flag == true {
            // It covers the stages that may be named besides.
            request.noCache = .all
        } else if !stages.isEmpty {
            request.noCache =
                parsed(.noCacheFilter) { () throws(ParseError) in
                    try NoCache(parsing: stages.joined(separator: ","))
                } ?? .off
        }
        request.secrets = each(.secret, entries(.secret).map(\.record)) { (text) throws(ParseError) in
            try SecretSpec(parsing: text)
        }
        let own = Set(request.secrets.map(\.id))
        request.secrets += base.secrets(for: request.context).filter { !own.contains($0.id) }
        request.ssh = entries(.ssh).map { SSHSpec(id: $0.attributes["id"] ?? "default", paths: $0.paths) }
        if request.ssh.isEmpty, base.asksForAgent(request.context) { request.ssh = [SSHSpec(id: "default")] }
    }

    private mutating func setLimits(_ request: inout BuildRequest) {
        if let network = text(.network), network != "default" {
            request.network = parsed(.network) { () throws(ParseError) in try NetworkMode(parsing: network) }
        }
        // A host may have several addresses, with commas between them.
        let hosts = pairs(.extraHosts).sorted { $0.key < $1.key }.flatMap { name, addresses in
            addresses.pieces(at: ",").map { "\(name)=\($0)" }
        }
        request.extraHosts = each(.extraHosts, hosts, ExtraHost.init(parsing:))
        if let text = text(.shmSize) {
            let size = parsed(.shmSize) { () throws(ParseError) in try ByteSize(parsing: text) }
            request.shmSize = size.flatMap { $0.bytes > 0 ? $0.bytes : nil }
        }
        let limits = each(.ulimits, texts(.ulimits)) { (text) throws(ParseError) in try Ulimit(parsing: text) }
        // Of several of one name the last counts, as with docker.
        request.ulimits = limits.reduce(into: [:]) { $0[$1.name] = $1 }.values.sorted { $0.name < $1.name }
        let resources = pairs(.resources).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        for limits in each(.resources, resources.map { CommaFields.join([$0]) }, ResourceLimits.init(parsing:)) {
            request.resources.merge(limits)
        }
        request.entitlements = each(.entitlements, texts(.entitlements), Entitlement.init(parsing:))
    }

    // MARK: Results

    private mutating func setResults(_ request: inout BuildRequest) {
        request.exports = each(.output, entries(.output).map(\.record), ExportSpec.init(parsing:))
        request.caches.sources = each(.cacheFrom, entries(.cacheFrom).map(\.record)) { (text) throws(ParseError) in
            try CacheSpec.list(parsing: text, as: .source)
        }.flatMap(\.self)
        request.caches.destinations = each(.cacheTo, entries(.cacheTo).map(\.record)) { (text) throws(ParseError) in
            try CacheSpec.list(parsing: text, as: .destination)
        }.flatMap(\.self)
        request.attestations = each(.attest, entries(.attest).map(\.record), Attestation.init(parsing:))
        // What isn't wanted isn't made anyway, but for what the engine would make unasked.
        request.attestations.removeAll { $0.isDisabled && $0.kind != .provenance }
        if entries(.policy).contains(where: { !$0.paths.isEmpty }) {
            problems.append(
                "policy: policies in Rego can't be evaluated here, and building without them isn't meant; leave them out"
            )
        }
        annotate(&request)
    }

    private mutating func annotate(_ request: inout BuildRequest) {
        let notes = each(.annotations, texts(.annotations), Annotation.init(parsing:))
        guard !notes.isEmpty else { return }
        do throws(BuildError) {
            try request.annotate(notes)
        } catch {
            // docker-buildx says nothing, too; a target that is only linked has no image of its own to annotate.
            if !target.isLinked { warnings.append("the annotations have no effect: no output is an image") }
        }
    }
}

extension BakeEntry {
    /// The attributes as a flag has them: the type or name first, then the others by name.
    fileprivate var record: String {
        let first = ["type", "id"].compactMap { key in attributes[key].map { "\(key)=\($0)" } }
        let rest = attributes.filter { $0.key != "type" && $0.key != "id" }.sorted { $0.key < $1.key }
        return CommaFields.join(first + rest.map { "\($0.key)=\($0.value)" })
    }
}
