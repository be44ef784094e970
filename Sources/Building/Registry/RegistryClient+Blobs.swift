import CaissonText
package import CaissonBuildModel
import CaissonHTTPClient

extension RegistryClient {
    /// The size of a blob in a repository; nil where it isn't there.
    package func blobSize(_ digest: ContentDigest, in repository: Repository) async throws -> Int64? {
        var call = RegistryCall("HEAD", repository, "blobs/\(digest)", subject: "the blob \(digest) of \(repository)")
        call.accepted = [200, 404]
        let answer = try await answer(to: call)
        guard answer.status == 200 else { return nil }
        return answer.headers["Content-Length"].flatMap { Int64($0) } ?? -1
    }

    /// The bytes of a small blob, checked against its digest.
    package func blob(
        _ wanted: ContentDescriptor,
        in repository: Repository,
        limit: Int = 8 << 20
    ) async throws
        -> [UInt8]
    {
        guard wanted.size <= limit else {
            throw RegistryError(
                .malformed,
                "the blob \(wanted.digest) of \(repository) has \(wanted.size) bytes, more than \(limit) that are taken"
            )
        }
        let collected = Collected()
        try await readBlob(wanted, in: repository) { collected.bytes += $0 }
        return collected.bytes
    }

    /// Reads a blob piece by piece; if the connection breaks off, reading is resumed there.
    ///
    /// The pieces are given out before the whole blob is checked, so they can be trusted only when this returns.
    package func readBlob(
        _ wanted: ContentDescriptor,
        in repository: Repository,
        _ take: ([UInt8]) async throws -> Void
    ) async throws {
        let progress = BlobProgress(wanted, repository)
        var call = RegistryCall(
            "GET",
            repository,
            "blobs/\(wanted.digest)",
            subject: "the blob \(wanted.digest) of \(repository)"
        )
        call.accepted = [200, 206]
        var failures = 0
        while true {
            let before = progress.received
            do {
                if before > 0 { call.headers = ["Range": "bytes=\(before)-"] }
                return try await withAnswer(to: call) { response, _ in
                    try await progress.read(response, take)
                }
            } catch let interruption as BlobProgress.Interruption {
                // After an attempt that got 64 KiB further, the count of failures begins again.
                failures = progress.received >= before + (64 << 10) ? 1 : failures + 1
                guard CallFailure.isTransient(interruption.error.code),
                    let wait = options.retry.wait(before: failures)
                else { throw CallFailure(interruption.error, host: repository.host).error(call.subject) }
                options.notice(
                    "\(call.subject): \(interruption.error.message) — going on from \(progress.received) bytes"
                )
                try await Task.sleep(for: wait)
            }
        }
    }

    private final class Collected {
        var bytes: [UInt8] = []
    }
}

/// How far the reading of a blob has come.
private final class BlobProgress {
    /// The connection broke off while the body was read.
    struct Interruption: Error {
        var error: HTTPClientError
    }

    private let wanted: ContentDescriptor
    private let repository: Repository
    private let hasher: DigestHasher
    private(set) var received: Int64 = 0

    init(_ wanted: ContentDescriptor, _ repository: Repository) {
        self.wanted = wanted
        self.repository = repository
        hasher = DigestHasher(wanted.digest.algorithm)
    }

    /// Reads the rest of the blob; if the whole blob comes, passes over what was read before.
    func read(_ response: HTTPResponse, _ take: ([UInt8]) async throws -> Void) async throws {
        var toSkip = response.status == 206 ? try skipped(response) : received
        do {
            for try await chunk in response.body {
                var chunk = chunk
                if toSkip > 0 {
                    let count = Int(min(toSkip, Int64(chunk.count)))
                    chunk.removeFirst(count)
                    toSkip -= Int64(count)
                }
                guard !chunk.isEmpty else { continue }
                received += Int64(chunk.count)
                guard received <= wanted.size else { throw wrong("sends more than its \(wanted.size) bytes") }
                hasher.update(chunk)
                try await take(chunk)
            }
        } catch let error as HTTPClientError {
            throw Interruption(error: error)
        }
        guard received == wanted.size else {
            let words = "the answer ended after \(received) of \(wanted.size) bytes"
            throw Interruption(error: HTTPClientError(.connectionClosed, words))
        }
        let digest = hasher.finish()
        guard digest == wanted.digest else { throw wrong("sends something else, with the digest \(digest)") }
    }

    /// How many bytes to pass over, because the part that came may begin earlier than was asked for.
    private func skipped(_ response: HTTPResponse) throws(RegistryError) -> Int64 {
        let range = response.headers["Content-Range"] ?? ""
        let start = range.hasPrefix("bytes ") ? Int64(range.dropFirst(6).prefix { $0 != "-" }) : received
        guard let start, start >= 0, start <= received else { throw wrong("sends the wrong part: \(range.quoted)") }
        return received - start
    }

    private func wrong(_ what: String) -> RegistryError {
        RegistryError(
            .digestMismatch,
            "the registry \(repository.host) \(what), for the blob \(wanted.digest) of \(repository);"
                + " try again, or check the proxy or mirror in between"
        )
    }
}
