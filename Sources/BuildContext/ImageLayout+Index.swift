import BuildModel
import FoundationEssentials
import Glibc

// MARK: - The index

extension ImageLayout {
    private static let indexName = "index.json"
    private static let indexLimit = 4 << 20
    private static let tagKey = "org.opencontainers.image.ref.name"

    /// The digest that a tag stands for; nil where there is none of it.
    package func digest(ofTag tag: String) throws(BuildContextError) -> String? {
        let manifests = try index()?["manifests"]?.list ?? []
        return manifests.last { $0["annotations"]?[Self.tagKey]?.text == tag }?["digest"]?.text
    }

    /// The digest of the only entry, for layouts without tags; nil where there are none or several.
    package func onlyDigest() throws(BuildContextError) -> String? {
        let manifests = try index()?["manifests"]?.list ?? []
        return manifests.count == 1 ? manifests[0]["digest"]?.text : nil
    }

    /// Makes a tag stand for a manifest that is here; other entries of the index stay, but with `resets`.
    package func tag(_ manifest: BlobInfo, as tag: String, resets: Bool = false) throws(BuildContextError) {
        let content = try content(manifest.digest)
        let type = (try? JSONDecoder().decode(JSONValue.self, from: Data(content)))?["mediaType"]?.text
        let entry = JSONValue.object([
            "mediaType": .text(type ?? "application/vnd.oci.image.index.v1+json"),
            "digest": .text(manifest.digest),
            "size": .integer(manifest.size),
            "annotations": .object([Self.tagKey: .text(tag)]),
        ])
        // Several builds may write to one layout: between reading and replacing the index nobody else does.
        guard flock(root.raw, LOCK_EX) == 0 else { throw .failed("lock", Array(path.utf8), errno) }
        defer { flock(root.raw, LOCK_UN) }
        var fields: [String: JSONValue] = ["schemaVersion": .integer(2)]
        var manifests: [JSONValue] = []
        if !resets, case .object(let old)? = try index() {
            fields = old
            manifests = old["manifests"]?.list ?? []
        }
        manifests.removeAll { old in
            if old["annotations"]?[Self.tagKey]?.text == tag { return true }
            return old["digest"]?.text == manifest.digest && old["annotations"] == nil
        }
        fields["manifests"] = .list(manifests + [entry])
        try replace("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        try replace(Self.indexName, try Self.encode(.object(fields)))
        if resets { try removeAllBut(reachable(from: [manifest.digest])) }
    }

    private static func encode(_ value: JSONValue) throws(BuildContextError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { throw BuildContextError(.system, "can't write an index") }
        return Array(data)
    }

    private func index() throws(BuildContextError) -> JSONValue? {
        var failure: Int32 = 0
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        guard let file = Descriptor.open(Self.indexName, under: root.raw, flags, failure: &failure) else {
            if failure == ENOENT { return nil }
            throw .failed("read index.json in", Array(path.utf8), failure)
        }
        guard let status = file.status(), status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.indexLimit else {
            throw BuildContextError(.limitExceeded, "\(path)/index.json is no file, or larger than 4 MiB")
        }
        let bytes = try BlobReader(file: file, size: Int64(status.st_size)).read(at: 0, count: Self.indexLimit)
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)), value.isObject else {
            throw BuildContextError(.protocolViolation, "\(path)/index.json is no index of an OCI layout")
        }
        return value
    }

    private func replace(_ name: String, _ bytes: [UInt8]) throws(BuildContextError) {
        let temporary = OutputDirectory.temporaryName()
        var failure: Int32 = 0
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let opened = temporary.withCPath {
            Descriptor.open($0, under: root.raw, flags, mode: 0o644, failure: &failure)
        }
        guard let opened else { throw .failed("write into", Array(path.utf8), failure) }
        do throws(BuildContextError) {
            try writeAll(bytes, to: opened, path: path)
            guard fsync(opened.raw) == 0 || errno == EINVAL else { throw .failed("write", Array(path.utf8), errno) }
            try OutputDirectory(descriptor: root).replace(
                Array(name.utf8)[...],
                by: temporary,
                path: Array("\(path)/\(name)".utf8)
            )
        } catch {
            temporary.withCPath { _ = unlinkat(root.raw, $0, 0) }
            throw error
        }
    }
}

// MARK: - Removing what nothing names

extension ImageLayout {
    /// The blobs that manifests name, themselves included.
    private func reachable(from digests: [String]) throws(BuildContextError) -> Set<String> {
        var found: Set<String> = []
        var waiting = digests
        while let next = waiting.popLast(), found.count < 100_000 {
            guard found.insert(next).inserted, let info = try blob(next), info.size < 16 << 20 else { continue }
            guard let bytes = try? content(next), bytes.first == UInt8(ascii: "{"),
                let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
            else { continue }
            let named = (value["manifests"]?.list ?? []) + (value["layers"]?.list ?? []) + [value["config"] ?? .null]
            waiting += named.compactMap { $0["digest"]?.text }
        }
        return found
    }

    private func removeAllBut(_ kept: Set<String>) throws(BuildContextError) {
        guard let blobs else { return }
        let listing = try DirectoryListing(of: blobs, path: Array(path.utf8))
        for index in 0..<listing.count {
            var name: [UInt8] = []
            listing.appendName(at: index, to: &name)
            let text = String(decoding: name, as: UTF8.self)
            // Only blobs: what else somebody put there is theirs.
            guard Self.blobName("sha256:\(text)") != nil, !kept.contains("sha256:\(text)") else { continue }
            name.withCPath { _ = unlinkat(blobs.raw, $0, 0) }
        }
    }
}
