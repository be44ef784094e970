import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfile
import CaissonText

/// Build arguments and secrets that were given and that nothing in the Dockerfile uses, mostly for a slip of the pen.
///
/// Only a Dockerfile that is here, that can be read, and that BuildKit's own front end reads is looked at; one argument
/// may be for several Dockerfiles, so that this is no error.
enum UnusedInputs {
    /// What to tell of them, in the order of their names.
    static func notices(of request: BuildRequest) -> [FieldMessage] {
        guard !request.buildArgs.isEmpty || !request.secrets.isEmpty,
            let text = try? ResolvedDockerfile(request)?.text()
        else { return [] }
        let file = Dockerfile(parsing: text)
        let syntax = request.buildArgs["BUILDKIT_SYNTAX"] ?? file.directives.last { $0.name == "syntax" }?.value
        guard file.problems.isEmpty, !file.stages.isEmpty, TargetPrograms.isPlain(syntax) else { return [] }
        let instructions = file.instructions.flatMap { [$0] + $0.triggers }
        return arguments(request, instructions) + secrets(request, instructions)
    }

    // MARK: Build arguments

    /// What engines take without an ARG: proxies, and what tells them how to build.
    private static func isBuiltIn(_ name: String) -> Bool {
        let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"]
        let prefixes = ["BUILDKIT_", "CAISSON_SECRET_", "BUILDPLATFORM", "TARGETPLATFORM"]
        return proxies.contains(name.uppercased()) || name == "SOURCE_DATE_EPOCH"
            || prefixes.contains { name.hasPrefix($0) } || platformParts.contains(name)
    }

    private static let platformParts = Set(
        ["BUILD", "TARGET"].flatMap { side in
            ["OS", "OSVERSION", "ARCH", "VARIANT", "STAGE"].map { side + $0 }
        }
    )

    private static func arguments(_ request: BuildRequest, _ instructions: [Instruction]) -> [FieldMessage] {
        let declared = instructions.filter { $0.keyword == .arg }.flatMap(\.pairs).map(\.key.unquoted)
        return request.buildArgs.keys.sorted().compactMap { name in
            guard !declared.contains(name), !isBuiltIn(name) else { return nil }
            let near = nearest(to: name, among: declared).map { "; did you mean \($0)?" } ?? ""
            return "\(field: .buildArgs) \(name): no ARG of the Dockerfile takes it\(near)"
        }
    }

    // MARK: Secrets

    private static func secrets(_ request: BuildRequest, _ instructions: [Instruction]) -> [FieldMessage] {
        let mounted = instructions.flatMap(\.mounts).compactMap(\.secretID)
        // A variable may stand for any of them.
        guard !mounted.contains(where: { $0.contains("$") }) else { return [] }
        return Set(request.secrets.map(\.id)).sorted().compactMap { id in
            guard !mounted.contains(id), !isEngines(id) else { return nil }
            let near = nearest(to: id, among: mounted).map { "; did you mean \($0)?" } ?? ""
            return "\(field: .secrets) id=\(id): no step of the Dockerfile mounts it\(near)"
        }
    }

    /// Secrets that engines look up themselves, for sources that they fetch (moby/buildkit source/git, source/http).
    private static func isEngines(_ id: String) -> Bool {
        ["GIT_AUTH_TOKEN", "GIT_AUTH_HEADER", "HTTP_AUTH_TOKEN", "HTTP_AUTH_HEADER"].contains { id.hasPrefix($0) }
    }
}
