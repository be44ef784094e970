import CaissonText
package import CaissonDockerfile

/// The scripts of a Dockerfile for ShellCheck, and the way back from its findings to the Dockerfile.
///
/// Each RUN becomes a script of its own. It begins with lines that tell the shell and the variables. Then comes the
/// RUN's text, with its continuation lines joined and followed by its heredocs, or the lines of the heredoc that is the
/// script.
package struct ShellCheckScripts: Sendable {
    /// One script.
    package struct Script: Sendable {
        /// The text that ShellCheck reads.
        package var text: [UInt8]
        /// How many lines come before the RUN's own.
        var headLines: Int
        /// How many bytes come before the RUN's own.
        var headSize: Int
        /// The RUN.
        var step: Step
        /// The part of the RUN's joined text that is in the script.
        var joined: Range<Int>
        /// The lines of heredocs in the file that come after it.
        var body: Range<Int>
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

    /// The codes that make no sense in a Dockerfile: those about the shell ash, and about files that can't be followed.
    package static let excluded = "2187,1090,1091"

    /// The scripts in the file's order.
    package private(set) var scripts: [Script] = []
    private let file: Dockerfile

    /// Collects the RUNs of a file whose shell ShellCheck knows.
    package init(_ facts: Facts) {
        file = facts.file
        var shells = ShellState(file: file, pragma: facts.pragmaShell, values: facts.defaultArguments)
        for step in facts.steps {
            shells.see(step, stages: facts.stages)
            guard step.keyword == .run, !step.instruction.isJSON, shells.isPosix else { continue }
            if let script = script(for: step, shells.name, facts.variables(before: step)) { scripts.append(script) }
        }
    }

    private func script(for step: Step, _ shell: String, _ variables: Set<String>) -> Script? {
        let instruction = step.instruction
        let head = Self.head(shell, variables)
        var script = Script(
            text: head.text,
            headLines: head.lines,
            headSize: head.text.count,
            step: step,
            joined: instruction.rest.lowerBound..<instruction.rest.lowerBound,
            body: 0..<0
        )
        if let heredoc = instruction.heredocs.first {
            if instruction.rest == heredoc.range {
                // A script for another interpreter isn't the shell's.
                if file.source.bytes[heredoc.body].starts(with: [0x23, 0x21]) { return nil }
                script.body = heredoc.body
            } else {
                script.body = heredoc.body.lowerBound..<max(heredoc.body.lowerBound, step.span.upperBound)
            }
        }
        if instruction.heredocs.first?.range != instruction.rest {
            script.joined = instruction.rest
            script.text += instruction.text.bytes[instruction.rest] + [0x0A]
        }
        script.text += file.source.bytes[script.body]
        if script.text.last != 0x0A { script.text.append(0x0A) }
        return script
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

    /// A report about one of the scripts as a finding in the Dockerfile; nil if it is about the lines added before the
    /// RUN.
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
        let own = max(0, offset - script.headSize)
        // The joined text has a newline of its own at its end.
        let joined = script.joined.isEmpty ? 0 : script.joined.count + 1
        // Without a heredoc's body the end of the joined text is the end of all.
        if own >= joined, !script.body.isEmpty {
            return min(script.body.lowerBound + own - joined, script.body.upperBound)
        }
        return script.step.instruction.text.source(of: min(script.joined.lowerBound + own, script.joined.upperBound))
    }
}
