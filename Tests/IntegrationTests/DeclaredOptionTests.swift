import Foundation
import Glibc
import Testing

/// What holds for every command and every option, as the program itself declares them; no engine is there.
@Suite struct DeclaredOptionTests {
    /// A command that can be called.
    private struct Declared {
        var words: [String]
        /// The options with a value, as they are written.
        var options: [String]

        static func all() async throws -> [Declared] {
            let help = try await runSuccessfully(Command(TestPaths.caisson, ["--experimental-dump-help"]))
                .standardOutput
            return of(try JSONDecoder().decode(Help.self, from: help).command, words: [])
        }

        private static func of(_ command: Help.Word, words: [String]) -> [Declared] {
            if let more = command.subcommands, !more.isEmpty {
                return more.flatMap { of($0, words: words + [$0.commandName]) }
            }
            let options = (command.arguments ?? []).filter { $0.kind == "option" }.compactMap(\.preferredName)
            return [Declared(words: words, options: options.map { ($0.kind == "short" ? "-" : "--") + $0.name })]
        }
    }

    private struct Help: Decodable {
        struct Word: Decodable {
            var commandName: String
            var subcommands: [Word]?
            var arguments: [Argument]?
        }
        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String
            }
            var kind: String
            var preferredName: Name?
        }
        var command: Word
    }

    /// What each command needs at least.
    private static let operands: [String: [String]] = [
        "batch": ["--list", "functions", "-f", "/dev/null"], "build": ["."], "lint": ["Dockerfile"], "version": [],
        "dial-stdio": [], "builder ls": [],
        "builder inspect": [],
        "builder create": ["--name", "made", "unix:///nowhere.sock"], "builder use": ["default"],
        "builder rm": ["none"],
        "builder stop": [], "completion": ["bash"], "config show": [], "config check": [],
        "plugins install": ["--remove"], "context ls": ["."],
        "context size": ["."],
        "context explain": ["a"],
        "context export": ["-o", "made.tar", "."], "image inspect": ["127.0.0.1:1/x"],
        "builds ls": [], "builds show": ["none"], "builds logs": ["none"], "builds watch": ["none"],
        "builds cancel": ["none"], "builds rerun": ["none"], "builds pin": ["none"], "builds rm": ["none"],
        "builds compare": ["none"], "builds report": [], "builds trace": ["none"],
        "builds attachment": ["none"],
        "builds export": ["-o", "made.dockerbuild", "none"], "builds import": ["none"],
        "cache du": [], "cache prune": ["--dry-run"], "cache stats": [], "cache policy": [], "cache explain": ["none"],
        "cache save": ["--to", "saved"], "cache restore": ["--from", "saved"],
        "task run": ["Dockerfile"], "kernel build": ["-i", "tools"], "kernel verify": ["."], "kernel script": [],
        "image create": ["--dry-run", "-t", "127.0.0.1:1/x", "127.0.0.1:1/y"],
    ]
    /// What no user calls.
    private static let inner: Set<String> = ["help", "builder supervise"]

    private static func commands() async throws -> [Declared] {
        let all = try await Declared.all().filter { !inner.contains($0.words.joined(separator: " ")) }
        #expect(
            Set(all.map { $0.words.joined(separator: " ") }) == Set(operands.keys),
            "a command without an example here"
        )
        return all
    }

    /// Runs a command in a directory with one more option, and some of the descriptors 0 to 2 closed.
    private static func run(
        _ command: Declared,
        _ option: [String],
        closed: [Int] = [],
        in directory: URL
    ) async throws -> ProcessStatus {
        let redirections = (0...2).map { number in
            if closed.contains(number) { return "\(number)\(number == 0 ? "<" : ">")&-" }
            return number == 0 ? "</dev/null" : "\(number)>/dev/null"
        }
        let script = "cd \"$1\" && shift && exec \"$0\" \"$@\" \(redirections.joined(separator: " "))"
        let rest = operands[command.words.joined(separator: " ")] ?? []
        let words = ["-c", script, TestPaths.caisson, directory.path] + command.words + option + rest
        var call = Command("/bin/sh", words)
        call.environment["CAISSON_HOST"] = "unix://\(directory.path)/nothing.sock"
        call.environment["CAISSON_HOME"] = "\(directory.path)/\(UUID().uuidString)"
        return try await IntegrationTests.run(call, within: .seconds(60)).status
    }

    private static let ends: [ProcessStatus] = [.exited(0), .exited(1), .exited(2)]

    @Test func `every command ends by itself whichever descriptors are closed`() async throws {
        let subsets: [[Int]] = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]
        for command in try await Self.commands() {
            try await withTemporaryDirectory { directory in
                try TestContext.write("FROM scratch\nCOPY a /a\n", to: directory, files: ["a": "a"])
                let usual = try await Self.run(command, [], in: directory)
                for closed in subsets {
                    let status = try await Self.run(command, [], closed: closed, in: directory)
                    // What has no place for its output fails, and nothing else changes.
                    let isRight = status == usual || (closed.contains(1) && status == .exited(1))
                    #expect(isRight, "\(command.words) without \(closed): \(status), not \(usual)")
                }
            }
        }
    }

    @Test func `every option of every command ends by itself with closed descriptors`() async throws {
        for command in try await Self.commands() {
            try await withTemporaryDirectory { directory in
                try TestContext.write("FROM scratch\nCOPY a /a\n", to: directory, files: ["a": "a"])
                for option in command.options {
                    let status = try await Self.run(command, [option, "a"], closed: [0, 1, 2], in: directory)
                    #expect(Self.ends.contains(status), "\(command.words) \(option): \(status)")
                }
            }
        }
    }

    /// What may stand in a file's place, each with how it is made and what it is.
    private static let special: [(name: String, kind: mode_t, make: @Sendable (String) -> Void)] = [
        ("null", S_IFCHR, { _ = mknod($0, S_IFCHR | 0o666, DeclaredOptionTests.makedev(1, 3)) }),
        ("full", S_IFCHR, { _ = mknod($0, S_IFCHR | 0o666, DeclaredOptionTests.makedev(1, 7)) }),
        ("directory", S_IFDIR, { _ = mkdir($0, 0o755) }),
        ("socket", S_IFSOCK, { _ = mknod($0, S_IFSOCK | 0o666, 0) }),
    ]

    @Test(.enabled(if: getuid() == 0, "only root makes devices"), arguments: ["null", "full", "directory", "socket"])
    func `no option of any command takes what is no file for one, or replaces it`(name: String) async throws {
        let special = try #require(Self.special.first { $0.name == name })
        for command in try await Self.commands() {
            try await withTemporaryDirectory { directory in
                try TestContext.write("FROM scratch\nCOPY a /a\n", to: directory, files: ["a": "a"])
                let path = directory.appending(path: name).path
                special.make(path)
                for option in command.options {
                    for value in [path] + (Self.longForms[option] ?? []).map({ $0 + path }) {
                        let status = try await Self.run(command, [option, value], in: directory)
                        #expect(Self.ends.contains(status), "\(command.words) \(option) \(value): \(status)")
                        var facts = stat()
                        let isThere = lstat(path, &facts) == 0
                        #expect(
                            isThere && facts.st_mode & S_IFMT == special.kind,
                            "\(command.words) \(option) \(value)"
                        )
                    }
                }
            }
        }
    }

    /// How options that take more than a path name one.
    private static let longForms = [
        "--output": ["type=tar,dest=", "type=local,dest="], "--secret": ["id=x,src="], "--ssh": ["x="],
        "--cache-to": ["type=local,dest="], "--cache-from": ["type=local,src="], "--build-context": ["x="],
    ]

    /// The number of a device (sys/sysmacros.h).
    private static func makedev(_ major: dev_t, _ minor: dev_t) -> dev_t { major << 8 | minor }
}
