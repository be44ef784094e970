import CaissonSystem
import FoundationEssentials
import Glibc

/// The named builders of a user: a file each under `builders/` in the state directory, and one with the name of that in
/// use.
package struct BuilderStore: Sendable {
    /// The directory.
    let directory: String
    /// Buildx's, which are taken where we have none of the name.
    let buildx: BuildxBuilders
    private let variables: [String: String]

    /// The store in the state directory that the environment says.
    package init(variables: [String: String], home: String, userID: UInt32 = geteuid()) throws(EngineError) {
        let state = try EngineError.reworded { () throws(SystemError) in
            try StateDirectory.path(variables: variables, home: home, userID: userID)
        }
        directory = state + "/builders"
        self.variables = variables
        var environment = DiscoveryEnvironment.ofThisProcess(variables: variables)
        environment.home = home
        buildx = BuildxBuilders(environment: environment)
    }

    /// The lock under which a container is made and started.
    package func lock(ofContainer name: String) -> String { directory + "/" + name + ".lock" }

    /// The configuration that docker buildx gives to each buildkitd of its own that has none.
    package var defaultConfiguration: String { buildx.directory + "/buildkitd.default.toml" }

    private static let ending = ".json"
    private var currentFile: String { directory + "/current" }
    private func file(_ name: String) -> String { directory + "/" + name + Self.ending }

    /// All builders, by name.
    ///
    /// - Throws: `EngineError` with code `configuration` for a file that can't be understood.
    package func all() throws(EngineError) -> [BuilderRecord] {
        var found: [BuilderRecord] = []
        for name in names() {
            if let builder = try read(name) { found.append(builder) }
        }
        return found
    }

    /// All builders, ours by name and then those of buildx whose names we don't have; what can't be read of buildx's is left
    /// to buildx.
    package func everywhere() throws(EngineError) -> [BuilderRecord] {
        var found = try all()
        let own = Set(found.map(\.name))
        for name in buildx.names() where !own.contains(name) {
            guard let builder = try? buildx.read(name) else { continue }
            found.append(builder)
        }
        return found
    }

    /// The names of all builders, sorted.
    package func names() -> [String] {
        DirectoryNames.sorted(in: directory, limit: 1024) { name in
            guard name.hasSuffix(Self.ending) else { return false }
            return (try? BuilderRecord.checkName(String(name.dropLast(Self.ending.count)))) != nil
        }.map { String($0.dropLast(Self.ending.count)) }.sorted()
    }

    /// The builder of that name; nil where there is none.
    package func read(_ name: String) throws(EngineError) -> BuilderRecord? {
        guard (try? BuilderRecord.checkName(name)) != nil, let content = try content(file(name)) else { return nil }
        guard let builder = try? JSONDecoder().decode(BuilderRecord.self, from: Data(content)), !builder.nodes.isEmpty
        else {
            throw EngineError(
                .configuration,
                "\(file(name)) is no builder's record; remove it with ‘caisson builder rm \(name)’ and create it again"
            )
        }
        return builder
    }

    /// The builder of that name, ours or buildx's; nil where there is none.
    package func find(_ name: String) throws(EngineError) -> BuilderRecord? {
        if let own = try read(name) { return own }
        return try buildx.read(name)
    }

    /// The builder that a selection means: the one it names, or the one in use where nothing else is named.
    package func selected(name: String?, address: String? = nil) throws(EngineError) -> BuilderRecord? {
        if let name { return try find(name) }
        guard address == nil, let name = try inUse() else { return nil }
        return try find(name)
    }

    /// The name of the builder in use; nil where none was chosen or it is gone.
    package func current() throws(EngineError) -> String? {
        guard let content = try content(currentFile) else { return nil }
        let name = String(decoding: content.prefix { $0 != 0x0a }, as: UTF8.self)
        guard (try? BuilderRecord.checkName(name)) != nil else { return nil }
        return access(file(name), F_OK) == 0 || buildx.names().contains(name) ? name : nil
    }

    /// The builder in use: the environment's, else ours, else the one that buildx uses; nil where the environment names an
    /// engine.
    package func inUse() throws(EngineError) -> String? {
        func isSet(_ names: String...) -> Bool { names.contains { !(variables[$0] ?? "").isEmpty } }
        guard !isSet("CAISSON_HOST") else { return nil }
        if let name = variables["BUILDX_BUILDER"], !name.isEmpty {
            // What is no builder's name is a docker context's, or one that discovery refuses.
            return (try? BuilderRecord.checkName(name)) == nil ? nil : name
        }
        guard !isSet("BUILDKIT_HOST") else { return nil }
        if !isSet("DOCKER_HOST", "DOCKER_CONTEXT") {
            if let name = try current() { return name }
            guard !isSet("CONTAINER_HOST") else { return nil }
        }
        return try buildx.current()
    }

    /// Writes a builder, over one of the same name.
    package func write(_ builder: BuilderRecord) throws(EngineError) {
        try BuilderRecord.checkName(builder.name)
        try prepare()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let content = try? encoder.encode(builder) else {
            throw EngineError(.system, "the builder “\(builder.name)” can't be encoded")
        }
        try replace(file(builder.name), with: Array(content) + [0x0a])
    }

    /// Takes a builder into use; nil goes back to the environment's own choice.
    package func use(_ name: String?) throws(EngineError) {
        guard let name else {
            unlink(currentFile)
            return
        }
        try prepare()
        try replace(currentFile, with: Array((name + "\n").utf8))
    }

    /// Removes a builder; false where there was none.
    ///
    /// - Throws: `EngineError` with code `badAddress` for one of buildx's, which only buildx removes.
    package func remove(_ name: String) throws(EngineError) -> Bool {
        try BuilderRecord.checkName(name)
        guard access(file(name), F_OK) == 0 || !buildx.names().contains(name) else {
            throw EngineError(
                .badAddress,
                "the builder “\(name)” is docker buildx's, in \(buildx.directory); remove it with ‘docker buildx rm \(name)’"
            )
        }
        let isCurrent = try current() == name
        guard unlink(file(name)) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw EngineError(.system, "\(file(name)) can't be removed: \(String(cString: strerror(errno)))")
            }
            return false
        }
        if isCurrent { unlink(currentFile) }
        return true
    }

    private func prepare() throws(EngineError) {
        var path = ""
        for part in directory.split(separator: "/") {
            path += "/" + part
            // The private engine's own check of the state directory wants it closed to others.
            guard mkdir(path, 0o700) != 0, errno != EEXIST else { continue }
            let code = errno
            guard access(path, F_OK) != 0 else { continue }
            throw EngineError(.system, "\(path) can't be made: \(String(cString: strerror(code)))")
        }
    }

    private func replace(_ path: String, with content: [UInt8]) throws(EngineError) {
        try EngineError.reworded { () throws(SystemError) in try AtomicFile.replace(path, with: content) }
    }

    private func content(_ path: String) throws(EngineError) -> [UInt8]? {
        do {
            return try BoundedFile.read(path, limit: 1 << 20)
        } catch .missing {
            return nil
        } catch {
            throw EngineError(.configuration, "\(path) \(error.explanation)")
        }
    }
}
