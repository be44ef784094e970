import CaissonDockerfile
import CaissonDockerfileLint

/// Runs a check, from what is quick to what is slow, and tells of each stage.
struct LintRunner: Sendable {
    let service: LintService

    /// Checks a document; it ends early when it is cancelled.
    @concurrent
    func run(_ job: LintJob, tell: @Sendable (LintReport) async -> Void) async {
        guard (try? await Task.sleep(for: job.delay)) != nil else { return }
        let preparation: LintService.Preparation
        do throws(LintError) {
            preparation = try service.prepare(DocumentURI.path(job.uri), job.folders)
        } catch {
            return await tell(LintReport(stage: .complete, problem: error.message))
        }
        let linter = preparation.linter
        let file = Dockerfile(parsing: job.text)
        let facts = Facts(file: file, settings: preparation.settings)
        var report = LintReport(
            stage: .findings,
            findings: linter.lint(facts, name: job.uri).findings,
            allowsPragmas: !linter.configuration.disablesPragmas,
            instructionStarts: Self.instructionStarts(of: file)
        )
        await tell(report)
        guard !Task.isCancelled else { return }
        report.stage = .fixes
        report.fixed = Self.fixed(job, report.findings, preparation)
        guard !Task.isCancelled else { return }
        await tell(report)
        let others = (try? await service.othersFindings(facts, linter)) ?? []
        guard !Task.isCancelled else { return }
        if !others.isEmpty { report.findings = linter.lint(facts, name: job.uri, extra: others).findings }
        report.stage = .complete
        await tell(report)
    }

    private static func instructionStarts(of file: Dockerfile) -> [Int: Int] {
        file.instructions.reduce(into: [:]) { starts, instruction in
            starts[instruction.line] = file.source.lineRange(instruction.line).lowerBound
        }
    }

    /// The text that `caisson lint --fix` would write, where that is another one.
    private static func fixed(
        _ job: LintJob,
        _ findings: [Finding],
        _ preparation: LintService.Preparation
    ) -> [UInt8]? {
        guard findings.contains(where: { $0.fix?.safety == .safe }) else { return nil }
        let outcome = FixApplication.apply(to: job.text, unsafe: false) { file in
            // Nothing is left to fix of a text that nobody has any more.
            if Task.isCancelled { return [] }
            return preparation.linter.lint(file, name: job.uri, settings: preparation.settings).findings
        }
        return outcome.bytes == job.text ? nil : outcome.bytes
    }
}
