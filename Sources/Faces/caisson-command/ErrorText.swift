import CaissonBuildModel
import CaissonReporting

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
