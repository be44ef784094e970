import CaissonSystem
import CaissonBuildModel
import CaissonDockerfile
import CaissonDockerfileLint
import FoundationEssentials
import Glibc
import CaissonRegistry

/// The program `shellcheck`: one process checks all RUN of a file.
struct ShellCheckProgram: Sendable {
    /// Where it is.
    var path: String
    /// How long it may take.
    var deadline = Duration.seconds(60)

    /// The longest report that is read.
    private static let longestReport = 16 << 20

    /// Finds the program among the directories of `PATH`.
    static func find(in path: String) -> String? {
        path.split(separator: ":").lazy.map { "\($0)/shellcheck" }.first { access($0, X_OK) == 0 }
    }

    /// What it finds in a file; nothing where it can't be run or doesn't answer.
    func findings(in facts: Facts, severities linter: Linter) async throws -> [Finding] {
        let scripts = ShellCheckScripts(facts)
        guard !scripts.scripts.isEmpty, let directory = Self.makeDirectory() else { return [] }
        defer { Self.remove(directory, count: scripts.scripts.count) }
        for (number, script) in scripts.scripts.enumerated() {
            guard Self.write(script.text, to: "\(directory)/\(number)") else { return [] }
        }
        guard let report = try await run(in: directory, count: scripts.scripts.count),
            let answer = try? JSONDecoder().decode(Answer.self, from: Data(report))
        else { return [] }
        return answer.comments.compactMap { comment in
            guard let number = Int(PathFacts.split(comment.file).name) else { return nil }
            guard var finding = scripts.finding(comment.report, in: number) else { return nil }
            if let severity = linter.configuration.severities[finding.code] { finding.severity = severity }
            return finding
        }
    }

    private struct Answer: Decodable {
        var comments: [Comment]
    }

    private struct Comment: Decodable {
        var file: String
        var line: Int
        var endLine: Int
        var column: Int
        var endColumn: Int
        var level: String
        var code: Int
        var message: String

        var report: ShellCheckScripts.Report {
            ShellCheckScripts.Report(
                code: code,
                level: level,
                message: message,
                start: Position(line: line, column: column),
                end: Position(line: endLine, column: endColumn)
            )
        }
    }

    // MARK: The process

    private func run(in directory: String, count: Int) async throws -> [UInt8]? {
        let output = open("\(directory)/report", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { return nil }
        defer { close(output) }
        let names = (0..<count).map { "\(directory)/\($0)" }
        var request = SpawnRequest(
            executable: path,
            arguments: ["shellcheck", "--norc", "-f", "json1", "-e", ShellCheckScripts.excluded, "--"] + names,
            environment: ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"]
        )
        request.standard[1] = output
        guard let child = try? request.start() else { return nil }
        guard try await wait(for: child) else { return nil }
        guard lseek(output, 0, SEEK_SET) == 0 else { return nil }
        return try? BorrowedDescriptor(number: output).read(upTo: Self.longestReport)
    }

    /// Waits for the program, at most until the deadline; one that takes longer, or is cancelled, is killed.
    private func wait(for child: pid_t) async throws -> Bool {
        let end = ContinuousClock.now + deadline
        var status: CInt = 0
        var pause = Duration.milliseconds(1)
        while true {
            let result = waitpid(child, &status, WNOHANG)
            if result == child { return true }
            if result < 0, errno != EINTR { return false }
            if ContinuousClock.now > end || Task.isCancelled {
                kill(child, SIGKILL)
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
                try Task.checkCancellation()
                return false
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(10))
        }
    }

    // MARK: Files

    private static func makeDirectory() -> String? {
        try? TemporaryDirectory.make(for: "lint", ProcessInfo.processInfo.environment)
    }

    private static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { return false }
        defer { close(number) }
        return (try? BorrowedDescriptor(number: number).write(bytes)) != nil
    }

    private static func remove(_ directory: String, count: Int) {
        for number in 0..<count { unlink("\(directory)/\(number)") }
        unlink("\(directory)/report")
        rmdir(directory)
    }
}
