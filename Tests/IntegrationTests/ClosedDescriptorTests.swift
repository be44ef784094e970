import Foundation
import Testing

/// The program as a caller starts it who has closed some of the descriptors 0 to 2.
@Suite struct ClosedDescriptorTests {
    /// Runs the program with these descriptors closed; standard output and standard error otherwise go to files.
    private static func run(
        _ arguments: [String],
        closed: [Int],
        in directory: URL,
        environment: [String: String] = [:]
    ) async throws -> ProcessResult {
        let redirections = (0...2).map { number in
            if closed.contains(number) { return "\(number)\(number == 0 ? "<" : ">")&-" }
            return number == 0 ? "</dev/null" : "\(number)>\(number).txt"
        }
        let script = "cd \"$1\" && shift && exec \"$0\" \"$@\" \(redirections.joined(separator: " "))"
        let words = ["-c", script, TestPaths.caisson, directory.path] + arguments
        return try await IntegrationTests.run(Command("/bin/sh", words, environment: environment))
    }

    private static let subsets: [[Int]] = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]

    @Test(arguments: subsets)
    func `commands without an engine end, and fail only where their output has no place`(closed: [Int]) async throws {
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\nCOPY a /a\n", to: directory, files: ["a": "a"])
            for arguments in [["version"], ["context", "ls", "."], ["lint", "Dockerfile"], ["builder", "ls"]] {
                let result = try await Self.run(arguments, closed: closed, in: directory)
                // What lint finds nothing wrong with is told in standard error.
                let needsOutput = arguments[0] != "lint"
                let expected = closed.contains(1) && needsOutput ? 1 : 0
                #expect(result.status == .exited(Int32(expected)), "\(arguments) without \(closed)")
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a build ends with the status that it has with all descriptors`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\nCOPY a /a\n", to: directory, files: ["a": "a"])
            for closed in Self.subsets {
                let result = try await Self.run(
                    ["build", "-t", uniqueImageName("closed"), "."],
                    closed: closed,
                    in: directory,
                    environment: ["CAISSON_HOST": engine.address]
                )
                #expect(result.status == .exited(0), "without \(closed)")
            }
        }
    }
}
