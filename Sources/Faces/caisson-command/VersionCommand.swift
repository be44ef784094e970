import CaissonManuals
import ArgumentParser
import CaissonBuildModel
import CaissonSystem
import CaissonJSON

/// What this program is.
enum Version {
    /// The version by https://semver.org.
    static let number = "0.1.0"

    /// The commit that the program was built from, with `-dirty` behind it where the sources differed from that commit.
    ///
    /// The plugin RecordCommit writes it while building. It is nil where the sources were no git clone.
    static let commit = RecordedCommit.name
}

/// How a command that lists prints.
enum ListFormat: String, CaseIterable, Sendable {
    /// Columns for people.
    case table
    /// JSON for programs.
    case json
}

extension ListFormat: ExpressibleByArgument {
    // Said here, as ArgumentParser finds it out by casts, each of which searches the conformances of the whole program.
    static let allValueStrings = allCases.map(\.rawValue)
    static let allValueDescriptions: [String: String] = [:]
    static let defaultCompletionKind = CompletionKind.list(allValueStrings)
    var defaultValueDescription: String { rawValue }
}

/// The command `caisson version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        _superCommandName: "caisson",
        abstract: "Shows what this program is.",
        discussion: Manual.text(of: "version")
    )

    @Option(help: "How to print: table or json.")
    var format = ListFormat.table

    func run() throws {
        try print(to: .standardOutput)
    }

    /// Prints to a descriptor.
    func print(to output: BorrowedDescriptor) throws {
        try output.writeResult(Self.text(in: format, commit: Version.commit))
    }

    /// The whole answer; the commit stands last in the line, as in buildx's, and is left out where it isn't known.
    static func text(in format: ListFormat, commit: String?) -> String {
        switch format {
        case .table:
            let word = commit.map { " \($0)" } ?? ""
            return "caisson \(Version.number) \(Platform.host)\(word)\n"
        case .json:
            var members = ["platform": "\(Platform.host)", "version": Version.number]
            members["commit"] = commit
            return JSON(members).goText(indented: false) + "\n"
        }
    }
}

extension BorrowedDescriptor {
    /// Writes what the command was asked for; a failure is one of the command.
    func writeResult(_ text: String) throws(BuildError) { try writeBytes(Array(text.utf8)) }

    /// Writes bytes that were asked for.
    func writeBytes(_ bytes: [UInt8]) throws(BuildError) {
        do {
            try write(bytes)
        } catch {
            throw BuildError(.output, "can't write to standard output: \(error)")
        }
    }
}
