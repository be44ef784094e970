import ArgumentParser
import CaissonBuildModel
import CaissonJSON

/// How a command that lists prints.
enum ListFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// Columns for people.
    case table
    /// JSON for programs.
    case json
}

/// The command `caisson version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        _superCommandName: "caisson",
        abstract: "Shows what this program is."
    )

    @Option(help: "How to print: table or json.")
    var format = ListFormat.table

    func run() throws {
        try print(to: .standardOutput)
    }

    /// Prints to a descriptor.
    func print(to output: Descriptor) throws {
        let text =
            switch format {
            case .table: "caisson \(Version.number) \(Platform.host)\n"
            case .json:
                JSON(["platform": "\(Platform.host)", "version": Version.number]).goText(indented: false) + "\n"
            }
        try output.writeResult(text)
    }
}

extension Descriptor {
    /// Writes what the command was asked for; a failure is one of the command.
    func writeResult(_ text: String) throws(BuildError) {
        do {
            try write(Array(text.utf8))
        } catch {
            throw BuildError(.output, "can't write to standard output: \(error)")
        }
    }
}
