import Foundation
import Testing

/// The flags that docker buildx itself lists, where it is installed.
@Suite(.enabled(if: BuildxHelp.isThere, "skipped: no docker-buildx (Scripts/install-engines 28)"))
struct BuildxHelpTests {
    @Test func `every flag that buildx lists is taken, or refused with a reason`() async throws {
        let flags = try await BuildxHelp.flags()
        #expect(flags.count >= 35, "the help was read wrongly: \(flags)")
        let unknown = try await runCaisson(["build", "--no-such-flag", "."])
        #expect(unknown.status == .exited(2))
        let complaint = unknown.errorOutput.replacingOccurrences(of: "--no-such-flag", with: "")
        for flag in flags {
            let words = ["--addr", "unix:///no/such.sock", flag.name] + (flag.takesValue ? ["x"] : [])
            let said = try await runCaisson(["build"] + words + ["/no/such/context"])
            #expect(!said.succeeded || flag.name == "--help", "\(flag.name)")
            #expect(said.errorOutput.replacingOccurrences(of: flag.name, with: "") != complaint, "\(flag.name)")
            // What is refused says which flag, and why.
            if said.errorOutput.contains("not available") { #expect(said.errorOutput.contains(flag.name)) }
        }
    }
}

/// The help of `docker buildx build`.
enum BuildxHelp {
    static var program: String { EngineKind.docker28.programs + "/docker-buildx" }
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// The flags with whether they take a value.
    static func flags(of command: [String] = ["build"]) async throws -> [(name: String, takesValue: Bool)] {
        let help = try await runSuccessfully(Command(program, command + ["--help"])).output
        return help.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard let place = words.prefix(2).firstIndex(where: { $0.hasPrefix("--") }) else { return nil }
            // The description stands after three blanks at least, a value's kind after one.
            guard let end = line.range(of: words[place])?.upperBound else { return nil }
            let rest = line[end...]
            return (String(words[place]), rest.hasPrefix(" ") && !rest.hasPrefix("  "))
        }
    }

    /// The commands below one.
    static func commands(_ command: [String]) async throws -> [String] {
        let help = try await runSuccessfully(Command(program, command + ["--help"])).output
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: "Available Commands:") else { return [] }
        return lines[(start + 1)...].prefix { !$0.isEmpty }.compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
    }
}
