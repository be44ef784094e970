import CaissonJSON

/// What one editor and the server have said to each other, and what follows: decided here, done by `LanguageServer`.
///
/// ```
/// bytes ─▶ FrameReader ─▶ Message ─▶ lifecycle · documents · questions ─▶ Action
///                       LintReport ─▶ diagnostics, and answers that waited for them
/// ```
struct ServerSession {
    /// What is to be done.
    enum Action: Equatable {
        /// Write a message.
        case send(JSON)
        /// Begin a check.
        case start(LintJob)
        /// End the check of a document early.
        case cancel(uri: String)
        /// Write a line to standard error.
        case log(String)
        /// End when this process is no more.
        case watch(process: Int32)
        /// End with an exit status.
        case end(status: Int32)
    }

    /// How far the lifecycle has come.
    enum Phase {
        case fresh, running, shutDown, ended
    }

    /// The program's version.
    let version: String
    /// How many documents are checked at a time.
    let width: Int
    var phase = Phase.fresh
    var client = ClientTraits()
    var documents = OpenDocuments()
    /// Requests that wait for a check, in the order in which they came.
    var questions: [Question] = []
    /// Documents that wait for a check.
    var queue: [String] = []
    /// Documents that are checked now.
    var running: Set<String> = []
    /// What is to be done and not yet taken.
    var actions: [Action] = []
    /// How many documents were opened.
    var openings = 0
    private var frames = FrameReader()

    init(version: String, width: Int) {
        self.version = version
        self.width = max(1, width)
    }

    /// What is to be done since this was last asked.
    mutating func takeActions() -> [Action] {
        defer { actions = [] }
        return actions
    }

    // MARK: What comes

    /// Takes the next bytes of the input.
    mutating func receive(_ bytes: [UInt8]) {
        for event in frames.receive(bytes) where phase != .ended { take(event) }
    }

    /// The input is at its end.
    mutating func inputEnded() {
        guard phase != .ended else { return }
        if !frames.isBetweenMessages { actions.append(.log("the input ended within a message")) }
        if phase != .shutDown { actions.append(.log("the input ended before the request shutdown")) }
        end(status: phase == .shutDown ? 0 : 1)
    }

    /// The editor's process is no more.
    mutating func clientEnded() {
        guard phase != .ended else { return }
        actions.append(.log("the editor's process is gone"))
        end(status: 1)
    }

    /// The editor doesn't read any more; after `exit` it need not.
    mutating func outputFailed(_ reason: String) {
        guard phase != .ended else { return }
        actions.append(.log("can't write to the editor: \(reason)"))
        end(status: 1)
    }

    mutating func end(status: Int32) {
        phase = .ended
        actions.append(.end(status: status))
    }

    private mutating func take(_ event: FrameReader.Event) {
        switch event {
        case .message(let bytes): take(Message(bytes))
        case .broken(let reason):
            actions.append(.send(Outgoing.error(.null, ResponseError(.parseError, reason))))
        case .tooLarge(let size, let head): passOver(size, head)
        }
    }

    private mutating func take(_ message: Message) {
        switch message {
        case .response: break
        case .invalid(let id, let error): actions.append(.send(Outgoing.error(id, error)))
        case .notification(let method, let params): notify(method, params)
        case .request(let id, let method, let params):
            do throws(ResponseError) {
                guard let result = try answer(id, method, params) else { return }
                actions.append(.send(Outgoing.result(id, result)))
            } catch {
                actions.append(.send(Outgoing.error(id, error)))
            }
        }
    }

    /// Tells of a message that was too large, and forgets what it may have changed.
    private mutating func passOver(_ size: Int, _ head: [UInt8]) {
        let text = "a message of \(size) bytes was left out: at most \(FrameReader.largest) bytes are read"
        actions.append(.log(text))
        let params = JSON.members(["type": .whole(1), "message": .string("caisson: \(text)")])
        if phase == .running { actions.append(.send(Outgoing.notification("window/showMessage", params))) }
        let start = String(decoding: head, as: UTF8.self)
        // Within a text these quotes would be escaped.
        if start.replacing(" ", with: "").contains("\"method\":\"textDocument/didOpen\"") { return }
        let named = documents.uris.filter { start.contains("\"\($0)\"") }
        for uri in named.isEmpty ? documents.uris : named {
            documents.update(uri) { $0.lose(because: "a change was too large; close the document and open it again") }
            changed(uri)
        }
    }
}

extension ServerSession {
    /// Tells that nothing came of a notification.
    mutating func ignore(_ method: String, _ reason: String) {
        actions.append(.log("\(method): \(reason)"))
    }

    /// The document that params name.
    static func uri(_ params: JSON) throws(ResponseError) -> String {
        guard let uri = params[path: "textDocument", "uri"]?.string, uri.utf8.count <= DocumentURI.longest else {
            throw .params("textDocument.uri must be a text of at most \(DocumentURI.longest) bytes")
        }
        return uri
    }
}
