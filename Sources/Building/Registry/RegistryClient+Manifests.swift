import CaissonText
import CaissonJSON
package import CaissonBuildModel
import CaissonHTTPClient

extension RegistryClient {
    /// Gets the manifest or index that a reference names, and checks it against its digest.
    package func manifest(_ reference: ImageReference) async throws -> Manifest {
        let name = reference.digest ?? reference.tag ?? "latest"
        var call = RegistryCall("GET", Repository(reference), "manifests/\(name)", subject: reference.familiar)
        call.headers.append("Accept", MediaType.accepted)
        let answer = try await answer(to: call, upTo: Manifest.limit)
        let wanted = reference.digest ?? answer.headers["Docker-Content-Digest"]
        try Self.check(answer.body, is: wanted, reference)
        do {
            return try Manifest(answer.body, mediaType: answer.headers["Content-Type"])
        } catch {
            throw RegistryError(
                .malformed,
                "the registry \(reference.domain) has something else than an image under \(reference.familiar):"
                    + " \(error.problem)"
            )
        }
    }

    /// The descriptor of what a reference names; nil when there is no such thing.
    ///
    /// If a registry doesn't tell the digest in its answer to HEAD, the whole manifest is read.
    package func resolve(_ reference: ImageReference) async throws -> ContentDescriptor? {
        let name = reference.digest ?? reference.tag ?? "latest"
        var call = RegistryCall("HEAD", Repository(reference), "manifests/\(name)", subject: reference.familiar)
        call.headers.append("Accept", MediaType.accepted)
        call.accepted = [200, 404]
        let answer = try await answer(to: call)
        guard answer.status == 200 else { return nil }
        let type = String((answer.headers["Content-Type"] ?? "").prefix { $0 != ";" }).trimmed
        let size = answer.headers["Content-Length"].flatMap { Int64($0) } ?? -1
        let text = reference.digest ?? answer.headers["Docker-Content-Digest"] ?? ""
        guard let digest = try? ContentDigest(parsing: text), size >= 0,
            MediaType.isIndex(type) || MediaType.isManifest(type)
        else { return try await manifest(reference).descriptor }
        return ContentDescriptor(mediaType: type, digest: digest, size: size)
    }

    /// How long the reference's registry wants us to wait; nil when it doesn't say so, or doesn't answer.
    ///
    /// It asks once. This is for callers who heard from an engine that the registry is busy, but not for how long.
    package func wantedPause(_ reference: ImageReference) async -> Duration? {
        let name = reference.digest ?? reference.tag ?? "latest"
        var call = RegistryCall("HEAD", Repository(reference), "manifests/\(name)", subject: reference.familiar)
        call.headers.append("Accept", MediaType.accepted)
        do {
            try await attempt(call) { _, _ in }
            return nil
        } catch {
            return (error as? CallFailure)?.retryAfter
        }
    }

    /// Puts a manifest under its digest, or under a tag as well.
    package func push(_ manifest: Manifest, to repository: Repository, tag: String? = nil) async throws {
        let digest = manifest.descriptor.digest.description
        let name = tag ?? digest
        let shown = ImageReference(
            domain: repository.host,
            path: repository.path,
            tag: tag,
            digest: tag == nil ? digest : nil
        )
        var call = RegistryCall("PUT", repository, "manifests/\(name)", subject: "the push of \(shown.familiar)")
        call.access = .push
        call.headers.append("Content-Type", manifest.descriptor.mediaType)
        call.body = .bytes(manifest.bytes)
        call.accepted = [200, 201, 202]
        let answer = try await answer(to: call)
        guard let told = answer.headers["Docker-Content-Digest"], told.hasPrefix("sha256:"), told != digest else {
            return
        }
        throw RegistryError(
            .digestMismatch,
            "the registry \(repository.host) keeps \(shown.familiar) as \(told.quoted) instead of \(digest);"
                + " something on the way changes what is sent"
        )
    }

    /// Deletes a manifest by its digest, or a tag where the registry supports that.
    package func delete(_ reference: ImageReference) async throws {
        let name = reference.digest ?? reference.tag ?? "latest"
        var call = RegistryCall("DELETE", Repository(reference), "manifests/\(name)", subject: reference.familiar)
        call.access = .delete
        call.accepted = [200, 202]
        do {
            _ = try await answer(to: call)
        } catch let error as RegistryError where error.code == .refused {
            throw RegistryError(.refused, error.message + "; it may not allow deletion")
        }
    }

    /// The tags of a repository, sorted, up to a limit.
    package func tags(_ repository: Repository, limit: Int = 100_000) async throws -> [String] {
        var tags: Set<String> = []
        var next: Location?
        var seen: Set<Location> = []
        repeat {
            var call = RegistryCall("GET", repository, "tags/list", subject: "the tags of \(repository)")
            call.location = next
            call.query = [("n", "1000")]
            let answer = try await answer(to: call, upTo: Manifest.limit)
            guard let json = try? JSON(parsing: answer.body), json.members != nil else {
                throw RegistryError(.malformed, "the registry \(repository.host) lists no tags of \(repository)")
            }
            tags.formUnion((json["tags"]?.array ?? []).compactMap(\.string))
            next = Self.next(in: answer)
            // A registry whose pages go round in a circle, or never end, isn't followed.
            if let page = next, !seen.insert(page).inserted { next = nil }
        } while next != nil && tags.count < limit && seen.count < 10_000
        return tags.sorted { JSON.precedes($0, $1) }
    }

    /// What refers to content of a repository, such as signatures and attestations; empty if the registry can't say.
    package func referrers(
        of digest: ContentDigest,
        in repository: Repository,
        artifactType: String? = nil
    )
        async throws -> [ContentDescriptor]
    {
        var call = RegistryCall("GET", repository, "referrers/\(digest)", subject: "what refers to \(digest)")
        call.headers.append("Accept", MediaType.ociIndex)
        call.query = artifactType.map { [("artifactType", $0)] } ?? []
        call.accepted = [200, 400, 404, 405]
        var answer = try await answer(to: call, upTo: Manifest.limit)
        if answer.status != 200 {
            // Registries older than OCI 1.1 keep them under a tag.
            call.path = "manifests/\(digest.algorithm.rawValue)-\(digest.hex)"
            call.query = []
            answer = try await self.answer(to: call, upTo: Manifest.limit)
        }
        guard answer.status == 200, let index = try? Manifest(answer.body, mediaType: MediaType.ociIndex) else {
            return []
        }
        return index.manifests.filter { artifactType == nil || $0.artifactType == artifactType }
    }

    /// The next page by `Link: <URL>; rel="next"`.
    private static func next(in answer: CollectedAnswer) -> Location? {
        for value in answer.headers.all("Link") {
            guard let (_, rest) = value.cut(at: "<"), let (target, parameters) = rest.cut(at: ">"),
                parameters.lowercased().contains("rel=\"next\"") || parameters.lowercased().contains("rel=next")
            else { continue }
            return Location(target, from: answer.request)
        }
        return nil
    }

    private static func check(_ body: [UInt8], is wanted: String?, _ reference: ImageReference) throws(RegistryError) {
        guard let wanted, let digest = try? ContentDigest(parsing: wanted) else { return }
        let real = ContentDigest(of: body, digest.algorithm)
        guard real == digest else {
            throw RegistryError(
                .digestMismatch,
                "the registry \(reference.domain) sent something else for \(reference.familiar):"
                    + " its digest is \(real) instead of \(digest); try again, or check the proxy or mirror in between"
            )
        }
    }
}
