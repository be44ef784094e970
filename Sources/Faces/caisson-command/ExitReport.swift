import CaissonManuals
import ArgumentParser
import CaissonBuildModel
import CaissonReporting

/// How the program ends: what is still to be printed, and the exit status.
struct ExitReport: Equatable {
    /// For standard output: help and versions that were asked for.
    var output = ""
    /// For standard error.
    var complaint = ""
    /// 0 success, 1 the work failed, 2 wrong usage or input, 130 interrupted.
    var status: Int32 = 0

    /// The ending that an error leads to.
    static func of(_ error: any Error, arguments: [String] = []) -> ExitReport {
        switch error {
        case let error as BuildError: ExitReport(error)
        case let reported as ReportedError: ExitReport(complaint: reported.report, status: reported.error.exitStatus)
        case let error as ParseError: ExitReport(BuildError(error))
        case is CancellationError: ExitReport(BuildError(.cancelled, "cancelled"))
        case let code as ExitCode: ExitReport(status: code.rawValue)
        default: ofParser(error, arguments: arguments)
        }
    }

    /// ArgumentParser's own errors: help and versions are no failures, all else is wrong usage.
    ///
    /// Its status and its brief message of an error come after it has laid the help out for `COLUMNS` or the terminal,
    /// and where those are narrower than its margin, that is a trap. So help is told by its text, which takes a width.
    private static func ofParser(_ error: any Error, arguments: [String]) -> ExitReport {
        // Lines without an end, for the layout of our own.
        let text = Caisson.fullMessage(for: error, columns: 100_000)
        guard !text.hasPrefix("OVERVIEW: ") else { return ExitReport(output: HelpLayout.ofOutput.text(of: text)) }
        switch Caisson.exitCode(for: error) {
        case .success: return ExitReport(output: text.hasSuffix("\n") ? text : text + "\n")
        case .validationFailure:
            let message = Caisson.message(for: error)
            let verb = verb(of: arguments)
            return ExitReport(
                BuildError(.usage, message.isEmpty ? "wrong usage" : message),
                hint: "'caisson\(verb) --help' lists the flags and what they take"
            )
        default:
            // None of ours and none of the parser's: it came out of the work.
            return ExitReport(BuildError(.engine, "\(error)"))
        }
    }
}

extension ExitReport {
    /// The command that a command line calls, with a blank before each word.
    private static func verb(of arguments: [String]) -> String {
        guard let first = arguments.first, !first.hasPrefix("-") else { return "" }
        let below = Caisson.subcommand(called: first)?.configuration.subcommands ?? []
        let second = arguments.dropFirst().first.flatMap { word in
            below.contains { $0.configuration.commandName == word || $0.configuration.aliases.contains(word) }
                ? word : nil
        }
        return " \(first)" + (second.map { " \($0)" } ?? "")
    }

    private init(_ error: BuildError, hint: String? = nil) {
        self.init(complaint: ErrorText.of(error, hint: hint), status: error.exitStatus)
    }
}

/// What is printed for an error.
enum ErrorText {
    /// The error with its excerpts, and a line with a hint where one is given.
    static func of(_ error: BuildError, hint: String? = nil) -> String {
        BuildReport.describe(error.spelled(\.flag), model: ProgressModel(), colors: .none)
            + (hint.map { "hint: \($0)\n" } ?? "")
    }
}

/// An error whose report was made where more was known of the build than the error says.
struct ReportedError: Error {
    /// The error, which decides the exit status.
    var error: BuildError
    /// What is to be printed.
    var report: String
}
