import Foundation
import Glibc

/// A command in a pseudo-terminal; see `terminal.py`.
final class Terminal: Sendable {
    /// What was seen at the end.
    struct Report: Decodable {
        var status: Int32
        var secondsAfterKey: Double
        var hasSameModes: Bool
        var showsCursor: Bool
        var widestRow: Int
        var rows: [String]
    }

    private let process: RunningProcess
    private let reportPath: String
    private let acts: Int32

    /// Starts a command in a terminal of that size.
    static func start(_ command: Command, columns: Int, lines: Int = 24) throws -> Terminal {
        let base = TestPaths.uniquePath("terminal")
        guard mkfifo(base + ".acts", 0o600) == 0 else { throw TestSupportError("mkfifo: errno \(errno)") }
        // Opened for both, so that neither side waits for the other.
        let acts = open(base + ".acts", O_RDWR | O_CLOEXEC)
        guard acts >= 0 else { throw TestSupportError("\(base).acts can't be opened: errno \(errno)") }
        let arguments = [Tools.tool("terminal.py"), "\(columns)", "\(lines)", base + ".json", command.executable]
        var driver = Command("python3", arguments + command.arguments, input: .file(base + ".acts"))
        driver.environment = command.environment
        driver.environment["TERM"] = "xterm-256color"
        driver.directory = command.directory
        return Terminal(process: try RunningProcess.start(driver), reportPath: base + ".json", acts: acts)
    }

    private init(process: RunningProcess, reportPath: String, acts: Int32) {
        self.process = process
        self.reportPath = reportPath
        self.acts = acts
    }

    deinit {
        close(acts)
    }

    /// Presses Ctrl-C.
    func pressInterrupt() { act("key 3\n") }

    /// Types a byte, once the one before was taken.
    func press(_ byte: UInt8) async throws {
        act("key \(byte)\n")
        try await Task.sleep(for: .milliseconds(100))
    }

    /// Makes the window another size.
    func resize(columns: Int, lines: Int = 24) { act("size \(columns) \(lines)\n") }

    /// Waits until a text has been shown.
    func awaitText(_ text: String) async throws { _ = try await process.awaitText(text) }

    /// Waits for the end of the command.
    func finish(within limit: Duration = .seconds(60)) async throws -> Report {
        let result = try await process.finish(within: limit)
        guard result.succeeded else { throw TestSupportError(result.errorOutput) }
        return try JSONDecoder().decode(Report.self, from: try Data(contentsOf: URL(filePath: reportPath)))
    }

    private func act(_ line: String) {
        _ = line.withCString { write(acts, $0, strlen($0)) }
    }
}
