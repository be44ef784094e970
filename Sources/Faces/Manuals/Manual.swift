import CaissonText

/// What the help of a command says beside its options: examples, environment variables and exit status.
///
/// It is declared as the command's discussion, so that the help (`HelpLayout`) and the manual pages are made of the same
/// text.
package struct Manual: Sendable {
    /// A command line and what it is for.
    package struct Example: Sendable {
        /// What for, in one sentence.
        var purpose: String
        /// What is typed, in one line; it begins with `caisson`.
        package var line: String

        init(_ purpose: String, _ line: String) {
            self.purpose = purpose
            self.line = line
        }
    }

    /// The words before the examples, before the environment and before the exit status.
    enum Heading: String, CaseIterable {
        case examples = "Examples:"
        case environment = "Environment:"
        case status = "Exit status:"
    }

    /// What has to be known; empty where the command's one line says all.
    let about: String
    /// At least one.
    package var examples: [Example] { makeExamples() }
    /// The names of the variables that the command reads.
    package var environment: [String] { makeEnvironment() }
    /// What the exit status means where it isn't as always; in one sentence.
    let status: String
    private let makeExamples: @Sendable () -> [Example]
    private let makeEnvironment: @Sendable () -> [String]

    /// Makes a manual.
    ///
    /// What is in it is made when it is read: a start of the program reads one manual of all.
    init(
        about: String = "",
        examples: @autoclosure @escaping @Sendable () -> [Example],
        environment: @autoclosure @escaping @Sendable () -> [String],
        status: String = Manual.usualStatus
    ) {
        self.about = about
        self.status = status
        makeExamples = examples
        makeEnvironment = environment
    }

    /// The exit status of most commands.
    static let usualStatus = "0 success, 1 the work failed, 2 wrong usage or input, 130 interrupted."

    /// The manual of a command as the discussion that it declares: `builder create`, and the program's for no words.
    package static func text(of command: String) -> String { commands[command]?.text ?? "" }

    /// The paragraphs, each in one line but for examples and variables, which have a line each.
    var text: String {
        let examples = examples.map { "  \($0.purpose)\n    \($0.line)" }
        let variables = environment.sorted().map { "  \($0): \(Manual.meaning(of: $0))" }
        var parts = about.isEmpty ? [] : [about]
        parts.append(([Heading.examples.rawValue] + examples).joined(separator: "\n"))
        if !variables.isEmpty {
            parts.append(([Heading.environment.rawValue] + variables).joined(separator: "\n"))
        }
        parts.append("\(Heading.status.rawValue) \(status)")
        return parts.joined(separator: "\n\n")
    }

    /// What a variable does, without the marks of the documentation's tables.
    private static func meaning(of variable: String) -> String {
        let meaning = own[variable] ?? PeerVariables.honoured[variable] ?? ""
        return meaning.filter { $0 != "`" }
    }

    /// The variables that are no peer's.
    package static let own = [
        "ACTIONS_RESULTS_URL": "where a job of GitHub has its cache (type=gha)",
        "ACTIONS_RUNTIME_TOKEN": "what a job of GitHub may do with its cache (type=gha)",
        "AWS_ACCESS_KEY_ID": "whose the cache of type=s3 is",
        "AWS_SECRET_ACCESS_KEY": "its password",
        "BUILD_ENGINE_ARTIFACT_DIR": "where tasks leave what they made",
        "BUILD_ENGINE_LOG_LEVEL": "how much is told: trace, debug, info, notice, warning, error or critical",
        "BUILD_ENGINE_MAX_CONCURRENT": "how many builds run at a time",
        "BUILD_ENGINE_NETWORK_ENABLED": "whether builds may have the network: true or false",
        "BUILD_ENGINE_WORKSPACE_ROOT": "where tasks have their workspaces",
        "CAISSON_ENGINE": "which private engine is started: buildkitd, dockerd or podman",
        "CAISSON_ENGINE_IDLE": "after how long without a build it ends: 30s, 10m (as it is without), never",
        "CAISSON_HOME": "where state is kept: the private engine, named builders, logs of failed builds",
        "CAISSON_HOST": "the engine's address, before all other variables",
        "CAISSON_SECRET_SALT": "what digests of rotating secrets are made with",
        "COLUMNS": "how wide this text is",
        "HTTPS_PROXY": "the proxy to registries; NO_PROXY names hosts without one",
        "XDG_CONFIG_HOME": "where the user's settings are; ~/.config without it",
    ]
}
