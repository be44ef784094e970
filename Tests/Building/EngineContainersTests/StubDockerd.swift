import CaissonJSON
import Glibc
import Synchronization

/// A dockerd on a Unix socket with one container, whose state its requests change.
final class StubDockerd: Sendable {
    /// What it has, and what it was asked.
    struct State {
        /// `created`, `running` or `exited`; nil where there is no container.
        var container: String?
        var hasImage = true
        var info = #"{"CgroupDriver":"cgroupfs","SecurityOptions":["name=seccomp,profile=builtin"]}"#
        /// How often buildctl fails before buildkitd answers.
        var failures = 0
        /// What a start makes of the container.
        var afterStart = "running"
        /// Answers in the place of the usual ones, by the beginning of the request.
        var answers: [String: (status: Int, body: String)] = [:]
        /// `METHOD TARGET` of each request.
        var requests: [String] = []
        /// The bodies that came, by the request.
        var bodies: [String: [UInt8]] = [:]
    }

    let path: String
    private let listener: CInt
    private let state: Mutex<State>

    /// What it has and was asked now.
    var now: State { state.withLock { $0 } }
    /// The address as a node has it.
    var address: String { "docker-container://bk?host=unix://\(path)" }

    init(_ first: State = State()) {
        path = "/tmp/caisson-stub-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).sock"
        state = Mutex(first)
        listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { [path] in $0.copyBytes(from: Array(path.utf8)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { [listener] in bind(listener, $0, size) }
        }
        listen(listener, 8)
        let socket = listener
        detach { [weak self] in
            while case let connection = accept(socket, nil, nil), connection >= 0 {
                detach { [weak self] in
                    if let request = StubRequest.read(connection), let answer = self?.answer(request) {
                        _ = send(connection, answer, answer.utf8.count, CInt(MSG_NOSIGNAL))
                    }
                    close(connection)
                }
            }
        }
    }

    deinit {
        shutdown(listener, CInt(SHUT_RDWR))
        close(listener)
        unlink(path)
    }

    /// Changes what it has.
    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    private func answer(_ request: StubRequest) -> String {
        let (status, body) = state.withLock { state in
            state.requests.append(request.line)
            state.bodies[request.line] = request.body
            if let own = state.answers.first(where: { request.line.hasPrefix($0.key) }) { return own.value }
            return state.usual(request.line)
        }
        return "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    }
}

extension StubDockerd.State {
    /// What dockerd answers, by the method and the last part of the path.
    fileprivate mutating func usual(_ line: String) -> (Int, String) {
        let path = String(line.split(separator: "?")[0])
        switch path {
        case "GET /containers/bk/json":
            guard let container else { return (404, #"{"message":"No such container: bk"}"#) }
            let running = container == "running"
            return (
                200,
                #"{"State":{"Status":"\#(container)","Running":\#(running)},"Mounts":[{"Name":"bk_state"},{"Name":"x"}]}"#
            )
        case "GET /info": return (200, info)
        case "GET /images/docker.io/moby/buildkit:buildx-stable-1/json":
            return hasImage ? (200, "{}") : (404, #"{"message":"no such image"}"#)
        case "POST /images/create":
            hasImage = true
            return (200, "{\"status\":\"Pulling\"}\n{\"status\":\"Done\"}\n")
        case "POST /containers/create":
            guard container == nil else { return (409, #"{"message":"in use"}"#) }
            container = "created"
            return (201, #"{"Id":"1"}"#)
        case "PUT /containers/bk/archive": return (200, "")
        case "POST /containers/bk/start":
            container = afterStart
            return (204, "")
        case "POST /containers/bk/stop":
            container = "exited"
            return (204, "")
        case "DELETE /containers/bk":
            container = nil
            return (204, "")
        case "DELETE /volumes/bk_state": return (204, "")
        case "POST /containers/bk/exec":
            return container == "running" ? (201, #"{"Id":"abc"}"#) : (409, #"{"message":"not running"}"#)
        case "POST /exec/abc/start": return (200, "")
        case "GET /exec/abc/json":
            failures -= 1
            return (200, #"{"ExitCode":\#(failures < 0 ? 0 : 1)}"#)
        case "GET /containers/bk/logs": return (200, "\u{2}\0\0\0\0\0\0\u{8}no disk\n")
        default: return (501, #"{"message":"the stub doesn't know it"}"#)
        }
    }
}

/// A request as it came.
private struct StubRequest {
    var line: String
    var body: [UInt8]

    /// Reads one to its end; nil at the end of the connection.
    static func read(_ connection: CInt) -> StubRequest? {
        var head = ""
        while !head.hasSuffix("\r\n\r\n") {
            guard let byte = bytes(1, from: connection)?.first else { return nil }
            head.unicodeScalars.append(Unicode.Scalar(byte))
        }
        let lines = head.split(separator: "\r\n")
        let field = lines.first { $0.lowercased().hasPrefix("content-length:") }
        let length = field.flatMap { Int($0.drop { $0 != ":" }.dropFirst().filter { $0 != " " }) } ?? 0
        guard let first = lines.first, let body = bytes(length, from: connection) else { return nil }
        return StubRequest(line: first.split(separator: " ").prefix(2).joined(separator: " "), body: body)
    }

    private static func bytes(_ count: Int, from connection: CInt) -> [UInt8]? {
        guard count > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: count)
        return recv(connection, &buffer, count, CInt(MSG_WAITALL)) == count ? buffer : nil
    }
}

/// Runs a closure that blocks on a thread of its own.
private func detach(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    pthread_create(
        &thread,
        nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        },
        box
    )
    pthread_detach(thread)
}
