import CaissonDockerfileLint
import CaissonJSON

/// What is open, and its checks: at most one at a time of a document, the newest text's.
extension ServerSession {
    mutating func open(_ params: JSON) throws(ResponseError) {
        let uri = try Self.uri(params)
        guard let text = params[path: "textDocument", "text"]?.string else {
            throw .params("textDocument.text must be a text")
        }
        let version = params[path: "textDocument", "version"]?.integer.map { Int($0) }
        if documents[uri] != nil { forget(uri) }
        openings += 1
        let document = OpenDocument(uri: uri, version: version, text: Array(text.utf8), opening: openings)
        if let refusal = documents.open(document) {
            ignore("textDocument/didOpen", refusal)
            guard !client.pullsDiagnostics else { return }
            return publish(uri, version, .array([Diagnostics.note("not checked: \(refusal)", severity: 2)]))
        }
        changed(uri)
    }

    mutating func change(_ params: JSON) throws(ResponseError) {
        let uri = try Self.uri(params)
        guard documents[uri] != nil else { throw .params("a document changed that isn't open") }
        let encoding = client.encoding
        documents.update(uri) { document in
            document.version = params[path: "textDocument", "version"]?.integer.map { Int($0) }
            if let changes = params["contentChanges"]?.array {
                document.apply(changes, encoding)
            } else {
                document.lose(because: "its changes couldn't be read; close the document and open it again")
            }
        }
        changed(uri)
    }

    /// A saved document is checked again: its surroundings may have changed.
    mutating func saved(_ params: JSON) throws(ResponseError) {
        let uri = try Self.uri(params)
        documents.update(uri) { $0.touch() }
        changed(uri)
    }

    mutating func close(_ params: JSON) throws(ResponseError) {
        let uri = try Self.uri(params)
        let wasOpen = documents[uri] != nil
        forget(uri)
        // What a document showed that couldn't be opened goes, too.
        if !client.pullsDiagnostics { publish(uri, nil, .array([])) }
        if !wasOpen { ignore("textDocument/didClose", "the document isn't open") }
    }

    /// Checks all open documents again.
    mutating func checkAll() {
        for uri in documents.uris {
            documents.update(uri) { $0.touch() }
            changed(uri)
        }
    }

    /// Sees to it that a document's newest state is checked.
    mutating func changed(_ uri: String) {
        guard let document = documents[uri] else { return }
        if running.contains(uri) { actions.append(.cancel(uri: uri)) }
        if document.refusal != nil {
            queue.removeAll { $0 == uri }
            if !client.pullsDiagnostics { publish(document) }
            return answerQuestions(about: uri)
        }
        if !running.contains(uri), !queue.contains(uri) { queue.append(uri) }
        startChecks()
    }

    private mutating func forget(_ uri: String) {
        documents.remove(uri)
        queue.removeAll { $0 == uri }
        if running.contains(uri) { actions.append(.cancel(uri: uri)) }
        answerQuestions(about: uri)
    }

    // MARK: Checks

    /// Takes what a check tells; what it tells of an older text is of no use.
    mutating func take(_ report: LintReport, of job: LintJob) {
        guard phase == .running, let document = documents[job.uri], document.generation == job.generation else {
            return
        }
        let isNews = document.report.map { $0.findings != report.findings } ?? true
        documents.update(job.uri) { $0.report = report }
        if isNews, !client.pullsDiagnostics, let document = documents[job.uri] { publish(document) }
        answerQuestions(about: job.uri)
    }

    /// A check is over, whether it came to its end or not.
    mutating func ended(_ job: LintJob) {
        running.remove(job.uri)
        if let document = documents[job.uri], document.generation != job.generation, document.refusal == nil,
            !queue.contains(job.uri)
        {
            queue.append(job.uri)
        }
        startChecks()
    }

    private mutating func startChecks() {
        while phase == .running, running.count < width, let uri = queue.first {
            queue.removeFirst()
            guard let document = documents[uri] else { continue }
            running.insert(uri)
            let job = LintJob(
                uri: uri,
                generation: document.generation,
                text: document.text,
                folders: client.configurationFolders(of: DocumentURI.path(uri)),
                delay: document.delay
            )
            actions.append(.start(job))
        }
    }

    // MARK: Diagnostics

    private mutating func publish(_ document: OpenDocument) {
        publish(document.uri, document.version, Diagnostics.of(document, client.encoding))
    }

    private mutating func publish(_ uri: String, _ version: Int?, _ diagnostics: JSON) {
        let params = JSON.members([
            "uri": .string(uri), "version": version.map(JSON.whole), "diagnostics": diagnostics,
        ])
        actions.append(.send(Outgoing.notification("textDocument/publishDiagnostics", params)))
    }
}
