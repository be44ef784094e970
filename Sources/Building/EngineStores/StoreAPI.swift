import CaissonBuildModel
import CaissonHTTPClient
import CaissonJSON

/// The calls of an engine's API, each within a time and an amount of bytes.
struct StoreAPI: Sendable {
    let store: EngineStore
    let client: HTTPClient

    // A thousand images take about a MiB.
    private static let listLimit = 32 << 20
    private static let imageLimit = 4 << 20
    private static let mostImages = 20_000

    /// All images with all that is to be known of them.
    func images() async throws -> [StoredImage] {
        let path = store.kind == .podman ? "/v4.0.0/libpod/images/json?all=true" : "/images/json?all=1"
        let list = try await list(path, doing: "listing its images")
        guard list.count <= Self.mostImages else {
            throw BuildError(
                .unsupported,
                "\(store.name) has more than \(Self.mostImages) images: remove some by its own command"
            )
        }
        let used = try await imagesOfContainers()
        var images: [StoredImage] = []
        for value in list {
            guard let image = StoredImage(listed: value) else { throw strange("an image without an id") }
            images.append(image)
        }
        // Some at a time: an engine answers each from its disk.
        var known: [StoredImage] = []
        for start in stride(from: 0, to: images.count, by: 8) {
            known += try await inspected(Array(images[start..<min(start + 8, images.count)]))
        }
        return known.map { image in
            var image = image
            image.hasContainer = used.contains(image.id)
            return image
        }
    }

    /// Removes an image, if it still has no name, and tells the ids of what is gone; nothing where the engine keeps it.
    func remove(_ id: String) async throws -> [String] {
        guard let now = try await inspect(id) else { return [id] }
        guard !StoredImage.isNamed(now) else { return [] }
        // Podman 4.3 takes nameless parents along by all of its addresses but this one; dockerd needs the word, too.
        let path =
            store.kind == .podman
            ? "/v4.0.0/libpod/images/remove?images=\(id)&noprune=true" : "/images/sha256:\(id)?noprune=1"
        let answer = try await call("DELETE", path, upTo: Self.imageLimit, within: .seconds(300))
        switch answer.status {
        case 200: return gone(answer.body)
        case 404: return [id]
        // It got a child or a container meanwhile.
        case 409: return []
        default: throw refused("removing an image", answer)
        }
    }

    /// Podman's `{"Deleted": ["…"], "Errors": …}`, which has status 200 also where it refused (4.3);
    /// dockerd's `[{"Untagged": "…"}, {"Deleted": "sha256:…"}]`.
    private func gone(_ body: [UInt8]) -> [String] {
        guard let value = try? JSON(parsing: body) else { return [] }
        let entries = value["Deleted"]?.array ?? (value.array ?? []).compactMap { $0["Deleted"] }
        return entries.compactMap { StoredImage.id($0) }
    }

    private func imagesOfContainers() async throws -> Set<String> {
        // Podman's external ones are buildah's, in the middle of a build or left over from one.
        let path =
            store.kind == .podman
            ? "/v4.0.0/libpod/containers/json?all=true&external=true" : "/containers/json?all=1"
        return Set(try await list(path, doing: "listing its containers").compactMap { StoredImage.id($0["ImageID"]) })
    }

    private func inspected(_ images: [StoredImage]) async throws -> [StoredImage] {
        try await withThrowingTaskGroup(of: (Int, StoredImage?).self) { group in
            for (place, image) in images.enumerated() {
                group.addTask { (place, try await inspected(image)) }
            }
            var found: [(Int, StoredImage)] = []
            for try await (place, image) in group { if let image { found.append((place, image)) } }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func inspected(_ image: StoredImage) async throws -> StoredImage? {
        guard let value = try await inspect(image.id) else { return nil }
        var image = image
        image.add(inspected: value)
        return image
    }

    /// An image as it is now; nil where it is gone.
    private func inspect(_ id: String) async throws -> JSON? {
        let path = store.kind == .podman ? "/v4.0.0/libpod/images/\(id)/json" : "/images/sha256:\(id)/json"
        let answer = try await call("GET", path, upTo: Self.imageLimit, within: .seconds(60))
        if answer.status == 404 { return nil }
        guard answer.status == 200 else { throw refused("looking at an image", answer) }
        guard let value = try? JSON(parsing: answer.body), value.isObject else { throw strange("no image") }
        return value
    }

    private func list(_ path: String, doing what: String) async throws -> [JSON] {
        let answer = try await call("GET", path, upTo: Self.listLimit, within: .seconds(120))
        guard answer.status == 200 else { throw refused(what, answer) }
        guard let value = try? JSON(parsing: answer.body) else { throw strange("no JSON") }
        // Go writes an empty list so where nobody made it one.
        if value == .null { return [] }
        guard let list = value.array else { throw strange("no list") }
        return list
    }

    private func call(
        _ method: String,
        _ path: String,
        upTo limit: Int,
        within time: Duration
    ) async throws -> (status: Int, body: [UInt8]) {
        var request = HTTPRequest(method, store.endpoint, path)
        request.timeouts = HTTPTimeouts(silence: time, total: time)
        let answer = try await client.collect(request, upTo: limit)
        return (answer.status, answer.body)
    }

    private func refused(_ what: String, _ answer: (status: Int, body: [UInt8])) -> BuildError {
        let said = message(inBody: Array(answer.body.prefix(4 << 10)))
        return BuildError(
            .engine,
            "\(store.name): \(what) failed with status \(answer.status)\(said.isEmpty ? "" : ": \(said)")"
        )
    }

    private func strange(_ what: String) -> BuildError {
        BuildError(.engine, "\(store.name) answers a question about its images with \(what) — see its log")
    }
}
