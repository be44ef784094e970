import CaissonText
import CaissonJSON
import CaissonBuildModel
import CaissonSystem
import Glibc

// MARK: - The index

extension ImageLayout {
    private static let indexName = "index.json"
    private static let indexLimit = 4 << 20
    private static let tagKey = "org.opencontainers.image.ref.name"
    private static let nameKey = "io.containerd.image.name"

    /// The digest that a tag stands for; nil when there is no such tag.
    package func digest(ofTag tag: String) throws(BuildContextError) -> String? {
        let manifests = try index()?["manifests"]?.array ?? []
        return manifests.last { $0["annotations"]?[Self.tagKey]?.string == tag }?["digest"]?.string
    }

    /// The digest of the only entry, for layouts without tags; nil when there are none or several.
    package func onlyDigest() throws(BuildContextError) -> String? {
        let manifests = try index()?["manifests"]?.array ?? []
        return manifests.count == 1 ? manifests[0]["digest"]?.string : nil
    }

    /// Makes a tag stand for a manifest that is here; the index' other entries stay unless `resets` is true.
    ///
    /// - Parameters:
    ///   - manifest: The manifest, or an index of several.
    ///   - tag: The tag.
    ///   - name: The whole name of the image, if it has one.
    ///   - annotations: What else the index says about it.
    ///   - resets: Whether all other entries and their blobs are removed.
    package func tag(
        _ manifest: BlobInfo,
        as tag: String,
        name: String? = nil,
        annotations: [String: String] = [:],
        resets: Bool = false
    ) throws(BuildContextError) {
        let content = try content(manifest.digest)
        let type = (try? JSON(parsing: content))?["mediaType"]?.string
        var notes = annotations
        notes[Self.tagKey] = tag
        notes[Self.nameKey] = name
        let entry = JSON.object([
            JSONMember("mediaType", .string(type ?? "application/vnd.oci.image.index.v1+json")),
            JSONMember("digest", .string(manifest.digest)),
            JSONMember("size", .number(String(manifest.size))),
            JSONMember("annotations", JSON(notes)),
        ])
        // Several builds may write to one layout, so a lock is held from reading the index until it is replaced.
        guard flock(root.raw, LOCK_EX) == 0 else { throw .failed("lock", path.pathBytes, errno) }
        defer { flock(root.raw, LOCK_UN) }
        var fields = [JSONMember("schemaVersion", .number("2"))]
        var manifests: [JSON] = []
        if !resets, let old = try index()?.members {
            fields = old.filter { $0.name != "manifests" }
            manifests = old.last { $0.name == "manifests" }?.value.array ?? []
        }
        manifests.removeAll { old in
            let notes = old["annotations"]
            if notes?[Self.tagKey]?.string == tag, notes?[Self.nameKey]?.string == name { return true }
            return old["digest"]?.string == manifest.digest && notes == nil
        }
        fields.append(JSONMember("manifests", .array(manifests + [entry])))
        try replace("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        try replace(Self.indexName, JSON.object(fields).goBytes(indented: false))
        if resets { try removeAllBut(reachable(from: [manifest.digest])) }
    }

    private func index() throws(BuildContextError) -> JSON? {
        var failure: Int32 = 0
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        guard let file = SharedDescriptor.open(Self.indexName, under: root.raw, flags, failure: &failure) else {
            if failure == ENOENT { return nil }
            throw .failed("read index.json in", path.pathBytes, failure)
        }
        guard let status = file.status(), status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.indexLimit else {
            throw BuildContextError(.limitExceeded, "\(path)/index.json is no file, or larger than 4 MiB")
        }
        let bytes = try BlobReader(file: file, size: Int64(status.st_size)).read(at: 0, count: Self.indexLimit)
        guard let value = try? JSON(parsing: bytes), value.isObject else {
            throw BuildContextError(.protocolViolation, "\(path)/index.json is no index of an OCI layout")
        }
        return value
    }

    private func replace(_ name: String, _ bytes: [UInt8]) throws(BuildContextError) {
        let temporary = OutputDirectory.temporaryName()
        var failure: Int32 = 0
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let opened = temporary.withCPath {
            SharedDescriptor.open($0, under: root.raw, flags, mode: 0o644, failure: &failure)
        }
        guard let opened else { throw .failed("write into", path.pathBytes, failure) }
        do throws(BuildContextError) {
            try writeAll(bytes, to: opened, path: path)
            guard fsync(opened.raw) == 0 || errno == EINVAL else { throw .failed("write", path.pathBytes, errno) }
            try OutputDirectory(descriptor: root).replace(
                Array(name.utf8)[...],
                by: temporary,
                path: "\(path)/\(name)".pathBytes
            )
        } catch {
            temporary.withCPath { _ = unlinkat(root.raw, $0, 0) }
            throw error
        }
    }
}

// MARK: - Removing unreferenced blobs

extension ImageLayout {
    /// The blobs that these manifests name, and the manifests themselves.
    private func reachable(from digests: [String]) throws(BuildContextError) -> Set<String> {
        var found: Set<String> = []
        var waiting = digests
        while let next = waiting.popLast(), found.count < 100_000 {
            guard found.insert(next).inserted, let info = try blob(next), info.size < 16 << 20 else { continue }
            guard let bytes = try? content(next), bytes.first == UInt8(ascii: "{"),
                let value = try? JSON(parsing: bytes)
            else { continue }
            let named = (value["manifests"]?.array ?? []) + (value["layers"]?.array ?? []) + [value["config"] ?? .null]
            waiting += named.compactMap { $0["digest"]?.string }
        }
        return found
    }

    private func removeAllBut(_ kept: Set<String>) throws(BuildContextError) {
        guard let blobs else { return }
        let listing = try DirectoryListing(of: blobs, path: path.pathBytes)
        for index in 0..<listing.count {
            var name: [UInt8] = []
            listing.appendName(at: index, to: &name)
            let text = String(decoding: name, as: UTF8.self)
            // Only blobs are removed: other files belong to whoever put them there.
            guard Self.blobName("sha256:\(text)") != nil, !kept.contains("sha256:\(text)") else { continue }
            name.withCPath { _ = unlinkat(blobs.raw, $0, 0) }
        }
    }
}
