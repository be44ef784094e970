import CaissonDockerfileLint
import CaissonJSON

/// A request about a document, which waits until that is checked.
struct Question: Equatable {
    /// What is asked.
    enum Subject: Equatable {
        case hover(LinePosition)
        case codeActions(CodeActionRequest)
        case diagnostics
    }

    /// The request.
    var id: JSON
    /// The document.
    var uri: String
    /// What is asked.
    var subject: Subject

    init(_ id: JSON, _ method: String, _ params: JSON) throws(ResponseError) {
        self.id = id
        uri = try ServerSession.uri(params)
        subject =
            switch method {
            case "textDocument/hover": .hover(try LinePosition(params["position"], of: "position"))
            case "textDocument/codeAction": .codeActions(try CodeActionRequest(params))
            default: .diagnostics
            }
    }

    /// How far the check must have come.
    var stage: LintReport.Stage {
        switch subject {
        case .hover: .findings
        case .codeActions(let request): request.wantsFixAll ? .fixes : .findings
        case .diagnostics: .complete
        }
    }
}

/// Requests about documents.
extension ServerSession {
    /// The most requests that wait.
    private static let mostQuestions = 1000
    /// The most findings that are shown at one place.
    private static let mostHovered = 5

    /// Answers a request, now or when the document is checked.
    mutating func ask(_ question: Question) throws(ResponseError) {
        if let result = result(of: question) {
            actions.append(.send(Outgoing.result(question.id, result)))
            return
        }
        guard questions.count < Self.mostQuestions else {
            throw ResponseError(.serverCancelled, "more than \(Self.mostQuestions) requests wait for an answer")
        }
        questions.append(question)
    }

    /// Answers what waited for a document.
    mutating func answerQuestions(about uri: String) {
        guard questions.contains(where: { $0.uri == uri }) else { return }
        var waiting: [Question] = []
        for question in questions {
            if question.uri == uri, let result = result(of: question) {
                actions.append(.send(Outgoing.result(question.id, result)))
            } else {
                waiting.append(question)
            }
        }
        questions = waiting
    }

    /// Answers a request, which is no longer wanted, with an error; what is answered already stays so.
    mutating func cancel(_ id: JSON?) {
        guard let index = questions.firstIndex(where: { $0.id == id }) else { return }
        let question = questions.remove(at: index)
        actions.append(.send(Outgoing.error(question.id, ResponseError(.cancelled, "the request was cancelled"))))
    }

    /// The result of a request; nil while the document isn't checked far enough.
    private func result(of question: Question) -> JSON? {
        guard let document = documents[question.uri], document.refusal == nil else {
            return unchecked(question)
        }
        guard let report = document.report, report.stage >= question.stage else { return nil }
        switch question.subject {
        case .hover(let position): return hover(position, document, report)
        case .codeActions(let request): return CodeActions(document, report, client).json(request)
        case .diagnostics: return Self.full(Diagnostics.of(document, client.encoding))
        }
    }

    /// What is answered about a document that isn't open or isn't checked.
    private func unchecked(_ question: Question) -> JSON {
        switch question.subject {
        case .hover: .null
        case .codeActions: .array([])
        case .diagnostics: Self.full(documents[question.uri].map { Diagnostics.of($0, client.encoding) } ?? .array([]))
        }
    }

    private static func full(_ items: JSON) -> JSON { .members(["kind": .string("full"), "items": items]) }

    private func hover(_ position: LinePosition, _ document: OpenDocument, _ report: LintReport) -> JSON {
        let lines = TextLines(document.text)
        let offset = lines.offset(of: position, client.encoding)
        let found = report.findings.filter { $0.span.contains(offset) || $0.span.upperBound == offset }
        guard let narrowest = found.min(by: { $0.span.count < $1.span.count }) else { return .null }
        let contents = JSON.members([
            "kind": .string(client.readsMarkdown ? "markdown" : "plaintext"),
            "value": .string(RuleText.hover(Array(found.prefix(Self.mostHovered)))),
        ])
        return .members(["contents": contents, "range": lines.json(narrowest.span, client.encoding)])
    }
}
