import CaissonDockerfileLint
import CaissonJSON
import Testing

@testable import CaissonLanguageServer

/// What is open, what is checked, and what is shown of it.
@Suite struct DocumentTests {
    private let text = "FROM debian as b\nRUN echo 😀 && sudo x\n"

    @Test func `findings are shown with their places, severities and links`() throws {
        var editor = try Editor.initialized()
        editor.open(text)
        #expect(editor.started.first?.folders == ["/w"] && editor.started.first?.delay == .zero)
        editor.runChecks()
        let shown = try #require(editor.published())
        #expect(shown.map { $0["code"]?.string } == ["DL3006", "FromAsCasing", "DL3004"])
        #expect(shown.allSatisfy { $0["source"]?.string == "caisson" })
        #expect(shown.map { $0["severity"]?.integer } == [2, 2, 1])
        #expect(shown[2][path: "range", "start", "character"] == .number("15"))
        #expect(
            shown[1][path: "codeDescription", "href"]?.string
                == "https://docs.docker.com/reference/build-checks/from-as-casing/"
        )
        try editor.tell("textDocument/didClose", #"{"textDocument":{"uri":"file:///w/Dockerfile"}}"#)
        #expect(editor.published() == [])
    }

    @Test func `columns are bytes where the editor counts those`() throws {
        var editor = try Editor.initialized(#"{"general":{"positionEncodings":["utf-8"]}}"#)
        editor.open(text)
        editor.runChecks()
        #expect(editor.published()?[2][path: "range", "start", "character"] == .number("17"))
    }

    @Test func `a newer text ends the check of the older one, whose report is of no use`() throws {
        var editor = try Editor.initialized()
        editor.open("FROM a:1\n")
        let old = try #require(editor.started.first)
        editor.change(to: "FROM debian\n")
        #expect(editor.cancelled == [Editor.uri] && editor.started == [])
        editor.change(to: "FROM debian\nUSER 1\n")
        editor.report(Editor.report(old), of: old)
        #expect(editor.done == [])
        editor.end(old)
        let new = try #require(editor.started.first)
        #expect(editor.started.count == 1 && new.text == Array("FROM debian\nUSER 1\n".utf8) && new.delay > .zero)
        editor.report(Editor.report(new), of: new)
        #expect(editor.published()?.first?["code"]?.string == "DL3006")
        editor.end(new)
        #expect(editor.done == [])
    }

    @Test func `a document that was opened again has nothing of the check before`() throws {
        var editor = try Editor.initialized()
        editor.open("FROM debian\n")
        let old = try #require(editor.started.first)
        try editor.tell("textDocument/didClose", #"{"textDocument":{"uri":"\#(Editor.uri)"}}"#)
        #expect(editor.cancelled == [Editor.uri])
        editor.open("FROM a:1\n")
        editor.report(Editor.report(old), of: old)
        #expect(editor.done == [])
        editor.end(old)
        #expect(editor.started.map(\.text) == [Array("FROM a:1\n".utf8)])
    }

    @Test func `so many documents are checked at a time`() throws {
        var editor = try Editor.initialized(width: 2)
        var jobs: [LintJob] = []
        for number in 0..<5 {
            editor.open("FROM a\n", uri: "file:///w/\(number)")
            jobs += editor.started
        }
        #expect(jobs.map(\.uri) == ["file:///w/0", "file:///w/1"])
        editor.end(jobs[1])
        #expect(editor.started.map(\.uri) == ["file:///w/2"])
    }

    @Test func `ten thousand documents are a bounded number of checks`() throws {
        var editor = try Editor.initialized(width: 1)
        for number in 0..<10_000 { editor.open("FROM a\n", uri: "file:///w/\(number)") }
        #expect(editor.published("file:///w/9999")?.first?["message"]?.string?.contains("1000 documents") == true)
        #expect(editor.session.documents.uris.count == 1000 && editor.session.queue.count == 999)
        for number in 0..<10_000 {
            try editor.tell("textDocument/didClose", #"{"textDocument":{"uri":"file:///w/\#(number)"}}"#)
        }
        #expect(editor.session.documents.uris == [] && editor.session.queue == [])
    }

    @Test func `a configuration that makes no sense is shown in the document`() throws {
        var editor = try Editor.initialized()
        editor.open(text)
        let job = try #require(editor.started.first)
        editor.report(LintReport(stage: .complete, problem: ".hadolint.yaml:2: what"), of: job)
        let shown = editor.published()?.first
        #expect(shown?["message"]?.string == "not checked: .hadolint.yaml:2: what")
        #expect(shown?["code"]?.string == "configuration")
    }

    @Test func `a saved document and changed configurations make another check`() throws {
        var editor = try Editor.initialized()
        for (method, params) in [
            ("textDocument/didSave", #"{"textDocument":{"uri":"\#(Editor.uri)"}}"#),
            ("workspace/didChangeWatchedFiles", #"{"changes":[]}"#), ("workspace/didChangeConfiguration", "{}"),
            ("workspace/didChangeWorkspaceFolders", #"{"event":{"added":[{"uri":"file:///"}],"removed":[]}}"#),
        ] {
            editor.open(text)
            editor.runChecks()
            try editor.tell(method, params)
            #expect(editor.started.count == 1, "\(method)")
            editor.runChecks()
        }
        editor.open(text)
        #expect(editor.session.client.configurationFolders(of: "/w/x") == ["/w"])
        #expect(editor.session.client.configurationFolders(of: "/x/y") == ["/x", "/"])
    }

    @Test func `so many findings are shown, and the rest is counted`() throws {
        var editor = try Editor.initialized()
        editor.open("FROM a:1\n" + String(repeating: "RUN sudo x\n", count: 1500))
        editor.runChecks()
        let shown = try #require(editor.published())
        #expect(shown.count == 1001)
        #expect(shown.last?["message"]?.string?.hasSuffix("more findings are not shown") == true)
    }

    @Test func `an editor that asks for diagnostics gets them when the check is complete, and none unasked`() throws {
        var editor = try Editor.initialized(#"{"textDocument":{"diagnostic":{}}}"#)
        editor.open(text)
        let job = try #require(editor.started.first)
        let id = try editor.ask("textDocument/diagnostic", #"{"textDocument":{"uri":"\#(Editor.uri)"}}"#)
        #expect(editor.done == [])
        var report = Editor.report(job)
        report.stage = .fixes
        editor.report(report, of: job)
        #expect(editor.done == [])
        report.stage = .complete
        editor.report(report, of: job)
        #expect(editor.published() == nil)
        let result = editor.answer(to: id)?["result"]
        #expect(result?["kind"]?.string == "full" && result?["items"]?.array?.count == 3)
        let unknown = try editor.ask("textDocument/diagnostic", #"{"textDocument":{"uri":"x:y"}}"#)
        #expect(editor.answer(to: unknown)?[path: "result", "items"] == .array([]))
    }
}
