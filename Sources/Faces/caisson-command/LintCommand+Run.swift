import ArgumentParser
import CaissonBuildModel
import CaissonDockerfile
import CaissonDockerfileLint
import CaissonSystem
import FoundationEssentials
import CaissonRegistry
import CaissonLanguageServer

extension LintCommand {
    func run() async throws {
        if output.list { return try Self.print(LintText.list()) }
        if let name = output.explain { return try Self.print(try LintText.manual(of: name)) }
        let environment = ProcessInfo.processInfo.environment
        if editor.lsp { return try await serveEditor(environment) }
        var setup = try LintSetup(rules, output, environment: environment)
        if let platform = online.platform {
            setup.linter.configuration.rules.platform = try Platform(parsing: platform).description
        }
        let inputs = try LintInput.find(files, named: output.filePathInReport)
        for note in setup.notes { BorrowedDescriptor.standardError.writeIgnoringErrors("note: \(note)\n") }
        guard online.online else { return try await run(inputs, setup, nil) }
        let ready = setup
        try await withRegistryClient(online.registry.options()) { client in
            try await run(inputs, ready, LintPlatforms(client))
        }
    }

    private func run(_ inputs: [LintInput], _ setup: LintSetup, _ platforms: LintPlatforms?) async throws {
        if fixes.isWanted { return try await fix(inputs, setup, platforms) }
        let results = try await lint(inputs, setup, platforms)
        try Self.print(setup.format.render(results, setup.formatOptions))
        if setup.format == .tty {
            BorrowedDescriptor.standardError.writeIgnoringErrors(LintSummary.text(results) + "\n")
        }
        let fails = results.contains(where: setup.linter.fails)
        if fails, !setup.format.neverFails { throw ExitCode(1) }
    }

    private func lint(
        _ inputs: [LintInput],
        _ setup: LintSetup,
        _ platforms: LintPlatforms?
    ) async throws -> [Linter.Result] {
        try await Self.inOrder(inputs, width: ProcessInfo.processInfo.activeProcessorCount) { input in
            let file = Dockerfile(parsing: try input.read())
            let facts = Facts(file: file, settings: try await Self.settings(for: input, file, setup, platforms))
            let extra = try await Self.shellFindings(in: facts, setup)
            return setup.linter.lint(facts, name: input.name, extra: extra)
        }
    }

    private static func shellFindings(in facts: Facts, _ setup: LintSetup) async throws -> [Finding] {
        guard let path = setup.shellCheck else { return [] }
        return try await ShellCheckProgram(path: path).findings(in: facts, severities: setup.linter)
    }

    /// Does the work for each input, for so many at a time, and gives the results in the inputs' order.
    private static func inOrder<Input: Sendable, Output: Sendable>(
        _ inputs: [Input],
        width: Int,
        _ work: @escaping @Sendable (Input) async throws -> Output
    ) async throws -> [Output] {
        try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            var waiting = inputs.enumerated().makeIterator()
            var outputs: [Output?] = Array(repeating: nil, count: inputs.count)
            func addNext() {
                guard let (index, input) = waiting.next() else { return }
                group.addTask { (index, try await work(input)) }
            }
            for _ in 0..<max(1, width) { addNext() }
            while let (index, output) = try await group.next() {
                outputs[index] = output
                addNext()
            }
            return outputs.compactMap(\.self)
        }
    }

    private static func settings(
        for input: LintInput,
        _ file: Dockerfile,
        _ setup: LintSetup,
        _ platforms: LintPlatforms?
    ) async throws -> RuleSettings {
        var settings = try setup.settings(for: input)
        if let platforms { settings.imagePlatforms = try await platforms.platforms(for: file, settings) }
        return settings
    }

    /// Fixes the files, or prints what fixing would change; what is left is printed, and decides the exit status.
    private func fix(_ inputs: [LintInput], _ setup: LintSetup, _ platforms: LintPlatforms?) async throws {
        var left: [Linter.Result] = []
        var count = 0
        for input in inputs {
            let bytes = try input.read()
            let settings = try await Self.settings(for: input, Dockerfile(parsing: bytes), setup, platforms)
            let outcome = FixApplication.apply(to: bytes, unsafe: fixes.unsafeFixes) {
                setup.linter.lint($0, name: input.name, settings: settings).findings
            }
            count += outcome.count
            if fixes.diff {
                try Self.print(UnifiedDiff.text(of: bytes, outcome.bytes, name: input.name))
            } else {
                try input.write(outcome.bytes, instead: bytes)
            }
            let facts = Facts(file: Dockerfile(parsing: outcome.bytes), settings: settings)
            let extra = try await Self.shellFindings(in: facts, setup)
            left.append(setup.linter.lint(facts, name: input.name, extra: extra))
        }
        // The differences or the fixed text have standard output for themselves.
        if !fixes.diff, inputs.allSatisfy({ $0.path != nil }) {
            try Self.print(setup.format.render(left, setup.formatOptions))
        }
        let done = fixes.diff ? "would fix" : "fixed"
        let findings = count == 1 ? "1 finding" : "\(count) findings"
        BorrowedDescriptor.standardError.writeIgnoringErrors("\(done) \(findings)\n")
        if left.contains(where: setup.linter.fails), !setup.format.neverFails { throw ExitCode(1) }
    }

    /// Writes to standard output; a reader that went away ends the command.
    private static func print(_ text: String) throws {
        do throws(Errno) {
            try BorrowedDescriptor.standardOutput.write(Array(text.utf8))
        } catch {
            throw ExitCode(1)
        }
    }
}

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
