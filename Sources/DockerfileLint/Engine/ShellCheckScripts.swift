package import Dockerfile

/// The scripts of a Dockerfile for ShellCheck, and the way back from its findings to the Dockerfile.
///
/// Each RUN is a script of its own: which shell, which variables are there, and the RUN's text with continuation lines
/// joined, or the lines of its heredoc.
package struct ShellCheckScripts: Sendable {
    /// One script.
    package struct Script: Sendable {
        /// The text that ShellCheck reads.
        package var text: [UInt8]
        /// How many lines stand before the RUN's own.
        var headLines: Int
        /// The RUN.
        var step: Step
        /// The heredoc's lines in the file; nil for the RUN's own text.
        var body: Range<Int>?
    }

    /// A finding as ShellCheck reports it.
    package struct Report: Sendable {
        /// The number after `SC`.
        package var code: Int
        /// `error`, `warning`, `info` or `style`.
        package var level: String
        /// The message.
        package var message: String
        /// Where it begins: line and column from 1.
        package var start: Position
        /// Where it ends.
        package var end: Position

        package init(code: Int, level: String, message: String, start: Position, end: Position) {
            self.code = code
            self.level = level
            self.message = message
            self.start = start
            self.end = end
        }
    }

    /// The codes that say nothing in a Dockerfile: the shell ash, and files that can't be followed.
    package static let excluded = "2187,1090,1091"

    /// The scripts in the file's order.
    package private(set) var scripts: [Script] = []
    private let file: Dockerfile

    /// Takes the RUN of a file whose shell is one that ShellCheck knows.
    package init(_ file: Dockerfile) {
        self.file = file
        let facts = Facts(file: file)
        var shells = ShellState(file: file, pragma: facts.pragmaShell)
        for step in facts.steps {
            shells.see(step, stages: facts.stages)
            guard step.keyword == .run, !step.instruction.isJSON, shells.isPosix else { continue }
            let head = Self.head(shells.name, facts.variables(before: step))
            if let heredoc = step.instruction.heredocs.first, step.instruction.rest == heredoc.range {
                let bytes = file.source.bytes[heredoc.body]
                guard !bytes.starts(with: [0x23, 0x21]) else { continue }
                scripts.append(Script(text: head.text + bytes, headLines: head.lines, step: step, body: heredoc.body))
            } else if step.instruction.heredocs.isEmpty {
                let text = step.instruction.text.bytes[step.instruction.rest] + [0x0A]
                scripts.append(Script(text: head.text + text, headLines: head.lines, step: step))
            }
        }
    }

    private static func head(_ shell: String, _ variables: Set<String>) -> (text: [UInt8], lines: Int) {
        let known = ["bash", "dash", "ksh", "sh"]
        let dialect = known.contains(shell) ? shell : (shell == "ash" ? "dash" : "sh")
        let proxies = [
            "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "ftp_proxy", "no_proxy",
        ]
        let names = (variables.union(proxies)).filter { name in
            guard let first = name.utf8.first, !Ascii.isDigit(first) else { return false }
            return name.utf8.allSatisfy(Ascii.isNameByte)
        }
        let exports = names.sorted().map { "export \($0)=1;" }.joined(separator: " ")
        return (Array("# shellcheck shell=\(dialect)\n\(exports)\n".utf8), 2)
    }

    /// A report about one of the scripts as a finding in the Dockerfile; nil for one about what was put before it.
    package func finding(_ report: Report, in number: Int) -> Finding? {
        guard scripts.indices.contains(number) else { return nil }
        let script = scripts[number]
        guard report.start.line > script.headLines else { return nil }
        let start = source(of: report.start, in: script)
        let end = max(start, source(of: report.end, in: script))
        return Finding(
            rule: "SC\(report.code)",
            code: "SC\(report.code)",
            severity: Severity(name: report.level) ?? .warning,
            message: report.message,
            span: start..<end,
            start: file.source.position(of: start),
            end: file.source.position(of: end),
            instructionLine: script.step.line
        )
    }

    private func source(of position: Position, in script: Script) -> Int {
        var offset = 0
        var line = 1
        while line < position.line, let end = script.text[offset...].firstIndex(of: 0x0A) {
            offset = end + 1
            line += 1
        }
        var column = 1
        while column < position.column, offset < script.text.count {
            offset += 1
            while offset < script.text.count, script.text[offset] & 0xC0 == 0x80 { offset += 1 }
            column += 1
        }
        let head = script.text.split(separator: 0x0A, maxSplits: script.headLines, omittingEmptySubsequences: false)
            .prefix(script.headLines).reduce(0) { $0 + $1.count + 1 }
        let own = max(0, offset - head)
        if let body = script.body { return min(body.lowerBound + own, body.upperBound) }
        let rest = script.step.instruction.rest
        return script.step.instruction.text.source(of: min(rest.lowerBound + own, rest.upperBound))
    }
}
