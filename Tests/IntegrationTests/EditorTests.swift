import Foundation
import Testing

/// `caisson lint --lsp` as an editor uses it: the program itself, over its standard input and output.
@Suite struct EditorTests {
    private static let text = "# 😀\nFROM debian as b\nRUN apt-get install curl && echo é\nWORKDIR x\n"

    private func frame(_ message: String) -> Data {
        Data("Content-Length: \(message.utf8.count)\r\n\r\n\(message)".utf8)
    }

    private func frame(_ message: [String: Any]) throws -> Data {
        let text = try JSONSerialization.data(withJSONObject: message.merging(["jsonrpc": "2.0"]) { $1 })
        return frame(String(decoding: text, as: UTF8.self))
    }

    /// Takes frames apart, and says what is left that is no whole frame.
    private func messages(in data: Data) throws -> (messages: [[String: Any]], rest: Data) {
        var rest = data[...]
        var messages: [[String: Any]] = []
        while let end = rest.firstRange(of: Data("\r\n\r\n".utf8)) {
            let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
            guard let size = Int(head.dropFirst("Content-Length: ".count)), rest[end.upperBound...].count >= size else {
                break
            }
            let body = rest[end.upperBound...].prefix(size)
            messages.append(try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any]))
            rest = rest[body.endIndex...]
        }
        return (messages, Data(rest))
    }

    /// Waits for a message that is wanted, among all that came.
    private func wait(
        for what: String,
        from process: RunningProcess,
        _ isWanted: ([String: Any]) -> Bool
    ) async throws -> [String: Any] {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            // Looked at once more behind the deadline, as a busy machine may come back here long after it.
            let isLast = ContinuousClock.now > deadline
            if let found = try messages(in: process.outputSoFar).messages.last(where: isWanted) { return found }
            guard !isLast else { break }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TestSupportError("no \(what):\n\(String(decoding: process.outputSoFar, as: UTF8.self))")
    }

    private func answer(_ id: Int, from process: RunningProcess) async throws -> [String: Any] {
        try await wait(for: "answer \(id)", from: process) { $0["id"] as? Int == id && $0["method"] == nil }
    }

    private func start(_ flags: [String] = ["--no-shellcheck"]) throws -> RunningProcess {
        var command = Command.caisson(["lint", "--lsp"] + flags)
        command.input = .held
        return try RunningProcess.start(command)
    }

    private func initialize(_ process: RunningProcess, in directory: URL) async throws {
        let capabilities: [String: Any] = ["general": ["positionEncodings": ["utf-16"]]]
        let params: [String: Any] = [
            "processId": Int(ProcessInfo.processInfo.processIdentifier), "rootUri": directory.absoluteString,
            "capabilities": capabilities,
        ]
        try process.write(frame(["id": 1, "method": "initialize", "params": params]))
        let result = try #require(try await answer(1, from: process)["result"] as? [String: Any])
        #expect((result["capabilities"] as? [String: Any])?["positionEncoding"] as? String == "utf-16")
        try process.write(frame(["method": "initialized", "params": [String: Any]()]))
    }

    private func leave(_ process: RunningProcess) async throws {
        try process.write(frame(["id": 99, "method": "shutdown"]))
        _ = try await answer(99, from: process)
        try process.write(frame(["method": "exit"]))
        let result = try await process.finish(within: .seconds(30))
        #expect(result.status == .exited(0))
        #expect(result.errorOutput == "")
        #expect(try messages(in: result.standardOutput).rest.isEmpty, "something that is no frame is in the output")
    }

    /// Where the command finds what, as `line:column code`.
    private func found(by flags: [String], in file: String) async throws -> [String] {
        let result = try await runCaisson(["lint", "-f", "json", "--no-shellcheck"] + flags + [file])
        let findings = try #require(try JSONSerialization.jsonObject(with: result.standardOutput) as? [[String: Any]])
        return findings.map { "\($0["line"] ?? 0):\($0["column"] ?? 0) \($0["code"] ?? "")" }
    }

    @Test func `an editor sees what the command finds, and its fixes are what the command writes`() async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.appending(path: "a b")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let file = folder.appending(path: "Dockerfile")
            let config = directory.appending(path: ".hadolint.yaml")
            try Data("ignored: [DL3008]\n".utf8).write(to: config)
            try Data(Self.text.utf8).write(to: file)
            let process = try start()
            try await initialize(process, in: directory)
            let document: [String: Any] = [
                "uri": file.absoluteString, "languageId": "dockerfile", "version": 1, "text": Self.text,
            ]
            try process.write(frame(["method": "textDocument/didOpen", "params": ["textDocument": document]]))
            let published = try await wait(for: "diagnostics", from: process) {
                $0["method"] as? String == "textDocument/publishDiagnostics"
            }
            let params = try #require(published["params"] as? [String: Any])
            let shown = try #require(params["diagnostics"] as? [[String: Any]])
            let places = try shown.map { diagnostic in
                let start = try #require((diagnostic["range"] as? [String: Any])?["start"] as? [String: Int])
                return "\((start["line"] ?? 0) + 1):\((start["character"] ?? 0) + 1) \(diagnostic["code"] ?? "")"
            }
            #expect(places == (try await found(by: ["-c", config.path], in: file.path)))
            #expect(!places.isEmpty && !places.contains { $0.hasSuffix("DL3008") })
            try await fixAll(process, file, config)
            try await hoverAndCancel(process, file)
            try await leave(process)
        }
    }

    private func fixAll(_ process: RunningProcess, _ file: URL, _ config: URL) async throws {
        let start = ["line": 0, "character": 0]
        let params: [String: Any] = [
            "textDocument": ["uri": file.absoluteString], "range": ["start": start, "end": start],
            "context": ["diagnostics": [Any](), "only": ["source.fixAll"]],
        ]
        try process.write(frame(["id": 2, "method": "textDocument/codeAction", "params": params]))
        let actions = try #require(try await answer(2, from: process)["result"] as? [[String: Any]])
        let changes = try #require((actions.first?["edit"] as? [String: Any])?["changes"] as? [String: Any])
        let edit = try #require((changes[file.absoluteString] as? [[String: Any]])?.first)
        let range = try #require(edit["range"] as? [String: [String: Int]])
        func offset(_ place: [String: Int]?) -> Int {
            let lines = Self.text.components(separatedBy: "\n").prefix(place?["line"] ?? 0)
            return lines.reduce(0) { $0 + $1.utf16.count + 1 } + (place?["character"] ?? 0)
        }
        let units = Array(Self.text.utf16)
        let new = Array((edit["newText"] as? String ?? "").utf16)
        let edited = units[..<offset(range["start"])] + new + units[offset(range["end"])...]
        _ = try await runCaisson(["lint", "--no-shellcheck", "-c", config.path, "--fix", file.path])
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(written == String(decoding: edited, as: UTF16.self) && written != Self.text)
    }

    private func hoverAndCancel(_ process: RunningProcess, _ file: URL) async throws {
        let identifier = ["uri": file.absoluteString]
        let place: [String: Any] = ["textDocument": identifier, "position": ["line": 1, "character": 12]]
        try process.write(frame(["id": 3, "method": "textDocument/hover", "params": place]))
        let hover = try #require(try await answer(3, from: process)["result"] as? [String: Any])
        let contents = try #require((hover["contents"] as? [String: Any])?["value"] as? String)
        #expect(contents.contains("FromAsCasing") && contents.contains("## Why it matters"))
        // A request that waits for the check of a text that was just written is cancelled in the same breath.
        let change: [String: Any] = [
            "textDocument": identifier.merging(["version": "2"]) { $1 }, "contentChanges": [["text": "FROM a:1\n"]],
        ]
        try process.write(
            frame(["method": "textDocument/didChange", "params": change])
                + frame(["id": 4, "method": "textDocument/hover", "params": place])
                + frame(["method": "$/cancelRequest", "params": ["id": 4]])
        )
        let error = try #require(try await answer(4, from: process)["error"] as? [String: Any])
        #expect(error["code"] as? Int == -32800)
    }

    private static let open =
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#

    /// Input that no editor should send, and how the program ends.
    private static let hostile: [(name: String, bytes: Data, status: Int32)] = [
        ("nothing", Data(), 1),
        ("no frame", Data("hello\n".utf8), 1),
        ("zeros", Data(count: 100_000), 1),
        ("a negative length", Data("Content-Length: -7\r\n\r\n{}".utf8), 1),
        ("a length beyond all numbers", Data("Content-Length: 99999999999999999999999\r\n\r\n{}".utf8), 1),
        ("a length that never comes", Data("Content-Length: 4000000000\r\n\r\n{}".utf8), 1),
        ("no length", Data("Content-Type: x\r\n\r\n{}".utf8), 1),
        ("headers without end", Data(String(repeating: "A: b\r\n", count: 100_000).utf8), 1),
        ("bytes that are no UTF-8", Data("Content-Length: 4\r\n\r\n".utf8) + Data([0x22, 0xFF, 0xFE, 0x22]), 1),
        ("brackets", Data("Content-Length: 1000000\r\n\r\n".utf8) + Data(repeating: 0x5B, count: 1_000_000), 1),
        ("a batch", Data("Content-Length: 2\r\n\r\n[]".utf8), 1),
        ("a cut message", Data("Content-Length: 50\r\n\r\n{\"jsonrpc\":".utf8), 1),
        ("exit before all else", Data("Content-Length: 33\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}".utf8), 1),
    ]

    @Test(arguments: hostile.map(\.name))
    func `whatever comes, the program ends by itself and writes nothing but frames`(name: String) async throws {
        let input = try #require(Self.hostile.first { $0.name == name })
        for before in [Data(), frame(Self.open)] {
            var command = Command.caisson(["lint", "--lsp", "--no-shellcheck"])
            command.input = .data(before + input.bytes)
            let result = try await run(command, within: .seconds(60))
            #expect(result.status == .exited(input.status))
            let output = try messages(in: result.standardOutput)
            #expect(output.rest.isEmpty)
            #expect(output.messages.contains { $0["result"] != nil } == !before.isEmpty)
            #expect(result.errorOutput.split(separator: "\n").allSatisfy { $0.hasPrefix("caisson lint --lsp: ") })
        }
    }

    @Test func `after a frame that makes no sense the next one is answered, over a pipe`() async throws {
        let unknown = frame(#"{"jsonrpc":"2.0","id":5,"method":"no"}"#)
        let bad = Data("Content-Length: x\r\n\r\n{}".utf8) + frame("{") + unknown
        let end = frame(#"{"jsonrpc":"2.0","id":6,"method":"shutdown"}"#) + frame(#"{"jsonrpc":"2.0","method":"exit"}"#)
        var command = Command(
            "/bin/sh",
            ["-c", #"{ "$0" lint --lsp --stdio; echo "status $?" >&2; } | cat"#, TestPaths.caisson]
        )
        command.input = .data(frame(Self.open) + bad + end)
        let result = try await run(command, within: .seconds(60))
        #expect(result.errorOutput == "status 0\n")
        let codes = try messages(in: result.standardOutput).messages.map {
            ($0["error"] as? [String: Any])?["code"] as? Int ?? 0
        }
        #expect(codes == [0, -32700, -32700, -32601, 0])
    }

    @Test func `flags that make no sense with it are wrong usage, a configuration of the user's is not`() async throws {
        for flags in [["Dockerfile"], ["--fix"], ["--online"], ["--rules", "none"], ["-c", "/nowhere.yaml"]] {
            let result = try await runCaisson(["lint", "--lsp"] + flags)
            #expect(result.status == .exited(2), "\(flags)")
            #expect(result.standardOutput.isEmpty && result.errorOutput.hasPrefix("error: "))
        }
        try await withTemporaryDirectory { directory in
            try Data("ignored: [".utf8).write(to: directory.appending(path: ".hadolint.yaml"))
            let process = try start([])
            try await initialize(process, in: directory)
            let uri = directory.appending(path: "Dockerfile").absoluteString
            let document: [String: Any] = ["uri": uri, "version": 1, "text": "FROM a\n"]
            try process.write(frame(["method": "textDocument/didOpen", "params": ["textDocument": document]]))
            let shown = try await wait(for: "diagnostics", from: process) {
                $0["method"] as? String == "textDocument/publishDiagnostics"
            }
            #expect("\(shown)".contains("not checked: ") && "\(shown)".contains(".hadolint.yaml:"))
            try await leave(process)
        }
    }
}
