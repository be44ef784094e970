import CaissonDockerfile
import CaissonDockerfileLint
import CaissonJSON
import Testing

@testable import CaissonLanguageServer

/// Hovers and actions.
@Suite struct QuestionTests {
    private let text = "FROM debian as b\r\nRUN echo 😀 && sudo apt-get install curl=1\r\nWORKDIR x\r\n"

    private func params(_ from: (Int, Int), _ to: (Int, Int), _ context: String = "{}") -> String {
        """
        {"textDocument":{"uri":"\(Editor.uri)"},"context":\(context),
        "position":{"line":\(from.0),"character":\(from.1)},
        "range":{"start":{"line":\(from.0),"character":\(from.1)},"end":{"line":\(to.0),"character":\(to.1)}}}
        """
    }

    private func opened(_ text: String, _ capabilities: String = "{}") throws -> Editor {
        var editor = try Editor.initialized(capabilities)
        editor.open(text)
        editor.runChecks()
        return editor
    }

    private func actions(_ editor: inout Editor, _ params: String) throws -> [JSON] {
        let id = try editor.ask("textDocument/codeAction", params)
        return try #require(editor.answer(to: id)?["result"]?.array)
    }

    @Test func `a hover shows the manual of the rule at its place`() throws {
        var editor = try opened(text)
        let id = try editor.ask("textDocument/hover", params((1, 16), (1, 16)))
        let result = editor.answer(to: id)?["result"]
        let shown = try #require(result?[path: "contents", "value"]?.string)
        #expect(shown.hasPrefix("**DL3004** (error): ") && shown.contains("## Why it matters"))
        #expect(result?[path: "contents", "kind"]?.string == "markdown")
        #expect(result?[path: "range", "start", "character"] == .number("15"))
        let nothing = try editor.ask("textDocument/hover", params((1, 1), (1, 1)))
        #expect(editor.answer(to: nothing)?["result"] == .null)
        var plain = try opened(text, #"{"textDocument":{"hover":{"contentFormat":["plaintext"]}}}"#)
        let other = try plain.ask("textDocument/hover", params((1, 16), (1, 16)))
        #expect(plain.answer(to: other)?[path: "result", "contents", "kind"]?.string == "plaintext")
    }

    @Test func `a finding of ShellCheck has its wiki page`() throws {
        var editor = try Editor.initialized()
        editor.open("FROM a:1\nRUN echo $x\n")
        let job = try #require(editor.started.first)
        var report = Editor.report(job)
        var other = job
        other.text = Array("FROM debian\n".utf8)
        var finding = try #require(Editor.report(other).findings.first)
        (finding.rule, finding.code, finding.span) = ("SC2086", "SC2086", 18..<20)
        report.findings = [finding]
        editor.report(report, of: job)
        #expect(editor.published()?.first?[path: "codeDescription", "href"]?.string?.hasSuffix("/wiki/SC2086") == true)
        let id = try editor.ask("textDocument/hover", params((1, 9), (1, 9)))
        let shown = editor.answer(to: id)?[path: "result", "contents", "value"]?.string
        #expect(shown?.hasSuffix("<https://www.shellcheck.net/wiki/SC2086>") == true)
    }

    @Test func `each finding has its fix and a comment that leaves it out`() throws {
        var editor = try opened(text)
        let found = try actions(&editor, params((0, 12), (0, 13)))
        let titles = [
            "Fix FromAsCasing: write AS", "Ignore FromAsCasing for this instruction",
            "Fix all that can be fixed safely",
        ]
        #expect(found.map { $0["title"]?.string } == titles)
        #expect(found[0]["isPreferred"] == .bool(true))
        #expect(try editor.text(text, after: found[0]) == text.replacing("as b", with: "AS b"))
        #expect(try editor.text(text, after: found[1]) == "# caisson ignore=FromAsCasing\r\n" + text)
        // A fix that changes the image says so.
        let unsafe = try actions(&editor, params((2, 8), (2, 8)))
        let first = try #require(unsafe.first)
        #expect(first["title"]?.string?.hasSuffix("; may change the image") == true && first["isPreferred"] == nil)
        #expect(try editor.text(text, after: first) == text.replacing("WORKDIR x", with: "WORKDIR /x"))
    }

    @Test func `all fixes at once are what the command would write`() throws {
        var editor = try opened(text, #"{"workspace":{"workspaceEdit":{"documentChanges":true}}}"#)
        for kind in ["source", "source.fixAll", "source.fixAll.caisson"] {
            let found = try actions(&editor, params((0, 0), (0, 0), #"{"only":["\#(kind)"]}"#))
            #expect(found.count == 1)
            let expected = FixApplication.apply(to: Array(text.utf8), unsafe: false) {
                Linter().lint($0, name: "x").findings
            }
            #expect(try editor.text(text, after: found[0]) == String(decoding: expected.bytes, as: UTF8.self))
            let changes = found[0][path: "edit", "documentChanges"]?.array?.first
            #expect(changes?[path: "textDocument", "version"] == .number("1"))
        }
        let other = try actions(&editor, params((0, 0), (9, 9), #"{"only":["refactor","source.organizeImports"]}"#))
        #expect(other == [])
        let quick = try actions(&editor, params((0, 0), (9, 9), #"{"only":["quickfix"]}"#))
        #expect(!quick.isEmpty && quick.allSatisfy { $0["kind"]?.string == "quickfix" })
        let moved = try actions(&editor, params((0, 0), (9, 9), #"{"triggerKind":2}"#))
        #expect(moved.allSatisfy { $0["kind"]?.string == "quickfix" })
    }

    @Test func `requests wait for the check, and those that are cancelled have an error`() throws {
        var editor = try Editor.initialized()
        editor.open(text)
        let job = try #require(editor.started.first)
        let first = try editor.ask("textDocument/hover", params((1, 16), (1, 16)))
        let second = try editor.ask("textDocument/hover", params((1, 16), (1, 16)))
        #expect(editor.done == [])
        try editor.tell("$/cancelRequest", #"{"id":"\#(first.string ?? "")"}"#)
        #expect(editor.answer(to: first)?[path: "error", "code"] == .number("-32800"))
        try editor.tell("$/cancelRequest", #"{"id":"\#(first.string ?? "")"}"#)
        #expect(editor.done == [])
        editor.report(Editor.report(job), of: job)
        #expect(editor.answer(to: first) == nil && editor.answer(to: second)?["result"]?.isObject == true)
        // What is answered can't be cancelled any more.
        try editor.tell("$/cancelRequest", #"{"id":"\#(second.string ?? "")"}"#)
        #expect(editor.done == [])
    }

    @Test func `requests about a document that is closed, unknown or not checked are answered`() throws {
        var editor = try Editor.initialized()
        editor.open(text)
        let waiting = try editor.ask("textDocument/hover", params((1, 16), (1, 16)))
        try editor.tell("textDocument/didClose", #"{"textDocument":{"uri":"\#(Editor.uri)"}}"#)
        #expect(editor.answer(to: waiting)?["result"] == .null)
        #expect(try actions(&editor, params((0, 0), (0, 0))) == [])
        editor.open(String(repeating: "#", count: OpenDocument.largest + 1))
        #expect(editor.published()?.count == 1)
        #expect(try actions(&editor, params((0, 0), (0, 0))) == [])
    }

    @Test func `so many requests wait`() throws {
        var editor = try Editor.initialized()
        editor.open(text)
        for _ in 0..<1000 { try editor.ask("textDocument/hover", params((1, 16), (1, 16))) }
        #expect(editor.done == [])
        let last = try editor.ask("textDocument/hover", params((1, 16), (1, 16)))
        #expect(editor.answer(to: last)?[path: "error", "code"] == .number("-32802"))
    }

    @Test func `every comment that is offered leaves its finding out, and every fix is the linter's`() throws {
        for text in try RuleManualExamples.texts() {
            var editor = try opened(text)
            let before = try #require(editor.published()).map { $0["code"]?.string ?? "" }
            for action in try actions(&editor, params((0, 0), (999, 0), #"{"only":["quickfix"]}"#)) {
                guard let title = action["title"]?.string, title.hasPrefix("Ignore ") else { continue }
                let code = try #require(action["diagnostics"]?.array?.first?["code"]?.string)
                var other = try opened(try editor.text(text, after: action))
                let after = try #require(other.published()).map { $0["code"]?.string ?? "" }
                let left = after.count { $0 == code }
                #expect(left < before.count { $0 == code }, "\(title)\n\(text)")
                other.done = []
            }
        }
    }

    @Test func `a difference makes one text of the other, and splits no character`() {
        var random = SystemRandomNumberGenerator()
        let pieces = ["a", "é", "è", "→", "😀", "😁", "\r\n", "\n"]
        func make() -> [UInt8] {
            Array((0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement() ?? "" }.joined().utf8)
        }
        for _ in 0..<2000 {
            let (old, new) = (make(), make())
            let edit = CodeActions.difference(old, new)
            var text = old
            text.replaceSubrange(edit.range, with: edit.text.utf8)
            #expect(text == new)
            for offset in [edit.range.lowerBound, edit.range.upperBound] where offset < old.count {
                #expect(old[offset] & 0xC0 != 0x80, "\(old) \(new)")
            }
        }
    }
}

/// The examples in the rules' manuals.
private enum RuleManualExamples {
    static func texts() throws -> [String] {
        let blocks = Rules.all.flatMap { rule in
            rule.manual.components(between: "```dockerfile\n", and: "```")
        }
        try #require(blocks.count > 150)
        return blocks
    }
}

extension String {
    fileprivate func components(between start: String, and end: String) -> [String] {
        var found: [String] = []
        var rest = self[...]
        while let begin = rest.firstRange(of: start) {
            rest = rest[begin.upperBound...]
            guard let stop = rest.firstRange(of: end) else { break }
            found.append(String(rest[..<stop.lowerBound]))
            rest = rest[stop.upperBound...]
        }
        return found
    }
}
