import CaissonManuals
import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonReporting
import Foundation
import Testing

@testable import caisson

/// The variables of docker's, buildx's and BuildKit's documentation, each with what it does here.
@Suite struct PeerVariablesTests {
    /// Those of the documentation: docker/cli docs/reference/commandline, docker/docs build/building/variables, docker/buildx
    /// docs, moby/buildkit README and docs (August 2026).
    private static let documented = """
        BAKE_ALLOW_REMOTE_FS_ACCESS
        BUILDKIT_BUILD_NAME BUILDKIT_CACHE_MOUNT_NS BUILDKIT_COLORS BUILDKIT_CONTEXT_KEEP_GIT_DIR BUILDKIT_DEBUG
        BUILDKIT_DOCKERFILE_CHECK BUILDKIT_HOST BUILDKIT_INLINE_CACHE BUILDKIT_MULTI_PLATFORM BUILDKIT_NO_CLIENT_TOKEN
        BUILDKIT_PROGRESS BUILDKIT_SANDBOX_HOSTNAME BUILDKIT_SBOM_SCAN_CONTEXT BUILDKIT_SBOM_SCAN_STAGE
        BUILDKIT_SCHEDULER_DEBUG BUILDKIT_STEP_LOG_MAX_SIZE BUILDKIT_STEP_LOG_MAX_SPEED BUILDKIT_SYNTAX
        BUILDKIT_TTY_LOG_LINES BUILDX_BAKE_DISABLE_VARS_ENV_LOOKUP BUILDX_BAKE_ENTITLEMENTS_FS BUILDX_BAKE_FILE
        BUILDX_BAKE_FILE_RELATIVE_PATHS BUILDX_BAKE_GIT_AUTH_HEADER BUILDX_BAKE_GIT_AUTH_TOKEN BUILDX_BAKE_GIT_SSH
        BUILDX_BAKE_PATH_SEPARATOR BUILDX_BUILDER BUILDX_CONFIG BUILDX_CPU_PROFILE BUILDX_DAP_USER_AGENT
        BUILDX_DEFAULT_POLICY BUILDX_EXPERIMENTAL BUILDX_GIT_CHECK_DIRTY BUILDX_GIT_INFO BUILDX_GIT_LABELS
        BUILDX_MEM_PROFILE BUILDX_METADATA_PROVENANCE BUILDX_METADATA_WARNINGS BUILDX_NO_DEFAULT_ATTESTATIONS
        BUILDX_NO_DEFAULT_LOAD BUILDX_NO_DEFAULT_OCI_ARTIFACT BUILDX_SEND_GIT_QUERY_AS_INPUT DOCKER_API_VERSION
        DOCKER_AUTH_CONFIG DOCKER_BUILDKIT DOCKER_CERT_PATH DOCKER_CLI_EXPERIMENTAL DOCKER_CONFIG DOCKER_CONTENT_TRUST
        DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE DOCKER_CONTENT_TRUST_SERVER
        DOCKER_CONTEXT DOCKER_CUSTOM_HEADERS DOCKER_DEFAULT_PLATFORM DOCKER_DRIVER DOCKER_HIDE_LEGACY_COMMANDS DOCKER_HOST
        DOCKER_MIN_API_VERSION DOCKER_ORCHESTRATOR DOCKER_RAMDISK DOCKER_STACK_ORCHESTRATOR DOCKER_TLS DOCKER_TLS_VERIFY
        DOCKER_TMPDIR EXPERIMENTAL_BUILDKIT_SOURCE_POLICY NO_COLOR SOURCE_DATE_EPOCH
        """.split { $0 == " " || $0 == "\n" }.map(String.init)

    @Test func `every documented variable is honoured or told of, and nothing else is in the table`() {
        let table =
            Array(PeerVariables.honoured.keys) + PeerVariables.unused.flatMap(\.names) + PeerVariables.arguments
        #expect(Set(table).count == table.count)
        #expect(Set(table).symmetricDifference(Self.documented) == [])
    }

    @Test(arguments: documented) func `what does nothing is told once`(name: String) throws {
        let off = name == "DOCKER_BUILDKIT"
        let notices = PeerVariables.notices([name: off ? "0" : "x"], given: [])
        switch try #require(PeerVariables.standing(of: name)) {
        case .honoured: #expect(notices == [])
        case .unused(let advice):
            #expect(notices == ["\(name) has no effect: \(advice)"])
            #expect(PeerVariables.notices([name: ""], given: []) == [])
            #expect(PeerVariables.notices([name: off ? "1" : "0"], given: []) == [])
        case .argument:
            #expect(notices.count == 1 && notices[0].contains("--build-arg \(name)"))
            #expect(PeerVariables.notices([name: "x"], given: [name]) == [])
        }
    }

    @Test func `the engine's own variable wins over buildx's, and says so`() {
        #expect(PeerVariables.notices(["BUILDX_BUILDER": "b", "CAISSON_HOST": "tcp://h:1"], given: []).count == 1)
        #expect(PeerVariables.notices(["BUILDX_BUILDER": "b"], given: []) == [])
    }

    private static let repository = URL(filePath: #filePath).appending(path: "../../../..").standardized
    private static let page = "Documentation/environment.md"

    @Test(arguments: [PeerVariables.table, PeerVariables.tableOfUnused])
    func `the documentation has the tables`(table: String) throws {
        let text = try String(contentsOf: Self.repository.appending(path: Self.page), encoding: .utf8)
        #expect(text.contains(table), "put this into \(Self.page):\n\(table)")
    }

    @Test func `the documentation names every variable of Caisson's own, and no other`() throws {
        let text = try String(contentsOf: Self.repository.appending(path: Self.page), encoding: .utf8)
        let named = text.matches(of: #/\n\| `(CAISSON_[A-Z_]+)`/#).map { String($0.output.1) }
        let sources = Self.repository.appending(path: "Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var read: Set<String> = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift", let code = try? String(contentsOf: file, encoding: .utf8) else {
                continue
            }
            read.formUnion(code.matches(of: #/"(CAISSON_[A-Z_]*[A-Z])"/#).map { String($0.output.1) })
        }
        // What the program tells its own supervisor, and steps of tasks, isn't the user's.
        let told: Set<String> = [
            "CAISSON_ENGINE_STATE", "CAISSON_SUPERVISOR_READY", "CAISSON_NEWLINE", "CAISSON_RUN_ID", "CAISSON_STEP_ID",
            "CAISSON_TASK_ID",
        ]
        #expect(Set(named) == read.subtracting(told))
    }

    // MARK: What each honoured one changes

    /// Something that is seen of a variable, in a build's request, its engine or its progress.
    private static func seen(_ environment: [String: String]) async throws -> String {
        var request = try buildCommand(["--metadata-file", "m", "."]).request(environment: environment)
        request.retries = 0
        var result = BuildResult(ref: "r")
        result.keep([VertexWarning(vertex: "v", level: 1, short: Array("w".utf8))], asSaidBy: environment)
        let mode = try buildCommand(["."]).progress.mode(environment: environment)
        let colors = ProgressColors(environment: environment, isTerminal: true)
        let renderer = TTYRenderer(environment: environment)
        return "\(request) \(result.exporterResponse) \(mode) \(colors) \(renderer)"
    }

    @Test(arguments: [
        ("BUILDKIT_COLORS", "run=red"), ("BUILDKIT_PROGRESS", "plain"), ("BUILDKIT_TTY_LOG_LINES", "2"),
        ("BUILDX_METADATA_PROVENANCE", "max"), ("BUILDX_METADATA_WARNINGS", "1"), ("BUILDX_NO_DEFAULT_LOAD", "1"),
        ("DOCKER_DEFAULT_PLATFORM", "linux/arm64"), ("NO_COLOR", "1"), ("SOURCE_DATE_EPOCH", "1"),
    ])
    func `an honoured one changes the build`(name: String, value: String) async throws {
        #expect(try await Self.seen([name: value]) != Self.seen([:]), "\(name)")
    }

    @Test func `each honoured one has a test`() {
        let here = [
            "BUILDKIT_COLORS", "BUILDKIT_PROGRESS", "BUILDKIT_TTY_LOG_LINES", "BUILDX_METADATA_PROVENANCE",
            "BUILDX_METADATA_WARNINGS", "BUILDX_NO_DEFAULT_LOAD", "DOCKER_DEFAULT_PLATFORM", "NO_COLOR",
            "SOURCE_DATE_EPOCH",
            "BUILDX_GIT_CHECK_DIRTY", "BUILDX_GIT_INFO", "BUILDX_GIT_LABELS", "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY",
        ]
        // DiscoveryTests and BuildxBuildersTests; CredentialStoreTests; LintConfigurationTests; those of tokens.
        let elsewhere = [
            "BUILDKIT_HOST", "BUILDX_BUILDER", "BUILDX_CONFIG", "DOCKER_CERT_PATH", "DOCKER_CONFIG", "DOCKER_CONTEXT",
            "DOCKER_HOST", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_AUTH_CONFIG", "BUILDKIT_DOCKERFILE_CHECK",
            "BUILDKIT_NO_CLIENT_TOKEN", "BUILDX_NO_DEFAULT_ATTESTATIONS",
            // BakeFixtureTests, BakeProblemTests, TargetRequestTests, BatchTests.
            "BAKE_ALLOW_REMOTE_FS_ACCESS",
            "BUILDX_BAKE_DISABLE_VARS_ENV_LOOKUP", "BUILDX_BAKE_ENTITLEMENTS_FS", "BUILDX_BAKE_FILE",
            "BUILDX_BAKE_FILE_RELATIVE_PATHS", "BUILDX_BAKE_GIT_AUTH_HEADER", "BUILDX_BAKE_GIT_AUTH_TOKEN",
            "BUILDX_BAKE_GIT_SSH", "BUILDX_BAKE_PATH_SEPARATOR",
        ]
        #expect(Set(here + elsewhere) == Set(PeerVariables.honoured.keys))
    }

    @Test func `a source policy is read from the variable's file`() async throws {
        try await withTemporaryDirectory { directory in
            try write("{}", to: directory + "/p")
            let name = "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY"
            #expect(try buildCommand(["."]).request(environment: [name: directory + "/p"]).sourcePolicy != nil)
        }
    }

    @Test(
        arguments: [
            ([:], true, false), (["BUILDX_GIT_INFO": "0"], false, false), (["BUILDX_GIT_LABELS": "1"], true, true),
            (["BUILDX_GIT_LABELS": "full", "BUILDX_GIT_INFO": "false"], false, true),
        ] as [([String: String], Bool, Bool)]
    )
    func `git tells what the variables ask for`(variables: [String: String], revision: Bool, labels: Bool) async throws
    {
        try await withTemporaryDirectory { directory in
            var environment = variables
            environment["PATH"] = "/usr/bin:/bin"
            try write("FROM scratch\n", to: directory + "/Dockerfile")
            var request = try buildCommand(["--label", "org.opencontainers.image.revision=mine", directory])
                .request(environment: environment)
            try await request.describeSource(asSaidBy: environment)
            #expect(request.revision == nil)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/git")
            process.arguments = ["-C", directory, "init", "-q"]
            try process.run()
            process.waitUntilExit()
            try await request.describeSource(asSaidBy: environment)
            #expect((request.revision?.context == ".") == revision)
            #expect((request.labels["com.docker.image.source.entrypoint"] == "Dockerfile") == labels)
            // What the user says stays.
            #expect(request.labels["org.opencontainers.image.revision"] == "mine")
        }
    }

    @Test func `git is asked once of a directory, however many builds are of it`() async throws {
        try await withTemporaryDirectory { directory in
            let git = directory + "/git"
            try FileManager.default.createSymbolicLink(atPath: git, withDestinationPath: "/usr/bin/git")
            let process = Process()
            process.executableURL = URL(filePath: git)
            process.arguments = ["-C", directory, "init", "-q"]
            try process.run()
            process.waitUntilExit()
            let environment = ["PATH": directory]
            var first = try buildCommand([directory]).request(environment: [:])
            var (second, third) = (first, first)
            var known = KnownWorkTrees()
            try await first.describeSource(asSaidBy: environment, &known)
            #expect(first.revision != nil)
            // From here on it can't be asked any more.
            try FileManager.default.removeItem(atPath: git)
            try await second.describeSource(asSaidBy: environment, &known)
            #expect(second.revision == first.revision)
            try await third.describeSource(asSaidBy: environment)
            #expect(third.revision == nil)
        }
    }
}
