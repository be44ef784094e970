import CaissonBuildModel
import CaissonText

/// A command line in the words of docker buildx, and the same in ours: other names of commands, options before the command,
/// and what isn't here, with what is instead.
struct PeerWords {
    /// The words with our command first.
    private(set) var words: [String]
    /// What was taken and does nothing.
    private(set) var warnings: [String] = []
    private var builder: String?
    private var isDebug = false

    /// Buildx's commands that have another name here.
    static let aliases: [String: [String]] = [
        "b": ["build"], "bake": ["batch"], "f": ["batch"], "history": ["builds"], "imagetools": ["image"],
        "create": ["builder", "create"],
        "use": ["builder", "use"],
        "rm": ["builder", "rm"], "ls": ["builder", "ls"], "inspect": ["builder", "inspect"],
        "stop": ["builder", "stop"], "du": ["cache", "du"], "prune": ["cache", "prune"],
    ]

    /// Buildx's commands that aren't here, and what is instead.
    static let unavailable = [
        "debug": "‘caisson build’ shows the failing step with its output and place",
        "dap": "‘caisson build’ shows the failing step with its output and place",
        "policy": "use ‘caisson build --source-policy-file’ with BuildKit’s JSON rules",
    ]

    /// Reads the words after the program's name.
    init(_ given: [String]) throws(BuildError) {
        words = given
        try takeOptionsBeforeCommand()
        guard let verb = words.first else { return }
        if let instead = Self.unavailable[verb] {
            throw BuildError(.usage, "\(verb) isn't available in this version of caisson; \(instead)")
        }
        if let alias = Self.aliases[verb] { words.replaceSubrange(0..<1, with: alias) }
        if words.starts(with: ["builds", "inspect", "attachment"]) {
            words.replaceSubrange(1...2, with: ["attachment"])
        }
        try place()
    }

    /// `caisson --builder X -D build .`; what isn't buildx's is left to the parser.
    private mutating func takeOptionsBeforeCommand() throws(BuildError) {
        var rest = words[...]
        while let word = rest.first, word.hasPrefix("-") {
            let (name, value) = word.cut(at: "=") ?? (word, nil)
            rest.removeFirst()
            switch name {
            case "--builder":
                guard let named = value ?? rest.popFirst() else { return }
                builder = named.isEmpty ? nil : named
            case "-D", "--debug":
                isDebug = GoBoolean.parse(value ?? "true") ?? true
            default: return
            }
        }
        // Options alone are no command: the parser says so.
        if !rest.isEmpty { words = Array(rest) }
    }

    /// Puts the options where our command has them.
    private mutating func place() throws(BuildError) {
        switch words[0] {
        case "dial-stdio":
            takeDebug()
            if let builder { words.insert(contentsOf: ["--builder", builder], at: 1) }
        case "batch":
            takeDebug()
            if let builder { words.insert(contentsOf: ["--builder", builder], at: 1) }
        case "build":
            words.insert(contentsOf: (builder.map { ["--builder", $0] } ?? []) + (isDebug ? ["--debug"] : []), at: 1)
        case "cache":
            takeDebug()
            if let builder, words.count > 1 { words.insert(contentsOf: ["--builder", builder], at: 2) }
        case "image":
            takeDebug()
            // Registries are asked from here; the name is taken where the parser has it.
            if let builder, words.count > 1 { words.insert(contentsOf: ["--builder", builder], at: 2) }
        case "builder":
            takeDebug()
            takeBuilder()
            placeBuilder()
        case "version":
            takeDebug()
        default:
            if isDebug { warnings.append("--debug has no effect on \(words[0])") }
            if builder != nil { warnings.append("--builder has no effect on \(words[0])") }
        }
    }

    /// `-D` and `--debug` among the words of a command.
    private mutating func takeDebug() {
        // Which words are options takes longer to find than a program to start.
        guard isDebug || words.contains(where: { $0 == "-D" || $0.hasPrefix("--debug") }) else { return }
        let words = options()
        let debug = words.filter { $0.isName && ["-D", "--debug", "--debug=true", "--debug=false"].contains($0.word) }
        for option in debug.reversed() { self.words.remove(at: option.place) }
        if isDebug || !debug.isEmpty { warnings.append("--debug has no effect on \(self.words[0])") }
    }

    /// `--builder X` among the words of `builder`, whose own place for a name is the operand.
    private mutating func takeBuilder() {
        var named: [String] = []
        for (place, word, isName) in options().reversed() where isName {
            if word == "--builder" {
                if words.indices.contains(place + 1) { named.append(words.remove(at: place + 1)) }
                words.remove(at: place)
            } else if let (name, value) = word.cut(at: "="), name == "--builder" {
                named.append(value)
                words.remove(at: place)
            }
        }
        // The last of several counts.
        builder = named.first ?? builder
    }

    /// The words, and whether they are names of options; the value of another option is none, however it looks.
    private func options() -> [(place: Int, word: String, isName: Bool)] {
        let switches = EmptyValues.switches.union(["-D", "--debug"] + (words.dropFirst().first == "rm" ? ["-f"] : []))
        var isValue = false
        var isOver = false
        return words.enumerated().map { place, word in
            let isName = !isValue && !isOver && word.hasPrefix("-") && word != "-"
            if isName, word == "--" { isOver = true }
            // `-tNAME` has its value with it.
            let isAlone = word.hasPrefix("--") ? !word.contains("=") : word.utf8.count == 2
            isValue = isName && isAlone && !switches.contains(word)
            return (place, word, isName)
        }
    }

    private mutating func placeBuilder() {
        guard words.count > 1 else { return }
        let command = words[1]
        // Its letter is another option's elsewhere.
        if command == "rm" { words = words.map { $0 == "-f" ? "--force" : $0 } }
        guard let builder, !builder.isEmpty else { return }
        guard ["inspect", "rm", "stop"].contains(command) else {
            warnings.append("--builder has no effect on builder \(command)")
            return
        }
        var operands = words.dropFirst(2)
        while let word = operands.popFirst() {
            if word == "--format" {
                operands = operands.dropFirst()
            } else if !word.hasPrefix("-") || word == "-" {
                return
            }
        }
        words.append(builder)
    }
}
