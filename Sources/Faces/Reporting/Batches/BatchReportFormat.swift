package import CaissonBuildModel
import CaissonText

/// What `caisson batch --summary FILE` writes, by the ending of the file's name.
package enum BatchReportFormat: String, Sendable, CaseIterable {
    /// One object of JSON.
    case json
    /// JUnit's XML, as GitLab, Jenkins and GitHub's test reporters read it.
    case xml
    /// Markdown, as GitHub shows it beside a job.
    case md

    /// Chooses the format of a file; the one that GitHub gives a job for its summary has no ending.
    package init(ofFile path: String, environment: [String: String] = [:]) throws(BuildError) {
        if !path.isEmpty, path == environment["GITHUB_STEP_SUMMARY"] {
            self = .md
            return
        }
        let name = path.pieces(at: "/").last ?? ""
        let ending = name.pieces(at: ".").dropFirst().last?.lowercased() ?? ""
        guard let format = Self(rawValue: ending) else {
            throw BuildError(
                .usage,
                """
                the summary \(path.quoted): its name has to end in .json, .xml (JUnit's) or .md (GitHub's step summary), \
                which says how it is written
                """
            )
        }
        self = format
    }

    /// What the file gets.
    package func text(of report: BatchReport) -> String {
        switch self {
        case .json: report.json.indentedText + "\n"
        case .xml: JUnitText(report).text
        case .md: BatchMarkdown(report).text
        }
    }
}
