import CaissonText

/// The environment variables that docker, buildx and BuildKit document: what each does here.
///
/// None is passed over in silence: it is honoured, or a build warns once that it isn't. `Documentation/environment.md` has both tables.
package enum PeerVariables {
    /// What becomes of a variable.
    package enum Standing: Equatable {
        /// It does what it does there.
        case honoured(String)
        /// It does nothing, and what does instead; one that is off asks for nothing.
        case unused(String)
        /// It is a build argument's name, which counts where it is given as one.
        case argument
    }

    /// The standing of a variable; nil for one that isn't the peers'.
    package static func standing(of name: String) -> Standing? {
        if let meaning = honoured[name] { return .honoured(meaning) }
        if let advice = unused.first(where: { $0.names.contains(name) })?.advice { return .unused(advice) }
        return arguments.contains(name) ? .argument : nil
    }

    /// The variables that do here what they do there.
    package static let honoured = [
        "BAKE_ALLOW_REMOTE_FS_ACCESS": "a definition of a batch that is elsewhere may read and write everywhere here",
        "BUILDKIT_COLORS": "the colours of the progress",
        "BUILDKIT_DOCKERFILE_CHECK":
            "what the checks of a Dockerfile skip, and whether they fail (lint, and as a build argument)",
        "BUILDKIT_HOST": "buildkitd's address",
        "BUILDKIT_NO_CLIENT_TOKEN": "leaves the fetching of registries' tokens to the engine",
        "BUILDKIT_PROGRESS": "how progress is shown",
        "BUILDKIT_TTY_LOG_LINES": "the lines of each step on a terminal",
        "BUILDX_BAKE_DISABLE_VARS_ENV_LOOKUP": "variables of a batch don't have their values from the environment",
        "BUILDX_BAKE_ENTITLEMENTS_FS": "`0` lets definitions of a batch read and write everywhere",
        "BUILDX_BAKE_FILE": "the definitions of a batch where `--file` isn't given",
        "BUILDX_BAKE_FILE_RELATIVE_PATHS": "contexts of a batch are relative to the file that names them",
        "BUILDX_BAKE_GIT_AUTH_HEADER": "the header for the git server of a definition",
        "BUILDX_BAKE_GIT_AUTH_TOKEN": "the token for the git server of a definition",
        "BUILDX_BAKE_GIT_SSH": "the keys or agent for the git server of a definition",
        "BUILDX_BAKE_PATH_SEPARATOR": "what stands between the names in `BUILDX_BAKE_FILE`",
        "BUILDX_BUILDER":
            "the builder: one of `caisson builder create` or of buildx, a docker context, `default` or an address",
        "BUILDX_CONFIG": "where buildx keeps its builders",
        "BUILDX_GIT_CHECK_DIRTY": "marks the revision of a changed work tree with `-dirty`",
        "BUILDX_GIT_INFO": "`0` leaves the repository and revision out of the provenance",
        "BUILDX_GIT_LABELS": "labels the image with its repository, revision and Dockerfile",
        "BUILDX_METADATA_PROVENANCE": "`min`, `max` or `disabled`: the provenance in `--metadata-file`",
        "BUILDX_METADATA_WARNINGS": "puts the warnings into `--metadata-file`",
        "BUILDX_NO_DEFAULT_ATTESTATIONS": "no provenance that isn't asked for",
        "BUILDX_NO_DEFAULT_LOAD": "a build without outputs leaves no image",
        "DOCKER_AUTH_CONFIG": "logins, as the `auths` of `config.json`",
        "DOCKER_CERT_PATH": "the directory of `DOCKER_HOST`'s TLS files",
        "DOCKER_CONFIG": "the directory of docker's configuration",
        "DOCKER_CONTEXT": "the docker context whose engine builds",
        "DOCKER_DEFAULT_PLATFORM": "the platforms where `--platform` isn't given",
        "DOCKER_HOST": "dockerd's address",
        "DOCKER_TLS": "TLS for `DOCKER_HOST`",
        "DOCKER_TLS_VERIFY": "TLS for `DOCKER_HOST`, and its certificate is checked",
        "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY": "the file of `--source-policy-file`",
        "NO_COLOR": "no colours",
        "SOURCE_DATE_EPOCH": "the time of the image and of its files",
    ]

    /// The variables that do nothing here, by what to do instead.
    package static let unused: [(names: [String], advice: String)] = [
        (["BUILDX_CPU_PROFILE", "BUILDX_MEM_PROFILE"], "no profiles are written"),
        (["BUILDX_DAP_USER_AGENT"], "there is no debugger here"),
        (["BUILDX_DEFAULT_POLICY"], "policies are BuildKit's JSON rules, given with --source-policy-file"),
        (["BUILDX_EXPERIMENTAL"], "no commands or flags are hidden here"),
        (["BUILDX_NO_DEFAULT_OCI_ARTIFACT"], "say oci-artifact=false in --output"),
        (["BUILDX_SEND_GIT_QUERY_AS_INPUT"], "the front end reads a git address's query itself"),
        (
            [
                "BUILDKIT_DEBUG", "BUILDKIT_SCHEDULER_DEBUG", "BUILDKIT_STEP_LOG_MAX_SIZE",
                "BUILDKIT_STEP_LOG_MAX_SPEED",
            ], "it is buildkitd's own; set it where that is started"
        ),
        (["DOCKER_API_VERSION"], "the engine's own version of its API is spoken; unset it"),
        (["DOCKER_BUILDKIT"], "BuildKit builds; --classic asks dockerd for its builder from before it"),
        (
            [
                "DOCKER_CONTENT_TRUST", "DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE",
                "DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE", "DOCKER_CONTENT_TRUST_SERVER",
            ], "name images by their digest"
        ), (["DOCKER_CUSTOM_HEADERS"], "no headers are added to what engines are asked"),
        (
            [
                "DOCKER_CLI_EXPERIMENTAL", "DOCKER_HIDE_LEGACY_COMMANDS", "DOCKER_ORCHESTRATOR",
                "DOCKER_STACK_ORCHESTRATOR",
            ],
            "it is about docker's own commands"
        ),
        (
            ["DOCKER_DRIVER", "DOCKER_MIN_API_VERSION", "DOCKER_RAMDISK", "DOCKER_TMPDIR"],
            "it is dockerd's own; set it where that is started"
        ),
    ]

    /// Build arguments of BuildKit's front end.
    package static let arguments = [
        "BUILDKIT_BUILD_NAME", "BUILDKIT_CACHE_MOUNT_NS", "BUILDKIT_CONTEXT_KEEP_GIT_DIR", "BUILDKIT_INLINE_CACHE",
        "BUILDKIT_MULTI_PLATFORM", "BUILDKIT_SANDBOX_HOSTNAME", "BUILDKIT_SBOM_SCAN_CONTEXT",
        "BUILDKIT_SBOM_SCAN_STAGE",
        "BUILDKIT_SYNTAX",
    ]

    /// What a build says of variables that are set and do nothing, each once, by name.
    ///
    /// - Parameter given: The build arguments that are given.
    package static func notices(_ environment: [String: String], given: Set<String>) -> [String] {
        var notices: [String] = []
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
            switch standing(of: name) {
            case .unused(let advice) where asks(name, value):
                notices.append("\(name) has no effect: \(advice)")
            case .argument where !given.contains(name):
                notices.append("\(name) has no effect in the environment: it is a build argument, --build-arg \(name)")
            case .honoured where name == "BUILDX_BUILDER" && !(environment["CAISSON_HOST"] ?? "").isEmpty:
                notices.append("BUILDX_BUILDER has no effect: CAISSON_HOST names the engine")
            default: break
            }
        }
        return notices
    }

    /// Whether a value asks for something that would be missed.
    private static func asks(_ name: String, _ value: String) -> Bool {
        let isOn = GoBoolean.parse(value)
        // What is on by itself, here too, is asked for by being turned off.
        return name == "DOCKER_BUILDKIT" ? isOn == false : isOn != false
    }

    /// The documentation's table of the variables that are honoured.
    package static var table: String {
        let rows = honoured.sorted { $0.key < $1.key }.map { "| `\($0.key)` | \($0.value) |\n" }
        return "| variable | here |\n|---|---|\n" + rows.joined()
    }

    /// The documentation's table of the variables that do nothing, a line each.
    package static var tableOfUnused: String {
        var rows = unused.flatMap { entry in entry.names.map { ($0, entry.advice) } }
        rows += arguments.map { ($0, "it is a build argument: --build-arg \($0)") }
        let lines = rows.sorted { $0.0 < $1.0 }.map { "| `\($0.0)` | \($0.1) |\n" }
        return "| variable | why, and what to do |\n|---|---|\n" + lines.joined()
    }
}
