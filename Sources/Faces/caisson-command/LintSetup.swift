import CaissonSystem
import CaissonText
import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfileLint
import Glibc
import CaissonIgnoreFile
import CaissonReporting

/// What the flags, the environment and the files of a `caisson lint` come to.
struct LintSetup: Sendable {
    /// The linter.
    var linter = Linter()
    /// The output format.
    var format = LintFormat.tty
    /// What the format is told.
    var formatOptions = LintFormatOptions()
    /// ShellCheck's program where it is to be run.
    var shellCheck: String?
    /// What is worth saying before the findings.
    var notes: [String] = []

    /// The largest configuration that is read.
    private static let largestFile = 1 << 20

    /// - Parameter folders: Where a configuration is looked for first, the nearest first; nil for the working directory.
    init(
        _ rules: LintRuleOptions,
        _ output: LintOutputOptions,
        environment: [String: String],
        folders: [String]? = nil
    ) throws(BuildError) {
        let (configuration, file) = try Self.configuration(rules, environment, folders)
        if let file { notes.append("using \(file)") }
        linter = Linter(configuration)
        let name = output.format ?? configuration.format ?? "tty"
        guard let format = LintFormat(name: name) else {
            let names = LintFormat.allCases.map(\.rawValue)
            let near = nearest(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
            throw BuildError(.usage, "--format: unknown format \(name.quoted)\(near)")
        }
        self.format = format
        formatOptions.version = Version.number
        formatOptions.cells = { CellWidth.cells($0) }
        formatOptions.hasColors =
            format == .tty && !output.noColor && !configuration.noColor && BorrowedDescriptor.standardOutput.isTerminal
        if format == .tty, BorrowedDescriptor.standardOutput.isTerminal {
            formatOptions.width = ProgressOutput.descriptor(BorrowedDescriptor.standardOutput.number).size().width
        }
        let isVerbose = output.verbose || configuration.isVerbose
        if !rules.noShellCheck {
            shellCheck = ShellCheckProgram.find(in: environment["PATH", default: ""])
            if shellCheck == nil { notes.append("shellcheck is not installed; RUN is not checked by it") }
        }
        notes = (isVerbose ? notes : []) + Self.unknownNames(rules)
    }

    /// What the environment, a file and the flags come to, and the file's name.
    private static func configuration(
        _ rules: LintRuleOptions,
        _ environment: [String: String],
        _ folders: [String]?
    ) throws(BuildError) -> (LintConfiguration, file: String?) {
        var configuration = LintConfiguration()
        configuration.rules.platform = Platform.host.description
        configuration.rules.buildPlatform = Platform.host.description
        do throws(LintError) {
            try configuration.apply(environment: environment)
            let file = try configurationFile(rules.config, environment, folders)
            if let file, file.name.hasSuffix(".toml") {
                try configuration.apply(toml: file.text, name: file.name)
            } else if let file {
                try configuration.apply(yaml: file.text, name: file.name)
            }
            try apply(rules, to: &configuration)
            return (configuration, file?.name)
        } catch {
            throw BuildError(.usage, error.message)
        }
    }

    /// What to say about names in flags that no rule has: what they were to do won't happen.
    private static func unknownNames(_ rules: LintRuleOptions) -> [String] {
        let flags = [
            ("--ignore", rules.ignore), ("--error", rules.error), ("--warning", rules.warning), ("--info", rules.info),
            ("--style", rules.style),
        ]
        return flags.flatMap { flag, names in
            LintConfiguration.complaint(
                about: names.flatMap { $0.split(separator: ",").map(String.init) },
                of: flag
            )
        }
    }

    private static func apply(_ rules: LintRuleOptions, to configuration: inout LintConfiguration) throws(LintError) {
        configuration.ignored.formUnion(rules.ignore.flatMap { $0.split(separator: ",").map(String.init) })
        for (names, severity) in [
            (rules.style, Severity.style), (rules.info, .info), (rules.warning, .warning), (rules.error, .error),
        ] {
            for name in names.flatMap({ $0.split(separator: ",") }) {
                configuration.severities[String(name)] = severity
            }
        }
        if !rules.trustedRegistries.isEmpty { configuration.rules.trustedRegistries = rules.trustedRegistries }
        for label in rules.requiredLabels { try configuration.require(label: label) }
        if rules.strictLabels { configuration.rules.strictLabels = true }
        if rules.disableIgnorePragma { configuration.disablesPragmas = true }
        if rules.noFail { configuration.noFail = true }
        if let name = rules.ruleSet { try configuration.setRuleSet(name) }
        if let threshold = rules.failureThreshold { try configuration.setThreshold(threshold) }
        configuration.canonicaliseNames()
    }

    // MARK: Configuration files

    /// The configuration file that a flag names, or the first that is there: ours, then where hadolint looks.
    private static func configurationFile(
        _ named: String?,
        _ environment: [String: String],
        _ folders: [String]?
    ) throws(LintError) -> (name: String, text: String)? {
        if let named { return (named, try read(named)) }
        for path in candidates(environment, folders) {
            guard case .regular = PathFacts.kind(of: path) else { continue }
            let text = try read(path)
            if path.hasSuffix("caisson.toml"), !text.contains("[lint") { continue }
            return (path, text)
        }
        return nil
    }

    private static func candidates(_ environment: [String: String], _ folders: [String]?) -> [String] {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        let settings = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home.map { $0 + "/.config" }
        let names = ["caisson.toml", ".hadolint.yaml", ".hadolint.yml"]
        var paths = folders?.flatMap { folder in names.map { PathFacts.join(folder, $0) } } ?? names
        if let settings {
            paths += ["caisson/caisson.toml", "hadolint.yaml", "hadolint.yml"].map { "\(settings)/\($0)" }
        }
        if let home {
            let names = [
                ".hadolint/hadolint.yaml", ".hadolint/hadolint.yml", ".hadolint/config.yaml", ".hadolint/config.yml",
                ".hadolint.yaml", ".hadolint.yml",
            ]
            paths += names.map { "\(home)/\($0)" }
        }
        return paths + ["/etc/caisson/caisson.toml"]
    }

    private static func read(_ path: String) throws(LintError) -> String {
        let number = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { throw .unreadable("can't read the configuration \(path.quoted): \(Errno.last)") }
        defer { close(number) }
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try BorrowedDescriptor(number: number).read(upTo: largestFile + 1)
        } catch {
            throw .unreadable("can't read the configuration \(path.quoted): \(error)")
        }
        guard bytes.count <= largestFile else { throw .unreadable("the configuration \(path.quoted) is over 1 MiB") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable("the configuration \(path.quoted) is not UTF-8")
        }
        return text
    }

    // MARK: Surroundings

    /// What the rules are told of a file's surroundings: the ignore file of its context.
    /// - Parameter context: The context's directory; the Dockerfile's own where nil.
    func settings(for input: LintInput, context: String? = nil) throws(BuildError) -> RuleSettings {
        var settings = linter.configuration.rules
        guard let directory = context ?? input.path.map({ PathFacts.split($0).directory }) else { return settings }
        for name in ResolvedDockerfile.ignoreFiles(of: input.path, in: directory) {
            guard case .regular = PathFacts.kind(of: name) else { continue }
            settings.hasIgnoreFile = true
            do {
                settings.ignored = try IgnoreFile(parsing: Array(try Self.read(name).utf8), name: name).matcher()
            } catch let error as IgnoreFileError {
                throw BuildError(.usage, error.message)
            } catch let error as LintError {
                throw BuildError(.usage, error.message)
            } catch {
                throw BuildError(.usage, "can't read \(name.quoted): \(error)")
            }
            return settings
        }
        settings.hasIgnoreFile = false
        return settings
    }
}
