import CaissonJSON
import CaissonText

/// From `initialize` to `exit`.
extension ServerSession {
    /// The result of a request, or nil where it comes later.
    mutating func answer(_ id: JSON, _ method: String, _ params: JSON) throws(ResponseError) -> JSON? {
        switch phase {
        case .fresh:
            guard method == "initialize" else {
                throw ResponseError(.notInitialized, "the first request must be initialize")
            }
            return try initialize(params)
        case .running: break
        case .shutDown, .ended: throw ResponseError(.invalidRequest, "nothing but exit may follow shutdown")
        }
        switch method {
        case "initialize": throw ResponseError(.invalidRequest, "initialize came before")
        case "shutdown":
            phase = .shutDown
            return .null
        case "textDocument/hover", "textDocument/codeAction", "textDocument/diagnostic":
            try ask(Question(id, method, params))
            return nil
        default: throw ResponseError(.methodNotFound, "there is no method \(method.quoted)")
        }
    }

    /// Takes a notification; those that are unknown or come too early are passed over.
    mutating func notify(_ method: String, _ params: JSON) {
        if method == "exit" { return end(status: phase == .shutDown ? 0 : 1) }
        guard phase == .running else { return }
        do throws(ResponseError) {
            switch method {
            case "initialized": initialized()
            case "$/cancelRequest": cancel(params["id"])
            case "textDocument/didOpen": try open(params)
            case "textDocument/didChange": try change(params)
            case "textDocument/didSave": try saved(params)
            case "textDocument/didClose": try close(params)
            case "workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles": checkAll()
            case "workspace/didChangeWorkspaceFolders": changeFolders(params)
            default: break
            }
        } catch {
            ignore(method, error.message)
        }
    }

    private mutating func initialize(_ params: JSON) throws(ResponseError) -> JSON {
        guard params.isObject else { throw .params("initialize needs an object of parameters") }
        client = ClientTraits(params)
        phase = .running
        if let process = client.process { actions.append(.watch(process: process)) }
        return .members([
            "capabilities": capabilities,
            "serverInfo": .members(["name": .string("caisson"), "version": .string(version)]),
        ])
    }

    private var capabilities: JSON {
        let pull = JSON.members([
            "identifier": .string("caisson"), "interFileDependencies": .bool(false),
            "workspaceDiagnostics": .bool(false),
        ])
        let folders = JSON.members(["supported": .bool(true), "changeNotifications": .bool(true)])
        return .members([
            "positionEncoding": .string(client.encoding.rawValue),
            "textDocumentSync": .members([
                "openClose": .bool(true), "change": .whole(2), "save": .members(["includeText": .bool(false)]),
            ]),
            "hoverProvider": .bool(true),
            "codeActionProvider": .members([
                "codeActionKinds": .array([.string(CodeActions.quickFix), .string(CodeActions.fixAll)])
            ]),
            "diagnosticProvider": client.pullsDiagnostics ? pull : nil,
            "workspace": .members(["workspaceFolders": folders]),
        ])
    }

    /// Asks to be told of changes of the files that decide what is found.
    private mutating func initialized() {
        guard client.watchesFiles else { return }
        let names = "**/{.hadolint.yaml,.hadolint.yml,caisson.toml,.dockerignore,*.dockerignore}"
        let registration = JSON.members([
            "id": .string("caisson-configuration"), "method": .string("workspace/didChangeWatchedFiles"),
            "registerOptions": .members(["watchers": .array([.members(["globPattern": .string(names)])])]),
        ])
        let params = JSON.members(["registrations": .array([registration])])
        actions.append(.send(Outgoing.request("caisson-watch", "client/registerCapability", params)))
    }

    private mutating func changeFolders(_ params: JSON) {
        client.remove(folders: params[path: "event", "removed"]?.array ?? [])
        client.add(folders: params[path: "event", "added"]?.array ?? [])
        checkAll()
    }
}
