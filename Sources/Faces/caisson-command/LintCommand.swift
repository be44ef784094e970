import CaissonManuals
import ArgumentParser
import CaissonDockerfileLint

/// The command `caisson lint`.
struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        _superCommandName: "caisson",
        abstract: "Checks Dockerfiles; needs no engine.",
        discussion: Manual.text(of: "lint")
    )

    @Argument(help: ArgumentHelp("What to check (default: ./Dockerfile).", valueName: "file"))
    var files: [String] = []

    @OptionGroup(title: "Rules")
    var rules: LintRuleOptions

    @OptionGroup(title: "Output")
    var output: LintOutputOptions

    @OptionGroup(title: "Fixes")
    var fixes: LintFixOptions

    @OptionGroup(title: "Registries")
    var online: LintOnlineOptions

    @OptionGroup(title: "Editors")
    var editor: LintEditorOptions
}

/// Whether an editor is served.
struct LintEditorOptions: ParsableArguments {
    @Flag(help: "Serve an editor over standard input and output by the Language Server Protocol.")
    var lsp = false

    @Flag(help: ArgumentHelp("What --lsp does anyway; some editors add it.", visibility: .hidden))
    var stdio = false
}

/// Whether registries are asked about base images.
struct LintOnlineOptions: ParsableArguments {
    @Flag(help: "Ask the registries whether base images are there for the platform.")
    var online = false

    @Option(
        help: ArgumentHelp("The platform that is built for (default: this machine's).", valueName: "platform")
    )
    var platform: String?

    @OptionGroup var registry: RegistryFlags
}

/// Which rules run, and what they are told.
struct LintRuleOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The configuration (default: .hadolint.yaml and where hadolint looks).", valueName: "file")
    )
    var config: String?

    @Option(help: ArgumentHelp("Leave a rule out, by any of its names.", valueName: "rule"))
    var ignore: [String] = []

    @Option(help: ArgumentHelp("Make a rule an error.", valueName: "rule"))
    var error: [String] = []

    @Option(help: ArgumentHelp("Make a rule a warning; a rule that is off runs then.", valueName: "rule"))
    var warning: [String] = []

    @Option(help: ArgumentHelp("Make a rule an info.", valueName: "rule"))
    var info: [String] = []

    @Option(help: ArgumentHelp("Make a rule a matter of style.", valueName: "rule"))
    var style: [String] = []

    @Option(
        name: .customLong("rules"),
        help: ArgumentHelp(
            "Whose rules run, under whose names: hadolint, buildkit or all (default: all).",
            valueName: "tool"
        )
    )
    var ruleSet: String?

    @Option(
        name: .customLong("trusted-registry"),
        help: ArgumentHelp("A registry that images may come from.", valueName: "host")
    )
    var trustedRegistries: [String] = []

    @Option(
        name: .customLong("require-label"),
        help: ArgumentHelp("A label that images must have.", valueName: "name:type")
    )
    var requiredLabels: [String] = []

    @Flag(name: .customLong("strict-labels"), help: "Allow no labels but the required ones.")
    var strictLabels = false

    @Flag(name: .customLong("disable-ignore-pragma"), help: "Let no comment leave findings out.")
    var disableIgnorePragma = false

    @Option(
        name: [.customShort("t"), .customLong("failure-threshold")],
        help: ArgumentHelp("The least severity that fails: error, warning, info, style or none.", valueName: "severity")
    )
    var failureThreshold: String?

    @Flag(name: .customLong("no-fail"), help: "End with 0 whatever is found.")
    var noFail = false

    @Flag(name: .customLong("no-shellcheck"), help: "Leave ShellCheck out where it is installed.")
    var noShellCheck = false
}

/// How findings are printed.
struct LintOutputOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "tty, json, sarif, checkstyle, codeclimate, gitlab, gnu, junit, sonarqube, codacy or github.",
            valueName: "format"
        )
    )
    var format: String?

    @Flag(name: .customLong("no-color"), help: "Print without colours.")
    var noColor = false

    @Option(
        name: .customLong("file-path-in-report"),
        help: ArgumentHelp("The name of the file in the report.", valueName: "path")
    )
    var filePathInReport: String?

    @Flag(name: [.customShort("V"), .long], help: "Say which configuration is used and what is left out.")
    var verbose = false

    @Flag(help: "List all rules.")
    var list = false

    @Option(help: ArgumentHelp("Print the manual of a rule.", valueName: "rule"))
    var explain: String?
}

/// What becomes of the fixes.
struct LintFixOptions: ParsableArguments {
    @Flag(help: "Fix what can be fixed without changing the image; with --unsafe-fixes the rest too.")
    var fix = false

    @Flag(name: .customLong("unsafe-fixes"), help: "Also fix what may change the image (as --fix=unsafe).")
    var unsafeFixes = false

    @Flag(help: "Print what --fix would change, and change nothing.")
    var diff = false

    /// Whether anything is to be fixed.
    var isWanted: Bool { fix || unsafeFixes || diff }
}
