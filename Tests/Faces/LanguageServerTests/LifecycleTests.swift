import CaissonJSON
import Testing

@testable import CaissonLanguageServer

/// From the first message to the last, whatever stands between.
@Suite struct LifecycleTests {
    private let hover = #"{"textDocument":{"uri":"file:///w/Dockerfile"},"position":{"line":0,"character":0}}"#

    private func code(_ answer: JSON?) -> Int? { answer?[path: "error", "code"]?.integer.map { Int($0) } }

    @Test func `what the server can do depends on the editor`() throws {
        var editor = Editor()
        let plain = try editor.ask("initialize", #"{"processId":4321,"capabilities":{}}"#)
        let capabilities = editor.answer(to: plain)?[path: "result", "capabilities"]
        #expect(capabilities?["positionEncoding"]?.string == "utf-16")
        #expect(capabilities?["diagnosticProvider"] == nil)
        #expect(capabilities?[path: "textDocumentSync", "change"] == .number("2"))
        #expect(editor.done.contains(.watch(process: 4321)))
        try editor.tell("initialized", "{}")
        #expect(editor.done == [])
        var able = Editor()
        let words = """
            {"capabilities":{"general":{"positionEncodings":["utf-32","utf-16","utf-8"]},"textDocument":{"diagnostic":{}},
            "workspace":{"didChangeWatchedFiles":{"dynamicRegistration":true}}}}
            """
        let asked = try able.ask("initialize", words)
        let result = able.answer(to: asked)?["result"]
        #expect(result?[path: "capabilities", "positionEncoding"]?.string == "utf-8")
        #expect(result?[path: "capabilities", "diagnosticProvider"]?.isObject == true)
        #expect(result?[path: "serverInfo", "version"]?.string == "1.2.3")
        try able.tell("initialized", "{}")
        #expect(able.sent.first?["method"]?.string == "client/registerCapability")
        able.send(#"{"jsonrpc":"2.0","id":"caisson-watch","result":null}"#)
        #expect(able.done == [])
    }

    @Test func `nothing but initialize may come first`() throws {
        var editor = Editor()
        let early = try editor.ask("textDocument/hover", hover)
        #expect(code(editor.answer(to: early)) == -32002)
        editor.open("FROM a\n")
        #expect(editor.done == [])
        let wrong = try editor.ask("initialize", "[]")
        #expect(code(editor.answer(to: wrong)) == -32602)
        let right = try editor.ask("initialize", "{}")
        #expect(editor.answer(to: right)?["result"] != nil)
        let again = try editor.ask("initialize", "{}")
        #expect(code(editor.answer(to: again)) == -32600)
    }

    @Test func `exit ends with 0 after shutdown alone`() throws {
        var polite = try Editor.initialized()
        let id = try polite.ask("shutdown", "null")
        #expect(polite.answer(to: id)?["result"] == .null)
        let late = try polite.ask("textDocument/hover", hover)
        #expect(code(polite.answer(to: late)) == -32600)
        try polite.tell("exit", "null")
        #expect(polite.status == 0)
        polite.send(#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"#)
        #expect(polite.done == [])
        var rude = try Editor.initialized()
        try rude.tell("exit", "null")
        #expect(rude.status == 1)
        var early = Editor()
        try early.tell("exit", "null")
        #expect(early.status == 1)
    }

    @Test(arguments: [(true, "", Int32(0)), (false, "", 1), (true, "Content-Length: 9\r\n", 0), (false, "Cont", 1)])
    func `the input's end ends it, too`(isShutDown: Bool, rest: String, status: Int32) throws {
        var editor = try Editor.initialized()
        if isShutDown { try editor.ask("shutdown", "null") }
        editor.send(Array(rest.utf8))
        editor.session.inputEnded()
        editor.done = editor.session.takeActions()
        #expect(editor.status == status)
        #expect(editor.logged.contains("the input ended within a message") == !rest.isEmpty)
        #expect(editor.logged.contains("the input ended before the request shutdown") == !isShutDown)
        editor.session.inputEnded()
        #expect(editor.session.takeActions() == [])
    }

    @Test func `an editor whose process is gone needs no server`() throws {
        var editor = try Editor.initialized()
        editor.session.clientEnded()
        editor.done = editor.session.takeActions()
        #expect(editor.status == 1)
    }

    @Test func `an editor that reads nothing is a failure, unless it said exit`() throws {
        var editor = try Editor.initialized()
        editor.session.outputFailed("Broken pipe")
        editor.done = editor.session.takeActions()
        #expect(editor.status == 1 && editor.logged == ["can't write to the editor: Broken pipe"])
        var polite = try Editor.initialized()
        try polite.ask("shutdown", "null")
        try polite.tell("exit", "null")
        polite.session.outputFailed("Broken pipe")
        #expect(polite.session.takeActions() == [])
    }

    @Test func `unknown requests have an error, and unknown notifications nothing`() throws {
        var editor = try Editor.initialized()
        for method in ["textDocument/rename", "$/unknown", "", "textDocument/didOpen", "\u{1B}[31m"] {
            let id = try editor.ask(method, "null")
            #expect(code(editor.answer(to: id)) == -32601)
        }
        for method in ["$/setTrace", "$/unknown", "textDocument/rename", "initialized2"] {
            try editor.tell(method, "[1,2]")
            #expect(editor.done == [])
        }
    }

    @Test(
        arguments: ["textDocument/hover", "textDocument/codeAction", "textDocument/diagnostic"],
        [
            "null", "[]", "7", "{}", #"{"textDocument":7}"#, #"{"textDocument":{"uri":7}}"#,
            #"{"textDocument":{"uri":"\#(String(repeating: "x", count: 5000))"}}"#,
        ]
    )
    func `requests with parameters of other kinds have an error`(method: String, params: String) throws {
        var editor = try Editor.initialized()
        let id = try editor.ask(method, params)
        #expect(code(editor.answer(to: id)) == -32602)
    }

    @Test(
        arguments: [
            "textDocument/didOpen", "textDocument/didChange", "textDocument/didSave", "textDocument/didClose",
            "workspace/didChangeWorkspaceFolders", "$/cancelRequest", "workspace/didChangeWatchedFiles",
        ],
        ["null", "[]", "7", "{}", #"{"textDocument":{"uri":7}}"#, #"{"id":{},"event":7}"#]
    )
    func `notifications with parameters of other kinds are passed over`(method: String, params: String) throws {
        var editor = try Editor.initialized()
        try editor.tell(method, params)
        #expect(editor.sent == [] && editor.started == [])
        editor.open("FROM debian\n")
        editor.runChecks()
        #expect(editor.published()?.isEmpty == false)
    }

    @Test func `bad frames have an error, and the next message is answered`() throws {
        for bad in ["Content-Length: -5\r\n\r\n", "{}\r\n\r\n", "Content-Length: 3\r\n\r\n{]}"] {
            var editor = try Editor.initialized()
            editor.send(Array(bad.utf8))
            #expect(editor.sent.map { code($0) } == [-32700] && editor.sent.first?["id"] == .null)
            editor.open("FROM debian\n")
            #expect(editor.started.count == 1)
        }
    }

    @Test func `what a message changed that was too large is forgotten`() throws {
        var editor = try Editor.initialized()
        for uri in [Editor.uri, "file:///w/other"] {
            editor.open("FROM a\n", uri: uri)
            editor.runChecks()
        }
        let huge = String(repeating: "x", count: FrameReader.largest)
        editor.change(to: huge, uri: "file:///w/other")
        #expect(editor.sent.first?["method"]?.string == "window/showMessage")
        #expect(editor.published("file:///w/other")?.count == 1)
        #expect(editor.published() == nil)
        // A document that couldn't be opened changes none of the others.
        editor.open(huge, uri: "file:///w/third")
        #expect(editor.published() == nil)
        let id = try editor.ask("textDocument/hover", hover)
        #expect(editor.answer(to: id)?["result"] != nil)
        // What a changed text says of opening opens nothing.
        editor.open("FROM c\n", uri: "file:///w/other")
        editor.change(to: #""method":"textDocument/didOpen""# + huge, uri: "file:///w/other")
        #expect(editor.published("file:///w/other")?.first?["message"]?.string?.contains("too large") == true)
        // Of a message that doesn't say whose it is, any could be the document.
        editor.send(#"{"jsonrpc":"2.0","method":"x","params":"\#(huge)"}"#)
        #expect(editor.published()?.first?["message"]?.string?.contains("too large") == true)
    }
}
