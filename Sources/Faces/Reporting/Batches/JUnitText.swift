import CaissonBuildModel
import CaissonText

/// A batch as JUnit's XML: a test case for each build.
///
/// There is no standard, so it keeps to what all readers know: a build that failed in a step or by its input is a `failure`,
/// one that ran out of time, lost its engine or its disk is an `error`, one that was never begun or was stopped is `skipped`.
/// GitLab shows the text within those and nothing else, so the log is there.
struct JUnitText {
    private let report: BatchReport
    /// The most bytes of a log that a test case has.
    static let logLimit = 64 * 1024
    private static let suite = "caisson batch"

    init(_ report: BatchReport) {
        self.report = report
    }

    /// The file.
    var text: String {
        let numbers = """
            tests="\(report.entries.count)" failures="\(count(.failure))" errors="\(count(.error))" \
            skipped="\(count(.skipped))" time="\(Self.seconds(report.duration))"
            """
        // The schema has a time without a zone there.
        let time = report.started.rfc3339.prefix { $0 != "." && $0 != "Z" }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="\(Self.suite)" \(numbers)>
              <testsuite name="\(Self.suite)" \(numbers) timestamp="\(time)">
                <properties>
                  <property name="command" value="\(XMLText.escaped(report.commandLine))"/>
                </properties>
            \(report.entries.map(testCase).joined())  </testsuite>
            </testsuites>

            """
    }

    /// What JUnit calls a test that didn't pass.
    private enum Verdict: String {
        case failure, error, skipped

        init?(_ entry: BatchReport.Entry) {
            switch (entry.status, entry.failure?.code) {
            case (.succeeded, _): return nil
            case (.failed, .engine), (.failed, .output), (.failed, .deadlineExceeded): self = .error
            case (.failed, _): self = .failure
            case (.timedOut, _), (.interrupted, _): self = .error
            case (.skipped, _), (.cancelled, _), (.queued, _), (.running, _): self = .skipped
            }
        }
    }

    private func count(_ verdict: Verdict) -> Int { report.entries.count { Verdict($0) == verdict } }

    private func testCase(_ entry: BatchReport.Entry) -> String {
        let name = XMLText.escaped(SafeText.line(entry.name))
        let time = Self.seconds(entry.duration ?? .zero)
        return """
                <testcase name="\(name)" classname="caisson.batch" time="\(time)">
            \(verdict(entry))\(output(entry))    </testcase>

            """
    }

    private func verdict(_ entry: BatchReport.Entry) -> String {
        guard let verdict = Verdict(entry) else { return "" }
        let said = entry.explanation ?? entry.status.rawValue
        let message = XMLText.escaped(said)
        guard verdict != .skipped else { return "      <skipped message=\"\(message)\"/>\n" }
        let type = entry.failure?.code.word ?? entry.status.rawValue
        let text = XMLText.escaped(description(entry), keepsLines: true)
        return "      <\(verdict.rawValue) message=\"\(message)\" type=\"\(type)\">\(text)</\(verdict.rawValue)>\n"
    }

    /// The message, the failing step and its log.
    private func description(_ entry: BatchReport.Entry) -> String {
        guard let failure = entry.failure else { return entry.explanation ?? entry.status.rawValue }
        var lines = SafeText.lines(Array(failure.message.utf8.prefix(4 * SafeText.limit)))
        if let step = failure.step {
            let code = failure.exitCode.map { " (exit code \($0))" } ?? ""
            lines.append("step: \(SafeText.line(step))\(code)")
        }
        let (log, isCut) = failure.log.last(bytes: Self.logLimit)
        let safe = log.map { SafeText.line(Array($0.utf8), keepsTabs: true) }
        return (lines + (isCut ? ["..."] : []) + safe).joined(separator: "\n")
    }

    private func output(_ entry: BatchReport.Entry) -> String {
        var lines: [String] = []
        if entry.steps > 0 { lines.append("\(entry.cachedSteps) of \(entry.steps) steps cached") }
        if entry.attempts > 1 { lines.append("\(entry.attempts) attempts") }
        for image in entry.images.prefix(20) {
            lines.append((image.names + [image.digest ?? image.id].compactMap(\.self)).joined(separator: " "))
        }
        if let size = entry.imageSize { lines.append(Quantity.bytes(size)) }
        if let id = entry.id { lines.append("caisson builds show \(id)") }
        guard !lines.isEmpty else { return "" }
        // GitLab takes what looks so for the path of a file to show.
        let text = lines.map { SafeText.line($0).replacing("[[", with: "[ [") }.joined(separator: "\n")
        return "      <system-out>\(XMLText.escaped(text, keepsLines: true))</system-out>\n"
    }

    private static func seconds(_ duration: Duration) -> String {
        Quantity.decimal(max(duration.inSeconds, 0), 3)
    }
}
