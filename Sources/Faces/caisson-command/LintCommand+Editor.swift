import ArgumentParser
import CaissonBuildModel
import CaissonDockerfileLint
import CaissonLanguageServer
import CaissonSystem
import FoundationEssentials

extension LintCommand {
    /// How long ShellCheck may take for a document that is being edited.
    private static let shellCheckDeadline = Duration.seconds(10)

    /// Serves an editor until it says `exit` or goes away.
    func serveEditor(_ environment: [String: String]) async throws {
        guard files.isEmpty, !fixes.isWanted, !online.online else {
            throw BuildError(
                .usage,
                "--lsp takes no file, --fix, --diff or --online: the editor sends the documents and asks for fixes"
            )
        }
        // What is wrong with flags is told at once; a configuration of the user's becomes a diagnostic.
        _ = try LintSetup(rules, output, environment: [:], folders: [])
        let server = LanguageServer(lintService(environment), width: ProcessInfo.processInfo.activeProcessorCount)
        let status = try await withInterrupts(restoreTerminal: {}) {
            try await server.serve(from: .standardInput, to: .standardOutput)
        }
        if status != 0 { throw ExitCode(status) }
    }

    /// How documents are checked, as the command checks files.
    private func lintService(_ environment: [String: String]) -> LintService {
        let (rules, output) = (rules, output)
        let shellCheck = rules.noShellCheck ? nil : ShellCheckProgram.find(in: environment["PATH", default: ""])
        return LintService(version: Version.number) { path, folders throws(LintError) in
            do throws(BuildError) {
                let places = folders.isEmpty ? nil : folders
                let setup = try LintSetup(rules, output, environment: environment, folders: places)
                let settings = try setup.settings(for: LintInput(path: path, name: path ?? "-"))
                return LintService.Preparation(linter: setup.linter, settings: settings)
            } catch {
                throw .unreadable(error.message)
            }
        } othersFindings: { facts, linter in
            guard let shellCheck else { return [] }
            let program = ShellCheckProgram(path: shellCheck, deadline: Self.shellCheckDeadline)
            return try await program.findings(in: facts, severities: linter)
        }
    }
}
