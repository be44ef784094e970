import CaissonText

/// What can be looked up while a command line is being written; nothing of it may take long.
package struct CompletionSources: Sendable {
    /// The stages of the Dockerfile that the words before name: the flag's value, and the context.
    package var stages: @Sendable (_ file: String?, _ context: String?) -> [String]
    /// The build arguments of that Dockerfile.
    package var arguments: @Sendable (_ file: String?, _ context: String?) -> [String]
    /// The builders' names.
    package var builders: @Sendable () -> [String]
    /// The linter's rules, each with what it finds.
    package var rules: @Sendable () -> [Completion.Candidate]
    /// The targets and groups of the definitions that the words before name, each with what it is.
    package var targets: @Sendable (_ files: [String]) -> [Completion.Candidate]
    /// The variables of those definitions.
    package var variables: @Sendable (_ files: [String]) -> [Completion.Candidate]
    /// The builds of the history, the newest first, each with what it is; those that run alone, where that is asked.
    package var builds: @Sendable (_ isRunning: Bool) -> [Completion.Candidate] = { _ in [] }

    /// Makes sources.
    package init(
        stages: @escaping @Sendable (String?, String?) -> [String],
        arguments: @escaping @Sendable (String?, String?) -> [String],
        builders: @escaping @Sendable () -> [String],
        rules: @escaping @Sendable () -> [Completion.Candidate],
        targets: @escaping @Sendable ([String]) -> [Completion.Candidate],
        variables: @escaping @Sendable ([String]) -> [Completion.Candidate]
    ) {
        self.stages = stages
        self.arguments = arguments
        self.builders = builders
        self.rules = rules
        self.targets = targets
        self.variables = variables
    }
}

/// What may stand in the place of a word that is being written.
package struct Completion: Sendable, Hashable {
    /// A word, and what it means.
    package struct Candidate: Sendable, Hashable {
        package var word: String
        package var meaning: String

        /// Makes a candidate.
        package init(_ word: String, _ meaning: String = "") {
            self.word = word
            self.meaning = meaning
        }

        /// The same with something behind the word.
        func followed(by text: String) -> Candidate { Candidate(word + text, meaning) }
    }

    /// What the shell knows better.
    package enum Paths: String, Sendable {
        case none, files, directories
    }

    /// Whether files or directories may stand there, too.
    package var paths = Paths.none
    /// The words that begin as what is written does.
    package var candidates: [Candidate] = []
}

/// Finds what may stand in the place of the last word of a command line.
package struct Completer: Sendable {
    let tree: CommandTree
    let sources: CompletionSources

    /// Other names of commands, as docker buildx has them.
    private static let aliases = ["b": "build", "bake": "batch", "f": "batch", "imagetools": "image"]

    /// Makes a completer.
    package init(_ tree: CommandTree, _ sources: CompletionSources) {
        self.tree = tree
        self.sources = sources
    }

    /// What may stand in the place of the last of the words, which are those after the program's name.
    package func complete(_ words: [String]) -> Completion {
        guard let current = words.last else { return Completion() }
        guard let line = Line(words.dropLast(), tree, aliases: Self.aliases) else { return Completion() }
        var found = all(current, line)
        found.candidates = found.candidates.filter { $0.word.hasPrefix(current) }
        return found
    }

    private func all(_ current: String, _ line: Line) -> Completion {
        if let option = line.open { return values(of: option, line) }
        if !line.isOver, current.hasPrefix("-") {
            guard let (name, _) = current.cut(at: "="), let option = line.command.option(name), option.takesValue else {
                return Completion(candidates: options(of: line.command))
            }
            var found = values(of: option, line)
            found.candidates = found.candidates.map { Completion.Candidate("\(name)=\($0.word)", $0.meaning) }
            return found
        }
        if !line.command.commands.isEmpty {
            return Completion(candidates: line.command.commands.map { Completion.Candidate($0.name, $0.abstract) })
        }
        let kinds = ValueKind.ofOperands[line.path] ?? []
        guard let kind = line.operands.count < kinds.count ? kinds[line.operands.count] : kinds.last else {
            return Completion()
        }
        return values(of: kind, line)
    }

    private func options(of command: CommandTree) -> [Completion.Candidate] {
        command.options.flatMap { option in
            option.names.filter { $0.hasPrefix("--") }.map { Completion.Candidate($0, option.abstract) }
        }.sorted { $0.word < $1.word }
    }

    private func values(of option: CommandTree.Option, _ line: Line) -> Completion {
        if !option.values.isEmpty { return Completion(candidates: option.values.map { Completion.Candidate($0) }) }
        let long = option.names.first { $0.hasPrefix("--") } ?? ""
        if long == "--set" {
            return Completion(candidates: sources.targets(line.files).map { $0.followed(by: ".") })
        }
        if long == "--format" {
            return Completion(candidates: (ValueKind.formats[line.path] ?? []).map { Completion.Candidate($0) })
        }
        return values(of: ValueKind.ofOptions[long] ?? .free, line)
    }

    private func values(of kind: ValueKind, _ line: Line) -> Completion {
        let (file, context) = (line.values["--file"], line.operands.first)
        let words: [String]
        switch kind {
        case .free: return Completion()
        case .files: return Completion(paths: .files)
        case .directories: return Completion(paths: .directories)
        case .builds: return Completion(candidates: sources.builds(false))
        case .runningBuilds: return Completion(candidates: sources.builds(true))
        case .rules: return Completion(candidates: sources.rules())
        case .targets: return Completion(candidates: sources.targets(line.files))
        case .variables: return Completion(candidates: sources.variables(line.files).map { $0.followed(by: "=") })
        case .words(let few): words = few
        case .stages: words = sources.stages(file, context)
        case .arguments: words = sources.arguments(file, context).map { $0 + "=" }
        case .builders: words = sources.builders()
        }
        return Completion(candidates: words.map { Completion.Candidate($0) })
    }
}

/// What stands before the word that is being written.
private struct Line {
    /// The command that it is for.
    var command: CommandTree
    /// The names of the command, such as `builder ls`.
    var path = ""
    /// The last values of the options, by their long names.
    var values: [String: String] = [:]
    var operands: [String] = []
    /// All values of `--file`.
    var files: [String] = []
    /// The option whose value is being written.
    var open: CommandTree.Option?
    /// Whether `--` has ended the options.
    var isOver = false

    /// Reads the words; nil where one of them is no command.
    init?(_ words: ArraySlice<String>, _ tree: CommandTree, aliases: [String: String]) {
        command = tree
        for word in words {
            if let option = open {
                set(option, word)
                open = nil
            } else if !isOver, word == "--" {
                isOver = true
            } else if !isOver, word.hasPrefix("-"), word != "-" {
                take(word)
            } else if command.commands.isEmpty {
                operands.append(word)
            } else {
                let name = path.isEmpty ? aliases[word] ?? word : word
                guard let next = command.command(name) else { return nil }
                command = next
                path += (path.isEmpty ? "" : " ") + name
            }
        }
    }

    private mutating func take(_ word: String) {
        let (name, value) = word.cut(at: "=") ?? (word, nil)
        guard let option = command.option(name), option.takesValue else { return }
        if let value { set(option, value) } else { open = option }
    }

    private mutating func set(_ option: CommandTree.Option, _ value: String) {
        for name in option.names where name.hasPrefix("--") {
            values[name] = value
            if name == "--file" { files.append(value) }
        }
    }
}
