import CaissonSystem
import CaissonText
import CaissonDockerfile
import ArgumentParser
import CaissonBuildModel

/// What a build may use, and what is stated about it.
struct SupplyChainOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A source that the Dockerfile may name: a directory, git or http(s) address, docker-image:// or oci-layout://. "
                + "Repeatable.",
            valueName: "name=source"
        )
    )
    var buildContext: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A power that steps may use: network.host, security.insecure or device; or buildx.local.delete for outputs. "
                + "Repeatable.",
            valueName: "power"
        )
    )
    var allow: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A statement to keep beside the image: type=provenance|sbom[,KEY=VALUE…]. Repeatable.",
            valueName: "statement"
        )
    )
    var attest: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep how the image was built: true, false or mode=min|max.", valueName: "parameters")
    )
    var provenance: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep what is in the image: true, false or generator=IMAGE.", valueName: "parameters")
    )
    var sbom: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Which sources the build may use: a file of BuildKit's JSON rules.", valueName: "file")
    )
    var sourcePolicyFile: String?

    /// Puts the options into a request.
    func apply(to request: inout BuildRequest, environment: [String: String]) throws(BuildError) {
        for text in buildContext where !text.isEmpty {
            let (name, context) = try FlagValue.of("--build-context") { () throws(ParseError) in
                try NamedContext.pair(parsing: text)
            }
            request.contexts[name] = context
        }
        request.entitlements = try FlagValue.each("--allow", allow.filter { !$0.isEmpty }) {
            (text) throws(ParseError) in
            try Entitlement(parsing: text)
        }
        request.attestations = try FlagValue.each("--attest", attest) { (text) throws(ParseError) in
            try Attestation(parsing: text)
        }
        for (kind, value) in [(Attestation.Kind.provenance, provenance), (.sbom, sbom)] {
            guard let value, !value.isEmpty else { continue }
            let attestation = try FlagValue.of("--\(kind.rawValue)") { () throws(ParseError) in
                try Attestation(parsing: value, kind: kind)
            }
            request.attestations.append(attestation)
        }
        // What isn't wanted isn't made anyway, but for what the engine would make unasked.
        request.attestations.removeAll { $0.isDisabled && $0.kind != .provenance }
        try Self.applyDefaults(to: &request, environment)
        if let sourcePolicyFile { request.sourcePolicy = try Self.policy(sourcePolicyFile) }
    }

    /// Puts what buildx's variables say of all builds into a request.
    static func applyDefaults(to request: inout BuildRequest, _ environment: [String: String]) throws(BuildError) {
        try leaveOutProvenance(of: &request, environment)
        let preset = environment["EXPERIMENTAL_BUILDKIT_SOURCE_POLICY"] ?? ""
        if !preset.isEmpty { request.sourcePolicy = try policy(preset) }
        if request.exports.isEmpty, GoBoolean.parse(environment["BUILDX_NO_DEFAULT_LOAD"] ?? "") == true {
            request.exports = [.cacheOnly]
        }
    }

    /// Leaves out the provenance that nobody asked for where buildx's variable says so (docker/buildx build/opt.go).
    private static func leaveOutProvenance(
        of request: inout BuildRequest,
        _ environment: [String: String]
    ) throws(BuildError) {
        let name = "BUILDX_NO_DEFAULT_ATTESTATIONS"
        let word = environment[name] ?? ""
        guard !word.isEmpty else { return }
        guard let isLeftOut = GoBoolean.parse(word) else {
            throw BuildError(.usage, "\(name)=\(word.quoted) is neither true nor false")
        }
        guard isLeftOut, !request.attestations.contains(where: { $0.kind == .provenance }) else { return }
        request.attestations.append(Attestation(kind: .provenance, isDisabled: true))
    }

    private static func policy(_ path: String) throws(BuildError) -> [UInt8] {
        do {
            return try BoundedFile.read(path)
        } catch {
            throw BuildError(.usage, "can't read the source policy \(path.quoted): \(error.errno)")
        }
    }
}
