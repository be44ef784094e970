import CaissonBuildKit
import CaissonBuildModel
import FoundationEssentials
import CaissonHTTPClient
import CaissonRegistry

/// dockerd's own API for images: what BuildKit in it can't do itself.
struct DockerdImages: Sendable {
    let endpoint: Endpoint
    let client: HTTPClient

    /// A line of dockerd's progress streams is never longer than this.
    private static let lineLimit = 1 << 20

    /// Writes images as one archive for `docker load`.
    func save(_ names: [String], to file: CaissonBuildModel.ExportFile) async throws {
        try await withArchive(names) { body in
            try await DockerdImages.write(body, into: ExportWriter.open(file))
        }
    }

    /// Writes an image as an OCI layout in an archive, which of these APIs only podman's does.
    func saveByPodman(_ names: [String], to file: CaissonBuildModel.ExportFile) async throws {
        let query = names.map { "references=\(DockerdImages.escaped($0))" }.joined(separator: "&")
        try await withDownload("/v4.0.0/libpod/images/export?format=oci-archive&\(query)") { body in
            try await DockerdImages.write(body, into: ExportWriter.open(file))
        }
    }

    /// Lends the archive of images, as `docker save` writes it.
    func withArchive<Value: Sendable>(
        _ names: [String],
        _ read: (HTTPResponseBody) async throws -> Value
    ) async throws -> Value {
        let query = names.map { "names=\(DockerdImages.escaped($0))" }.joined(separator: "&")
        return try await withDownload("/images/get?\(query)", read)
    }

    private func withDownload<Value: Sendable>(
        _ target: String,
        _ read: (HTTPResponseBody) async throws -> Value
    ) async throws -> Value {
        var request = HTTPRequest("GET", endpoint, target)
        // dockerd first writes all layers to its disk before it answers.
        request.timeouts = HTTPTimeouts(silence: .seconds(600))
        return try await client.withResponse(to: request) { response in
            guard response.status == 200 else {
                throw try await response.unexpectedStatus(doing: "saving the image", at: endpoint)
            }
            return try await read(response.body)
        }
    }

    private static func write(_ body: HTTPResponseBody, into writer: consuming ExportWriter) async throws {
        for try await chunk in body {
            try writer.write(chunk)
        }
        try writer.finish()
    }

    /// Pushes one name.
    ///
    /// - Returns: The manifest's digest at the registry, where dockerd tells it.
    func push(
        _ name: ImageReference,
        credentials: Credentials?,
        line: @Sendable (DockerdProgress) -> Void
    ) async throws -> String? {
        var headers = HTTPHeaders()
        headers.append("X-Registry-Auth", DockerdImages.authentication(credentials, host: name.domain))
        let tag = name.tag.map { "?tag=\(DockerdImages.escaped($0))" } ?? ""
        let request = HTTPRequest("POST", endpoint, "/images/\(name.domain)/\(name.path)/push\(tag)", headers: headers)
        var digest: String?
        try await stream(withTimeouts(request), doing: "pushing \(name.description)") { progress in
            digest = progress.aux?.Digest ?? digest
            line(progress)
        }
        return digest
    }

    /// Loads an archive that comes piece by piece.
    func load(
        _ next: @escaping @Sendable () async throws -> [UInt8],
        line: @Sendable (DockerdProgress) -> Void
    ) async throws {
        var headers = HTTPHeaders()
        headers.append("Content-Type", "application/x-tar")
        var request = HTTPRequest("POST", endpoint, "/images/load?quiet=1", headers: headers)
        request.body = .stream(length: nil) { writer in
            while true {
                let chunk = try await next()
                if chunk.isEmpty { return }
                try await writer.write(chunk)
            }
        }
        // A build may take long before the first byte of its image comes.
        request.timeouts = HTTPTimeouts(silence: nil)
        try await stream(request, doing: "loading the image", line)
    }

    private func withTimeouts(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        request.timeouts = HTTPTimeouts(silence: .seconds(600))
        return request
    }

    /// Reads dockerd's stream of JSON lines; an `error` in it is the request's.
    private func stream(
        _ request: HTTPRequest,
        doing what: String,
        _ receive: (DockerdProgress) -> Void
    ) async throws {
        try await client.withResponse(to: request) { response in
            guard response.status == 200 else { throw try await response.unexpectedStatus(doing: what, at: endpoint) }
            var rest: [UInt8] = []
            for try await chunk in response.body {
                rest += chunk
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    try DockerdImages.take(rest[..<end], doing: what, receive)
                    rest.removeSubrange(...end)
                }
                guard rest.count <= DockerdImages.lineLimit else {
                    throw BuildError(.engine, "\(what) failed — the engine sent a line of more than 1 MiB")
                }
            }
            try DockerdImages.take(rest[...], doing: what, receive)
        }
    }

    private static func take(
        _ line: ArraySlice<UInt8>,
        doing what: String,
        _ receive: (DockerdProgress) -> Void
    ) throws(BuildError) {
        guard let progress = try? JSONDecoder().decode(DockerdProgress.self, from: Data(line)) else { return }
        if let error = progress.error { throw BuildError(.step, "\(what) failed — \(error)") }
        receive(progress)
    }

    /// The login as dockerd takes it: URL-safe base64 of JSON; `{}` for none.
    static func authentication(_ credentials: Credentials?, host: String) -> String {
        var fields = ["serveraddress": host]
        if let credentials {
            if credentials.isIdentityToken {
                fields["identitytoken"] = credentials.secret
            } else {
                fields["username"] = credentials.username
                fields["password"] = credentials.secret
            }
        }
        let json = (try? JSONEncoder().encode(fields)) ?? Data("{}".utf8)
        return String(json.base64EncodedString().map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }

    /// Percent-encodes what isn't plain in a URL's query.
    static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                out.append(byte)
            default:
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

/// A line of dockerd's progress: what happens to which layer, or why it failed.
struct DockerdProgress: Decodable, Sendable {
    var id: String?
    var status: String?
    var progressDetail: Detail?
    var error: String?
    var aux: Aux?

    struct Detail: Decodable, Sendable {
        var current: Int64?
        var total: Int64?
    }

    struct Aux: Decodable, Sendable {
        var Digest: String?
    }
}
