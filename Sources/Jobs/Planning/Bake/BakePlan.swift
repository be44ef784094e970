import CaissonBuildModel
package import CaissonHCL
import CaissonIgnoreFile
import CaissonText

/// What is built of a definition: each target with all that its file, its parents and the command line say.
package struct BakePlan: Sendable {
    /// The groups that were asked for and those within them; `default` holds what was named on the command line.
    package var groups: [String: BakeGroup]
    /// The targets, those included that are only linked.
    package var targets: [String: BakeTarget]
    /// What has no effect and is probably a mistake.
    package var warnings: [HCLDiagnostic] = []

    /// How deep JSON prints it: two levels of names.
    private static let epoch = "SOURCE_DATE_EPOCH"

    /// What can't be built of the targets, whatever their values are; see `checkTargets`.
    var faults: [HCLDiagnostic] = []
    /// Values that are texts of a form of their own and don't have it, as far as docker-buildx looks at them.
    private var unreadable: [HCLDiagnostic] = []

    /// Resolves what is asked for; without a name that is `default`.
    ///
    /// Throws everything that is wrong with it but for what `checkTargets` finds.
    package init(
        _ configuration: BakeConfiguration,
        names: [String] = [],
        flags: BakeFlags = BakeFlags(),
        inputs: BakeInputs
    ) throws(BakeError) {
        let problems = flags.problems
        guard problems.isEmpty else { throw BakeError(problems) }
        let isOff = flags.disablesPolicy
        let overrides = BakeOverrides(
            isOff ? flags.overrides.filter { !$0.hasPrefix("*.policy+=") } : flags.overrides,
            targets: configuration.targets,
            inputs: inputs
        )
        var resolver = BakeResolver(configuration, overrides)
        resolver.resolve(names.isEmpty ? ["default"] : names)
        guard resolver.problems.isEmpty else { throw BakeError(resolver.problems) }
        groups = resolver.groups
        targets = resolver.targets
        warnings = configuration.warnings + resolver.warnings
        finish(inputs, isPolicyOff: isOff)
    }

    /// Refuses targets that can't be printed.
    ///
    /// Throws everything that is wrong with them.
    package func checkTargets() throws(BakeError) {
        let problems = faults + unreadable
        guard problems.isEmpty else { throw BakeError(problems) }
    }

    private mutating func finish(_ inputs: BakeInputs, isPolicyOff: Bool) {
        for name in targets.keys.sorted() {
            guard var target = targets[name] else { continue }
            if isPolicyOff { target.values[.policy] = .entries([BakeEntry(["disabled": "true"])]) }
            if let epoch = inputs.environment[Self.epoch], !epoch.isEmpty { target.setDefault(Self.epoch, epoch) }
            faults += target.complete(isElsewhere: inputs.isElsewhere)
            unreadable += target.unreadable
            targets[name] = target
        }
    }
}

extension BakeTarget {
    /// Sets an argument that isn't set.
    fileprivate mutating func setDefault(_ argument: String, _ value: String) {
        var pairs = values[.args]?.pairs ?? [:]
        if pairs.keys.contains(argument) { return }
        pairs.updateValue(value, forKey: argument)
        values[.args] = .pairs(pairs)
    }

    /// Brings paths into their shortest form and fills in what outputs imply; tells what can't be built.
    ///
    /// A definition from elsewhere keeps the marks of contexts that are here.
    fileprivate mutating func complete(isElsewhere: Bool) -> [HCLDiagnostic] {
        var problems: [String] = []
        if values[.context]?.text == "-" { problems.append("context from stdin not allowed in bake") }
        if values[.dockerfile]?.text == "-" { problems.append("dockerfile from stdin not allowed in bake") }
        if let context = values[.context]?.text, !isElsewhere || !context.hasPrefix("cwd://") {
            values[.context] = .text(BakePath.cleaned(context))
        }
        var usesOutput = false
        values[.output] = values[.output]?.entries.map { .entries($0.map { $0.completed(&usesOutput, &problems) }) }
        return problems.map { HCLDiagnostic("Invalid target", "target \(name): \($0).", at: range) }
    }

    /// Values that are texts of a form of their own and don't have it.
    fileprivate var unreadable: [HCLDiagnostic] {
        var problems: [String] = []
        func check(_ texts: [String], _ read: (String) throws(ParseError) -> Void) {
            for text in texts {
                do throws(ParseError) { try read(text) } catch { problems.append(error.description) }
            }
        }
        let platforms = (values[.platforms]?.texts ?? []).flatMap { $0.pieces(at: ",") }
        problems += platforms.compactMap(BakePath.platformProblem)
        check((values[.shmSize]?.text).map { [$0] } ?? []) { text throws(ParseError) in _ = try ByteSize(parsing: text)
        }
        check(values[.ulimits]?.texts ?? []) { text throws(ParseError) in _ = try Ulimit(parsing: text) }
        check(values[.annotations]?.texts ?? []) { text throws(ParseError) in
            // A key may be empty here, as buildx lets it be.
            if text.hasPrefix("=") { return }
            _ = try Annotation(parsing: text)
        }
        return problems.map { HCLDiagnostic("Invalid target", "target \(name): \($0).", at: range) }
    }
}

extension BakeEntry {
    /// An output with the destination that its type implies.
    fileprivate func completed(_ usesOutput: inout Bool, _ problems: inout [String]) -> BakeEntry {
        var entry = self
        let type = attributes["type"] ?? ""
        let isArchive = ["oci", "docker"].contains(type) && GoBoolean.parse(attributes["tar"] ?? "") ?? true
        if type == "local" || (["oci", "docker"].contains(type) && !isArchive) {
            if attributes["dest"] == nil { problems.append("dest is required for the output type \(type)") }
            if attributes["dest"] == "-" { problems.append("dest cannot be stdout for the output type \(type)") }
        } else if type == "tar" || isArchive {
            if attributes["dest"] == nil, type != "docker" { entry.attributes["dest"] = "-" }
            guard entry.attributes["dest"] == "-" else { return entry }
            if usesOutput { problems.append("multiple outputs are configured to write to stdout") }
            usesOutput = true
        }
        return entry
    }
}

/// Paths of contexts, and names of platforms.
enum BakePath {
    /// The shortest form of a directory; an address stays as it is.
    static func cleaned(_ path: String) -> String {
        let local = path.hasPrefix("cwd://") ? String(Substring(path.utf8.dropFirst("cwd://".utf8.count))) : path
        if local == path, isAddress(path) { return path }
        return String(decoding: cleanedPath(Array(local.utf8)[...]), as: UTF8.self)
    }

    /// Whether it is a directory that is named from somewhere: neither an address nor marked as anything else.
    static func isRelative(_ path: String) -> Bool {
        let marks = ["cwd://", "target:", "docker-image:", "oci-layout:", "/"]
        return !marks.contains(where: path.hasPrefix) && !isAddress(path)
    }

    /// Whether it is an http(s) or git address.
    static func isAddress(_ path: String) -> Bool {
        let schemes = ["http://", "https://", "git://", "ssh://"]
        if schemes.contains(where: path.hasPrefix) { return true }
        guard !path.contains("://"), case .remote? = try? ContextSource(parsing: path) else { return false }
        return true
    }

    /// What is wrong with the form of a platform's name; which names there are is for the engine to say.
    static func platformProblem(_ text: String) -> String? {
        let parts = text.pieces(at: "/")
        let isFine = { (byte: UInt8) in byte.isAlphanumeric || [0x2D, 0x2E, 0x5F].contains(byte) }
        let names = [parts[0].cut(at: "(")?.head ?? parts[0]] + parts.dropFirst()
        if parts.count <= 3, names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isFine) }) { return nil }
        return "\(text.quoted) is no platform; write OS/ARCH or OS/ARCH/VARIANT, e.g. linux/arm64"
    }
}
