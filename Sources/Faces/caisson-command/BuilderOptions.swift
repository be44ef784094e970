import ArgumentParser
import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonEngines
import CaissonReporting
import CaissonSystem
import CaissonText
import Glibc

/// Which engine a build runs on, and how.
struct BuilderOptions: ParsableArguments {
    @OptionGroup var named: NamedEngine

    @Flag(
        help: "Build with dockerd's deprecated builder from before BuildKit, which has no cache mounts and no secrets."
    )
    var classic = false
}

/// An engine by its address or its name.
struct NamedEngine: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The engine's address: unix://PATH or tcp://HOST:PORT.", valueName: "address")
    )
    var addr: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The engine's name, as 'caisson builder ls' shows it.", valueName: "name")
    )
    var builder: String?

    /// The engine that is meant; nothing given leaves the choice to the environment.
    var selection: EngineSelection { EngineSelection(address: addr, builder: builder) }

    func validate() throws {
        if addr != nil, builder != nil {
            throw ValidationError("--addr and --builder both name an engine; give one of them")
        }
        if addr == "" { throw ValidationError("--addr needs an address, such as unix:///var/run/docker.sock") }
        if builder == "" { throw ValidationError("--builder needs a name; 'caisson builder ls' lists them") }
    }
}

/// What is shown while a build runs.
struct ProgressOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How to show progress: auto, tty, plain, quiet, rawjson or none.", valueName: "mode")
    )
    var progress: String?

    @Flag(name: [.customShort("q"), .long], help: "Show nothing but the image's id at the end.")
    var quiet = false

    /// The mode, by the flags, else by `BUILDKIT_PROGRESS`.
    func mode(environment: [String: String]) throws(BuildError) -> ProgressMode {
        let preset = environment["BUILDKIT_PROGRESS"] ?? ""
        let text = progress ?? (quiet || preset.isEmpty ? "auto" : preset)
        guard let mode = ProgressMode(rawValue: text) else {
            let names = ProgressMode.allCases.map(\.rawValue)
            let hint = nearest(to: text, among: names).map { " (did you mean \($0)?)" } ?? ""
            let flag = progress == nil ? "BUILDKIT_PROGRESS" : "--progress"
            throw BuildError(
                .usage,
                "\(flag): unknown mode \(text.quoted)\(hint); expected \(names.joined(separator: ", "))"
            )
        }
        guard quiet else { return mode }
        guard mode == .auto || mode == .quiet else {
            throw BuildError(.usage, "--progress \(text) and --quiet can't be used together; leave one out")
        }
        return .quiet
    }
}

/// A node as `--node` describes it: an address, then fields.
struct NodeSpec {
    private var address: String
    private var name: String?
    private var platforms: [Platform] = []
    private var labels: [String: String] = [:]
    private var files: [String: String] = [:]

    /// Reads `ADDRESS[,KEY=VALUE…]`.
    init(parsing text: String) throws(BuildError) {
        guard let fields = CommaFields.parse(text) else {
            throw BuildError(.usage, "--node: the quotes in \(text.quoted) are wrong")
        }
        address = fields.first ?? ""
        for field in fields.dropFirst() {
            let pair = field.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else {
                throw BuildError(.usage, "--node: \(field.quoted) is no KEY=VALUE")
            }
            try take(pair[0], pair[1])
        }
    }

    private mutating func take(_ key: String, _ value: String) throws(BuildError) {
        switch key {
        case "name": name = value
        case "platform":
            platforms += try FlagValue.of("--node … platform=") { () throws(ParseError) in
                try Platform.list(parsing: value.split(separator: "+").joined(separator: ","))
            }
        case "cacert", "cert", "key": files[key] = value
        case let label where label.hasPrefix("label.") && label.count > 6: labels[String(label.dropFirst(6))] = value
        default:
            throw BuildError(
                .usage,
                "--node: unknown field \(key.quoted); known are name, platform, label.KEY, cacert, cert and key"
            )
        }
    }

    /// The node; its files by their absolute paths.
    func node(name: String, directory: String) throws(BuildError) -> BuilderNode {
        try readingNode {
            var node = try BuilderNode(name: self.name ?? name, address: address, platforms: platforms, labels: labels)
            try BuilderRecord.checkName(node.name)
            guard (files["cert"] == nil) == (files["key"] == nil) else {
                throw BuildError(.usage, "--node \(address): cert= and key= go together")
            }
            node.authority = try file("cacert", directory)
            node.certificate = try file("cert", directory)
            node.key = try file("key", directory)
            return node
        }
    }

    private func file(_ key: String, _ directory: String) throws(BuildError) -> String? {
        guard let path = files[key] else { return nil }
        let absolute = path.hasPrefix("/") ? path : directory + "/" + path
        if let reason = PathFacts.refusal(of: absolute, R_OK) {
            throw BuildError(.usage, "--node \(address): \(key)=\(path) can't be read: \(reason)")
        }
        return absolute
    }
}

/// Makes a node of what was given; what fails of it is the command's failure.
func readingNode(_ body: () throws -> BuilderNode) throws(BuildError) -> BuilderNode {
    do {
        return try body()
    } catch let error as EngineError {
        throw BuildError(error)
    } catch let error as BuildError {
        throw error
    } catch {
        throw BuildError(.usage, "\(error)")
    }
}
