import CaissonText
package import CaissonBuildModel
import Glibc
import CaissonHTTPClient

/// How a blob came into a repository.
package enum BlobOutcome: Sendable, Hashable {
    /// It was there.
    case existed
    /// The registry took it from another one of its repositories.
    case mounted
    /// It was uploaded.
    case uploaded
}

extension RegistryClient {
    /// Brings a blob into a repository, with as little traffic as possible.
    ///
    /// Nothing is sent if the blob is there. If the registry has it in another repository, it is mounted from there.
    /// Otherwise it is uploaded, and an upload that breaks off is resumed.
    @discardableResult
    package func push(
        _ source: BlobSource,
        as descriptor: ContentDescriptor,
        to repository: Repository,
        mountingFrom origin: Repository? = nil
    ) async throws -> BlobOutcome {
        if try await blobSize(descriptor.digest, in: repository) != nil { return .existed }
        if let origin, try await mount(descriptor.digest, from: origin, to: repository) { return .mounted }
        var upload = BlobUpload(client: self, source: source, descriptor: descriptor, repository: repository)
        return try await upload.run()
    }

    /// Asks a registry to take a blob from another one of its repositories; false when it wants an upload instead.
    package func mount(_ digest: ContentDigest, from origin: Repository, to repository: Repository) async throws -> Bool
    {
        guard origin.host == repository.host, origin != repository else { return false }
        var call = RegistryCall("POST", repository, "blobs/uploads/", subject: "the push of \(digest) to \(repository)")
        call.access = .push
        call.alsoReads = origin.path
        call.query = [("mount", digest.description), ("from", origin.path)]
        call.accepted = [201, 202]
        do {
            let answer = try await answer(to: call)
            if answer.status == 202 { await cancel(answer, call) }
            return answer.status == 201
        } catch let error as RegistryError where [.unauthorized, .denied, .notFound, .refused].contains(error.code) {
            // Perhaps we only lack access to the other repository; the upload will show that.
            return false
        }
    }

    /// Ends an upload that nobody will continue; otherwise the registry would do so some day.
    private func cancel(_ begun: CollectedAnswer, _ call: RegistryCall) async {
        guard let text = begun.headers["Location"], let location = Location(text, from: begun.request) else { return }
        var cancel = RegistryCall("DELETE", call.repository, "", subject: call.subject)
        cancel.access = .push
        cancel.location = location
        cancel.accepted = [200, 202, 204, 404]
        _ = try? await attempt(cancel) { response, _ in response.status }
    }
}

/// One upload of a blob.
///
/// ```
/// POST uploads/ ─▶ Location ─▶ PUT ?digest= with all of it                         small
///                           ─▶ PATCH from the offset on … ─▶ PUT ?digest=          large
///                  broken off: GET Location says how far it came
/// ```
struct BlobUpload {
    let client: RegistryClient
    let source: BlobSource
    let descriptor: ContentDescriptor
    let repository: Repository
    /// Up to this size a blob is sent in one piece, without a PATCH.
    static let smallest: Int64 = 1 << 20
    /// The size of pieces for registries, or proxies in front of them, that take no more at once.
    static let piece: Int64 = 8 << 20

    private var location: Location?
    private var offset: Int64 = 0
    private var largest = Int64.max
    private var failures = 0

    init(client: RegistryClient, source: BlobSource, descriptor: ContentDescriptor, repository: Repository) {
        self.client = client
        self.source = source
        self.descriptor = descriptor
        self.repository = repository
    }

    /// Uploads until the registry has the blob or the upload has failed for good.
    mutating func run() async throws -> BlobOutcome {
        while true {
            let before = offset
            do {
                try await step()
                return .uploaded
            } catch let failure as CallFailure {
                if failure.status == 413, largest > Self.piece {
                    largest = Self.piece
                    location = nil
                    continue
                }
                if try await recover(from: failure, before) { return .uploaded }
            }
        }
    }

    /// Waits, and finds out how far the upload came; true when the registry has all of it.
    private mutating func recover(from failure: CallFailure, _ before: Int64) async throws -> Bool {
        // If the registry has forgotten the upload, it begins again.
        let isForgotten = failure.status == 404 && location != nil
        failures = offset >= before + (64 << 10) ? 1 : failures + 1
        guard failure.isTransient || isForgotten,
            let wait = client.options.retry.wait(before: failures, asked: failure.retryAfter)
        else { throw failure.error(subject) }
        client.options.notice("\(message: failure.error(subject).wording) — trying again")
        try await Task.sleep(for: wait)
        if isForgotten { location = nil }
        if try await client.blobSize(descriptor.digest, in: repository) != nil { return true }
        try await askOffset()
        return false
    }

    private var subject: String { "the push of \(descriptor.digest) to \(repository)" }

    private mutating func step() async throws {
        if location == nil { try await begin() }
        if source.size > Self.smallest {
            while offset < source.size { try await patch() }
            try await finish(.bytes([]))
        } else {
            try await finish(.bytes(try source.read(0, Int(source.size))))
        }
    }

    private mutating func begin() async throws {
        offset = 0
        var call = call("POST", accepted: [202, 201])
        call.path = "blobs/uploads/"
        let answer = try await client.attempt(call) { response, request in
            try await CollectedAnswer(response, request)
        }
        try take(answer)
        guard location != nil else {
            throw RegistryError(.malformed, "the registry \(repository.host) names no place for \(subject)")
        }
    }

    private mutating func patch() async throws {
        let (start, source) = (offset, source)
        let end = largest < source.size - start ? start + largest : source.size
        var call = call("PATCH", accepted: [202, 201, 204])
        call.headers = ["Content-Type": "application/octet-stream"]
        // Docker's own client sends a whole blob without this header, so every registry accepts that.
        if start > 0 || end < source.size { call.headers.append("Content-Range", "\(start)-\(end - 1)") }
        call.body = .stream(length: end - start) { writer in
            var place = start
            while place < end {
                let bytes = try source.read(place, Int(min(256 << 10, end - place)))
                guard !bytes.isEmpty else { throw RegistryError(.system, "what is pushed became shorter") }
                try await writer.write(bytes)
                place += Int64(bytes.count)
            }
        }
        let answer = try await client.attempt(call) { response, request in
            try await CollectedAnswer(response, request)
        }
        try take(answer)
        offset = Self.received(answer.headers["Range"]).map { min($0, end) } ?? end
        guard offset > start else {
            throw RegistryError(.malformed, "the registry \(repository.host) takes nothing of \(subject)")
        }
    }

    private mutating func finish(_ body: HTTPRequestBody) async throws {
        guard var place = location else { return }
        place.target = place.adding([("digest", descriptor.digest.description)])
        var call = call("PUT", accepted: [201, 204, 200])
        call.location = place
        call.headers = ["Content-Type": "application/octet-stream"]
        call.body = body
        _ = try await client.attempt(call) { response, _ in response.status }
    }

    /// Asks how far an upload came before it broke off.
    private mutating func askOffset() async throws {
        guard location != nil else { return }
        do {
            let answer = try await client.attempt(call("GET", accepted: [204, 200, 202])) { response, request in
                try await CollectedAnswer(response, request)
            }
            try take(answer)
            offset = max(0, Self.received(answer.headers["Range"]) ?? 0)
            // The registry claims more than there is, or can't say: start from the beginning.
            if offset > source.size || answer.headers["Range"] == nil { location = nil }
        } catch is CallFailure {
            location = nil
        }
    }

    private func call(_ method: String, accepted: Set<Int>) -> RegistryCall {
        var call = RegistryCall(method, repository, "", subject: subject)
        call.access = .push
        call.accepted = accepted
        call.location = location
        call.isRepeatable = false
        return call
    }

    private mutating func take(_ answer: CollectedAnswer) throws {
        guard let text = answer.headers["Location"] else { return }
        guard let next = Location(text, from: answer.request) else {
            throw RegistryError(
                .malformed,
                "the registry \(repository.host) names a place that is no URL for \(subject)"
            )
        }
        location = next
    }

    /// The number of bytes that a registry has according to its `Range: 0-END`.
    ///
    /// Some registries say `0-0` when they have none, so this counts as none; at worst one byte is sent again.
    private static func received(_ range: String?) -> Int64? {
        guard let range else { return nil }
        let text = range.hasPrefix("bytes=") ? String(range.dropFirst(6)) : range
        guard let (start, end) = text.cut(at: "-"), start == "0", let last = Int64(end), last >= 0, last < .max else {
            return nil
        }
        return last == 0 ? 0 : last + 1
    }
}
