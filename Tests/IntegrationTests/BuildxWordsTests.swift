import Foundation
import Testing

/// All commands and flags that docker buildx's own help lists, where it is installed, beside what becomes of them here.
@Suite(.enabled(if: BuildxHelp.isThere, "skipped: no docker-buildx (Scripts/install-engines 28)"))
struct BuildxWordsTests {
    /// What becomes of a word.
    private enum Standing: String {
        /// It does what it does there.
        case taken
        /// It is taken with a warning.
        case warned
        /// It is refused, with what is instead.
        case refused
    }

    private static let everywhere = "taken --help warned -D/--debug"

    /// The flags by command; those of `build` have tests of their own.
    private static let table: [String: String] = [
        "create": """
        taken --append --bootstrap --driver --leave --name --node --platform --use
        refused --buildkitd-config --buildkitd-flags --driver-opt
        """,
        "bake": """
        taken --allow --builder --call --check --file --list --load --metadata-file --no-cache --print --progress
        --provenance --pull --push --sbom --set
        """,
        "dial-stdio": "taken --builder --platform --progress",
        "use": "taken --default --global warned --builder",
        "rm": "taken --all-inactive --force --keep-daemon --keep-state --builder",
        "ls": "taken --format --no-trunc",
        "inspect": "taken --bootstrap --builder",
        "stop": "taken --builder",
        "imagetools create":
            "taken --annotation --append --dry-run --file --platform --prefer-index --progress --tag --builder",
        "imagetools inspect": "taken --format --raw --builder",
        "version": "",
        "du": "taken --filter --format --verbose --builder",
        "prune": """
        taken --all --filter --force --max-used-space --min-free-space --reserved-space --verbose --builder
        """,
    ]

    /// The parts of `buildx history`, all of which `caisson builds` has.
    private static let history: Set<String> = ["export", "import", "inspect", "logs", "ls", "open", "rm"]

    private static func standings(_ text: String) -> [String: Standing] {
        var standing = Standing.taken
        var found: [String: Standing] = [:]
        for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
            if let next = Standing(rawValue: word) {
                standing = next
            } else {
                for name in word.split(separator: "/") { found[String(name)] = standing }
            }
        }
        return found
    }

    @Test func `every command of buildx is one of ours`() async throws {
        let commands = try await BuildxHelp.commands([])
        #expect(commands.count >= 13, "the help was read wrongly: \(commands)")
        for command in commands where !["help", "build"].contains(command) {
            let said = try await runCaisson([command, "--help"])
            #expect(said.succeeded, "\(command): \(said.errorOutput)")
            let inner = try await BuildxHelp.commands([command])
            if command == "history" {
                #expect(Self.history.isSubset(of: inner))
                for part in Self.history {
                    #expect(try await runCaisson([command, part, "--help"]).succeeded, "\(part)")
                }
                continue
            }
            let known = Self.table.keys.filter { $0 == command || $0.hasPrefix(command + " ") }
            #expect(Set(inner.map { "\(command) \($0)" } + (inner.isEmpty ? [command] : [])) == Set(known))
        }
        #expect(try await runCaisson(["b", "--help"]).succeeded)
    }

    @Test(arguments: table.keys.sorted())
    func `every flag of a command is taken, or refused with a reason`(command: String) async throws {
        let flags = try await BuildxHelp.flags(of: command.split(separator: " ").map(String.init))
        let standings = Self.standings(Self.table[command] ?? "").merging(Self.standings(Self.everywhere)) { own, _ in
            own
        }
        #expect(flags.count >= 2)
        try await withTemporaryDirectory { directory in
            let environment = [
                "CAISSON_HOME": directory.path, "DOCKER_CONFIG": directory.path, "CAISSON_HOST": "unix:///no/such",
            ]
            for flag in flags {
                let standing = try #require(standings[flag.name], "\(command) \(flag.name) isn't in the table")
                let words =
                    command.split(separator: " ").map(String.init) + [flag.name] + (flag.takesValue ? ["x"] : []) + [
                        "tcp://x:1"
                    ]
                let said = try await runCaisson(words, environment: environment)
                #expect(!said.errorOutput.contains("Unknown option"), "\(words): \(said.errorOutput)")
                switch standing {
                case .taken: #expect(!said.errorOutput.contains("no effect"), "\(words): \(said.errorOutput)")
                case .warned: #expect(said.errorOutput.contains("has no effect on"), "\(words): \(said.errorOutput)")
                case .refused:
                    #expect(!said.succeeded && said.errorOutput.contains(flag.name), "\(words): \(said.errorOutput)")
                }
            }
        }
    }
}
