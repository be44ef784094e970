package import CaissonBuildModel

/// A build in whole for people: what is known of it, its steps as a tree with their times, and why it failed.
package struct BuildText: Sendable {
    private let dossier: BuildDossier
    private let log: [String]
    /// How many lines of the failing step's output are shown.
    private static let logLimit = 20

    /// Takes a build.
    ///
    /// - Parameter log: The last lines that the failing step printed.
    package init(_ dossier: BuildDossier, log: [String] = []) {
        self.dossier = dossier
        self.log = log
    }

    /// The text; of the steps no line is wider than the layout.
    package func text(_ layout: TextLayout) -> String {
        var out = BuildHead(dossier, layout).text
        let steps = StepLines(dossier, layout).lines
        if !steps.isEmpty { out += "\n" + steps.map { $0.withoutTrailingBlanks + "\n" }.joined() }
        let failure = failure(layout.colors)
        return failure.isEmpty ? out : out + "\n" + failure
    }

    private func failure(_ colors: ProgressColors) -> String {
        var out = output
        for excerpt in dossier.error?.excerpts ?? [] { out += SourceListing.text(excerpt.source, excerpt.ranges) }
        let reason = dossier.record.status == .failed ? dossier.record.reason : nil
        guard let message = dossier.error?.message ?? reason else { return out }
        let lines = SafeText.lines(Array(message.utf8.prefix(4 * SafeText.limit)))
        out += colors.apply(colors.error, to: "error:") + " " + (lines.first ?? "") + "\n"
        for line in lines.dropFirst() where !line.isEmpty { out += "  \(line)\n" }
        return out
    }

    /// The end of what the failing step printed, as after a build.
    private var output: String {
        let name = dossier.error?.step?.name ?? ""
        let failed = name.isEmpty ? dossier.steps.last { !$0.error.isEmpty }?.name ?? "" : name
        guard !log.isEmpty, !failed.isEmpty else { return "" }
        let code = dossier.error?.step?.exitCode.map { " (exit code \($0))" } ?? ""
        let rule = "------\n"
        let lines = log.suffix(Self.logLimit).map { SafeText.line(Array($0.utf8), keepsTabs: true) + "\n" }
        return rule + " > \(SafeText.line(failed))\(code):\n" + (log.count > Self.logLimit ? "...\n" : "")
            + lines.joined() + rule
    }
}
