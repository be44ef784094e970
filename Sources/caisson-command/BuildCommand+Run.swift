import BuildModel
import FoundationEssentials

// The only wiring of `caisson build` to the engines and the renderers.

extension BuildCommand {
    func run() async throws {
        let build = try prepare(
            environment: ProcessInfo.processInfo.environment,
            input: .standardInput,
            output: .standardOutput
        )
        let result = try await withInterrupts(restoreTerminal: Self.restoreTerminal) {
            try await Self.runOnEngine(build)
        }
        try finish(build, result, output: .standardOutput)
    }

    /// Runs a build on the engine that its flags or the environment name, and shows its progress on standard error.
    private static func runOnEngine(_ build: PreparedBuild) async throws -> BuildResult {
        throw BuildError(.engine, "no engine driver is linked into this program")
    }

    /// Shows the cursor again and ends colours.
    private static func restoreTerminal() {
        guard Descriptor.standardError.isTerminal else { return }
        Descriptor.standardError.writeIgnoringErrors("\u{1B}[?25h\u{1B}[0m\n")
    }
}
