import CaissonDockerfile
import CaissonDockerfileLint
import CaissonJSON

@testable import CaissonLanguageServer

/// An editor that speaks to a session without descriptors and tasks: what it says is done at once.
struct Editor {
    static let uri = "file:///w/Dockerfile"

    var session: ServerSession
    /// What the session did since the editor last spoke.
    var done: [ServerSession.Action] = []
    private var lastID = 0

    init(width: Int = 2) { session = ServerSession(version: "1.2.3", width: width) }

    /// An editor that has been let in, with what it says of itself.
    static func initialized(_ capabilities: String = "{}", width: Int = 2) throws -> Editor {
        var editor = Editor(width: width)
        try editor.ask("initialize", #"{"processId":null,"rootUri":"file:///w","capabilities":\#(capabilities)}"#)
        try editor.tell("initialized", "{}")
        return editor
    }

    mutating func send(_ bytes: [UInt8]) {
        session.receive(bytes)
        done = session.takeActions()
    }

    mutating func send(_ text: String) { send(Array("Content-Length: \(text.utf8.count)\r\n\r\n\(text)".utf8)) }

    mutating func tell(_ method: String, _ params: String) throws {
        send(Outgoing.frame(Outgoing.notification(method, try Self.json(params))))
    }

    /// Asks, and gives the id of the request.
    @discardableResult
    mutating func ask(_ method: String, _ params: String) throws -> JSON {
        lastID += 1
        send(Outgoing.frame(Outgoing.request("\(lastID)", method, try Self.json(params))))
        return .string("\(lastID)")
    }

    mutating func open(_ text: String, uri: String = Editor.uri) {
        let document = JSON.members([
            "uri": .string(uri), "languageId": .string("dockerfile"), "version": .whole(1), "text": .string(text),
        ])
        send(Outgoing.frame(Outgoing.notification("textDocument/didOpen", .members(["textDocument": document]))))
    }

    /// The whole text of a document changes.
    mutating func change(to text: String, version: Int = 2, uri: String = Editor.uri) {
        let params = JSON.members([
            "textDocument": .members(["uri": .string(uri), "version": .whole(version)]),
            "contentChanges": .array([.members(["text": .string(text)])]),
        ])
        send(Outgoing.frame(Outgoing.notification("textDocument/didChange", params)))
    }

    /// A check tells what it knows.
    mutating func report(_ report: LintReport, of job: LintJob) {
        session.take(report, of: job)
        done = session.takeActions()
    }

    mutating func end(_ job: LintJob) {
        session.ended(job)
        done = session.takeActions()
    }

    /// Runs the checks that were begun, and those that follow, to their ends.
    mutating func runChecks() {
        var all = done
        var next = 0
        while next < all.count {
            if case .start(let job) = all[next] {
                report(Self.report(job), of: job)
                all += done
                end(job)
                all += done
            }
            next += 1
        }
        done = all
    }

    /// What a check with the default settings finds.
    static func report(_ job: LintJob) -> LintReport {
        let file = Dockerfile(parsing: job.text)
        let lint = { (file: Dockerfile) in Linter().lint(file, name: "x").findings }
        let fixed = FixApplication.apply(to: job.text, unsafe: false, lint: lint).bytes
        return LintReport(
            stage: .complete,
            findings: lint(file),
            fixed: fixed == job.text ? nil : fixed,
            allowsPragmas: true,
            instructionStarts: file.instructions.reduce(into: [:]) {
                $0[$1.line] = file.source.lineRange($1.line).lowerBound
            }
        )
    }

    static func json(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

    // MARK: What was done

    var sent: [JSON] { done.compactMap { if case .send(let message) = $0 { message } else { nil } } }
    var started: [LintJob] { done.compactMap { if case .start(let job) = $0 { job } else { nil } } }
    var cancelled: [String] { done.compactMap { if case .cancel(let uri) = $0 { uri } else { nil } } }
    var logged: [String] { done.compactMap { if case .log(let text) = $0 { text } else { nil } } }
    var status: Int32? { done.compactMap { if case .end(let status) = $0 { status } else { nil } }.first }

    /// The answer to a request.
    func answer(to id: JSON) -> JSON? { sent.first { $0["id"] == id } }

    /// The diagnostics that were published last for a document.
    func published(_ uri: String = Editor.uri) -> [JSON]? {
        let published = sent.filter { $0["method"]?.string == "textDocument/publishDiagnostics" }
        let last = published.last { $0[path: "params", "uri"]?.string == uri }
        return last?[path: "params", "diagnostics"]?.array
    }

    /// A text after the edits of an action.
    func text(_ text: String, after action: JSON, _ encoding: PositionEncoding = .utf16) throws -> String {
        let lines = TextLines(Array(text.utf8))
        let edit = action["edit"]
        let edits =
            edit?[path: "changes", Editor.uri]?.array
            ?? edit?["documentChanges"]?.array?.first?["edits"]?.array ?? []
        var bytes = lines.bytes
        for edit in edits.reversed() {
            let start = lines.offset(of: try LinePosition(edit[path: "range", "start"], of: "start"), encoding)
            let end = lines.offset(of: try LinePosition(edit[path: "range", "end"], of: "end"), encoding)
            bytes.replaceSubrange(start..<end, with: (edit["newText"]?.string ?? "").utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
