import CaissonManuals
import ArgumentParser
import CaissonBuildContext
import CaissonBuildModel
import CaissonCompletion
import CaissonDockerfile
import CaissonDockerfileLint
import CaissonEngineDiscovery
import CaissonHistory
import CaissonPlanning
import CaissonPreparation
import CaissonSystem
import CaissonText
import FoundationEssentials

/// The command `caisson completion`.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        _superCommandName: "caisson",
        abstract: "Prints the script that completes caisson's words in a shell.",
        discussion: Manual.text(of: "completion")
    )

    @Argument(help: ArgumentHelp("The shell: bash, fish or zsh.", valueName: "shell"))
    var shell: String

    func validate() throws {
        guard ShellScript(rawValue: shell) != nil else {
            throw ValidationError("there is a script for bash, fish and zsh, not for '\(shell)'")
        }
    }

    func run() throws {
        try BorrowedDescriptor.standardOutput.writeResult(ShellScript(rawValue: shell)?.text ?? "")
    }
}

/// What the scripts ask at a TAB; nobody else calls it, so it has no help and its words are read as they are.
enum CompletionAnswer {
    /// The command's name.
    static let verb = "__complete"

    /// The commands as this program declares them.
    static var tree: CommandTree? { CommandTree(dump: Caisson._dumpHelp()) }

    /// The answer to `bash SEPARATORS LINE` or `SHELL -- WORD…`; empty for other words.
    static func text(_ words: [String], environment: [String: String]) -> String {
        guard let shell = words.first.flatMap({ ShellScript(rawValue: $0) }), let tree else { return "" }
        let completer = Completer(tree, sources(environment))
        guard shell == .bash else {
            return words.dropFirst().first == "--" ? completer.complete(Array(words.dropFirst(2))).text(for: shell) : ""
        }
        guard words.count == 3 else { return "" }
        let line = BashLine(words[2], separators: words[1])
        return completer.complete(Array(line.words.dropFirst())).text(for: shell, cut: line.cut)
    }

    private static func sources(_ environment: [String: String]) -> CompletionSources {
        var sources = CompletionSources(
            stages: { dockerfile($0, $1)?.stages.compactMap { $0.name?.text } ?? [] },
            arguments: { file, context in
                let instructions = dockerfile(file, context)?.instructions ?? []
                let names = instructions.filter { $0.keyword == .arg }.flatMap(\.pairs).map(\.key.unquoted)
                return Array(Set(names)).sorted()
            },
            builders: { builders(environment) },
            rules: {
                Rules.all.flatMap { rule in rule.names.map { Completion.Candidate($0, rule.summary) } }
            },
            targets: { files in
                definition(files, environment)?.names.map { Completion.Candidate($0.name, $0.description) } ?? []
            },
            variables: { files in
                let variables = definition(files, environment)?.configuration.variables ?? []
                return variables.map { Completion.Candidate($0.name, $0.description) }
            }
        )
        sources.builds = builds
        return sources
    }

    /// The newest builds of the history; none where it can't be read.
    private static func builds(_ isRunning: Bool) -> [Completion.Candidate] {
        guard let place = try? BuildsCommand.place(), let store = try? HistoryStore.openToRead(place) else { return [] }
        var filter = HistoryFilter()
        if isRunning { filter.statuses = [.running, .queued] }
        return ((try? store.list(filter)) ?? []).map { record in
            let what = record.submission.name ?? record.submission.images.first ?? record.submission.context ?? ""
            return Completion.Candidate(String(record.id.description.prefix(12)), "\(record.status.rawValue) \(what)")
        }
    }

    /// The definition that the words before name; nil where it can't be read.
    private static func definition(_ files: [String], _ environment: [String: String]) -> BatchDefinition? {
        guard !files.contains("-") else { return nil }
        let here = DefinitionFiles(input: nil)
        let names = files.isEmpty ? BakeFile.names(in: environment) : files
        let read = try? names.isEmpty ? here.found() : here.named(names)
        let inputs = BakeInputs(localPlatform: Platform.host.description, environment: environment)
        let surroundings = BatchDefinition.Surroundings(
            inputs: inputs,
            home: environment["HOME"],
            read: DefinitionFiles.content
        )
        return read.flatMap { try? BatchDefinition(reading: $0, in: surroundings) }
    }

    /// The Dockerfile that the words before name; nil where it isn't here.
    private static func dockerfile(_ file: String?, _ context: String?) -> Dockerfile? {
        let source: DockerfileSource = file.map { .file($0) } ?? .inContext(nil)
        guard file != "-", let found = ResolvedDockerfile(source, in: .directory(context ?? ".")),
            case .file(let path) = found.place, case .regular = PathFacts.kind(of: path),
            let text = try? found.text()
        else { return nil }
        return Dockerfile(parsing: text)
    }

    private static func builders(_ environment: [String: String]) -> [String] {
        let home = DiscoveryEnvironment.homeDirectory(environment)
        let store = try? BuilderStore(variables: environment, home: home)
        let named = (try? store?.everywhere().map(\.name)) ?? []
        let contexts = Discovery(environment: .ofThisProcess(variables: environment)).contextNames()
        return Array(Set(named + contexts + ["default", "private"])).sorted()
    }
}
