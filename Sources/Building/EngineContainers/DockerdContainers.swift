import CaissonArchive
import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonHTTPClient
import CaissonJSON
import FoundationEssentials

/// What dockerd's API does with a container, an answer each.
struct DockerdContainers: Sendable {
    let endpoint: Endpoint
    let client: HTTPClient

    /// An answer is never longer than this.
    private static let limit = 4 << 20

    /// Whether the image is there.
    func hasImage(_ image: ImageReference) async throws -> Bool {
        try await call("GET", "/images/\(image.description)/json", "looking for the image \(image)", [200, 404]).status
            == 200
    }

    /// Fetches an image from its registry.
    func pull(_ image: ImageReference, authentication: String?) async throws {
        let query = "fromImage=\(image.domain)/\(image.path)&tag=\(image.digest ?? image.tag ?? "latest")"
        var headers = HTTPHeaders()
        if let authentication { headers.append("X-Registry-Auth", authentication) }
        var request = HTTPRequest("POST", endpoint, "/images/create?\(query)", headers: headers)
        // Layers come as fast as the registry's line is; dockerd says nothing while it unpacks one.
        request.timeouts = HTTPTimeouts(silence: .seconds(600))
        let what = "pulling the image \(image)"
        try await client.withResponse(to: request) { response in
            guard response.status == 200 else {
                throw try await response.unexpectedStatus(doing: what, at: endpoint)
            }
            var rest: [UInt8] = []
            for try await chunk in response.body {
                rest += chunk
                let lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                for line in lines.dropLast() { try Self.check(Array(line), what) }
                rest = Array((lines.last ?? []).prefix(Self.limit))
            }
            try Self.check(rest, what)
        }
    }

    private static func check(_ line: [UInt8], _ what: String) throws(EngineError) {
        guard let error = try? JSON(parsing: line)["error"]?.string else { return }
        throw EngineError(.startFailed, "\(what) failed: \(message(inBody: Array(error.utf8)))")
    }

    /// What dockerd says of itself.
    func info() async throws -> JSON { try await call("GET", "/info", "asking dockerd what it is", [200]).body }

    /// Makes a container; false where one of that name was made meanwhile.
    func create(_ name: String, _ creation: JSON) async throws -> Bool {
        let what = "making the container \(name)"
        return try await call("POST", "/containers/create?name=\(name)", what, [201, 409], creation).status == 201
    }

    /// Puts files into a container.
    func put(_ files: [String: Data], into name: String) async throws {
        var request = HTTPRequest("PUT", endpoint, "/containers/\(name)/archive?path=/")
        request.headers.append("Content-Type", "application/x-tar")
        request.body = .bytes(try Self.archive(files))
        try await send(request, "putting its configuration into the container \(name)", [200])
    }

    /// The files in a tar, whoever runs in the container may read them.
    private static func archive(_ files: [String: Data]) throws -> [UInt8] {
        let collected = Collected()
        var tar = try TarWriter.open { collected.bytes += $0 }
        for (path, content) in files.sorted(by: { $0.key < $1.key }) {
            let name = Array(path.utf8.drop { $0 == UInt8(ascii: "/") })
            try tar.add(TarEntry(path: name, kind: .file(size: Int64(content.count)), permissions: 0o644))
            var failure: ArchiveError?
            [UInt8](content).withUnsafeBytes { buffer in
                do throws(ArchiveError) { try tar.write(buffer) } catch { failure = error }
            }
            if let failure { throw failure }
        }
        try tar.finish()
        return collected.bytes
    }

    /// Starts a container; one that runs stays as it is.
    func start(_ name: String) async throws {
        try await call("POST", "/containers/\(name)/start", "starting the container \(name)", [204, 304])
    }

    /// Stops a container; one that doesn't run stays as it is.
    func stop(_ name: String) async throws {
        try await call("POST", "/containers/\(name)/stop", "stopping the container \(name)", [204, 304])
    }

    /// Removes a container, which may run, and its nameless volumes.
    func remove(_ name: String) async throws {
        try await call("DELETE", "/containers/\(name)?force=1&v=1", "removing the container \(name)", [204, 404])
    }

    /// Removes a volume.
    func removeVolume(_ name: String) async throws {
        try await call("DELETE", "/volumes/\(name)", "removing the volume \(name)", [204, 404])
    }

    /// Runs a program in a container to its end; returns its status, nil where the container can't run any now.
    func run(_ words: [String], in name: String, within limit: Duration) async throws -> Int64? {
        let what = "running \(words[0]) in the container \(name)"
        let spec = JSON(["Cmd": .array(words.map(JSON.string)), "AttachStdout": .bool(true)])
        let made = try await call("POST", "/containers/\(name)/exec", what, [201, 404, 409], spec)
        guard let id = made.body["Id"]?.string, id.utf8.allSatisfy(\.isHexadecimal) else { return nil }
        var start = HTTPRequest("POST", endpoint, "/exec/\(id)/start")
        start.headers.append("Content-Type", "application/json")
        start.body = .bytes(Array(#"{"Detach":false,"Tty":false}"#.utf8))
        start.timeouts = HTTPTimeouts(total: limit)
        // Its output is the answer's body, which ends with it.
        try await send(start, what, [200, 400, 404, 409, 500])
        return try await call("GET", "/exec/\(id)/json", what, [200]).body["ExitCode"]?.integer
    }

    /// The last lines of a container's log.
    func log(of name: String) async throws -> String {
        let request = HTTPRequest("GET", endpoint, "/containers/\(name)/logs?stdout=1&stderr=1&tail=4")
        return DockerdLog.text(try await send(request, "reading the log of the container \(name)", [200]).body)
    }

    @discardableResult
    private func call(
        _ method: String,
        _ target: String,
        _ what: String,
        _ accepted: Set<Int>,
        _ body: JSON? = nil
    ) async throws -> (status: Int, body: JSON) {
        var request = HTTPRequest(method, endpoint, target)
        if let body {
            request.headers.append("Content-Type", "application/json")
            request.body = .bytes(body.goBytes(indented: false))
        }
        let answer = try await send(request, what, accepted)
        return (answer.status, (try? JSON(parsing: answer.body)) ?? .null)
    }

    @discardableResult
    private func send(
        _ request: HTTPRequest,
        _ what: String,
        _ accepted: Set<Int>
    ) async throws -> (status: Int, body: [UInt8]) {
        try await client.withResponse(to: request) { response in
            guard accepted.contains(response.status) else {
                throw try await response.unexpectedStatus(doing: what, at: endpoint)
            }
            return (response.status, try await response.body.collect(upTo: Self.limit))
        }
    }

    /// What a tar's sink was given.
    private final class Collected {
        var bytes: [UInt8] = []
    }
}

/// A container's log as dockerd sends it: pieces with a head of eight bytes, whose last four are the length.
enum DockerdLog {
    /// The text, without the heads.
    static func text(_ bytes: [UInt8]) -> String {
        var rest = bytes[...]
        var text: [UInt8] = []
        while rest.count > 8 {
            let head = Array(rest.prefix(8))
            // With a terminal there are no heads.
            guard head[0] < 3, head[1...3].allSatisfy({ $0 == 0 }) else { break }
            let count = head[4...].reduce(0) { $0 << 8 | Int($1) }
            text += rest.dropFirst(8).prefix(count)
            rest = rest.dropFirst(8 + count)
        }
        return message(inBody: text.isEmpty ? Array(rest) : text)
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(self) }
}
