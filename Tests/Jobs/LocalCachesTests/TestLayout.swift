import CaissonBuildModel
import CaissonJSON
import CaissonLocalCaches
import CaissonSystem
import CaissonText
import Glibc
import Testing

/// A layout made by hand in a folder of its own, which goes with it.
final class TestLayout {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let manifest = "application/vnd.oci.image.manifest.v1+json"
    static let index = "application/vnd.oci.image.index.v1+json"
    static let layer = "application/vnd.oci.image.layer.v1.tar+gzip"
    static let cacheConfig = "application/vnd.buildkit.cacheconfig.v0"
    static let imageConfig = "application/vnd.oci.image.config.v1+json"

    /// A blob by the words of a descriptor.
    struct Item {
        var mediaType: String
        var digest: String
        var size: Int

        var json: String { "{\"mediaType\":\"\(mediaType)\",\"digest\":\"\(digest)\",\"size\":\(size)}" }
        var path: String { "blobs/" + digest.split(separator: ":").joined(separator: "/") }
        var hex: String { String(digest.dropFirst(7)) }
    }

    let path: String
    private(set) var entries: [String] = []

    init() throws {
        // In memory, where there is such a place: each sweep waits for the disk.
        let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        path = try TemporaryDirectory.make(for: "local-cache-test", ["TMPDIR": place])
        for name in ["blobs", "blobs/sha256", "ingest"] { mkdir(self[name], 0o755) }
        write("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
        try writeIndex()
    }

    deinit { Self.remove(path) }

    subscript(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ name: String, _ text: String, age: Int64 = 10_000) {
        let descriptor = open(self[name], O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        defer { close(descriptor) }
        try? BorrowedDescriptor(number: descriptor).write(Array(text.utf8))
        setAge(name, age)
    }

    func read(_ name: String) throws -> String {
        String(decoding: try BoundedFile.read(self[name]), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool {
        var status = stat()
        return lstat(self[name], &status) == 0
    }

    func setAge(_ name: String, _ age: Int64) {
        let time = timespec(tv_sec: Int(Self.now.seconds - age), tv_nsec: 0)
        utimensat(AT_FDCWD, self[name], [time, time], AT_SYMLINK_NOFOLLOW)
    }

    @discardableResult
    func blob(_ text: String, _ mediaType: String = TestLayout.layer, age: Int64 = 10_000) -> Item {
        let digest = ContentDigest(of: Array(text.utf8))
        let item = Item(mediaType: mediaType, digest: digest.description, size: text.utf8.count)
        write(item.path, text, age: age)
        return item
    }

    /// A cache as BuildKit writes it: an image manifest with a configuration of its own type.
    @discardableResult
    func cache(_ word: String, _ layers: [Item], age: Int64 = 10_000) -> Item {
        let config = blob("config \(word)", Self.cacheConfig, age: age)
        return manifest(config: config, layers, age: age)
    }

    func manifest(config: Item, _ layers: [Item], age: Int64 = 10_000) -> Item {
        let list = layers.map(\.json).joined(separator: ",")
        let head = "\"schemaVersion\":2,\"mediaType\":\"\(Self.manifest)\""
        return blob("{\(head),\"config\":\(config.json),\"layers\":[\(list)]}", Self.manifest, age: age)
    }

    func list(_ items: [Item], age: Int64 = 10_000) -> Item {
        let list = items.map(\.json).joined(separator: ",")
        return blob("{\"schemaVersion\":2,\"manifests\":[\(list)]}", Self.index, age: age)
    }

    /// Adds an entry to the index.
    func add(_ item: Item, tag: String? = nil, name: String? = nil) throws {
        var notes: [String: String] = [:]
        notes["org.opencontainers.image.ref.name"] = tag
        notes["io.containerd.image.name"] = name
        let text = JSON(notes).goText(indented: false)
        entries.append(notes.isEmpty ? item.json : "\(item.json.dropLast()),\"annotations\":\(text)}")
        try writeIndex()
    }

    func setEntries(_ entries: [String]) throws {
        self.entries = entries
        try writeIndex()
    }

    private func writeIndex() throws {
        let list = entries.joined(separator: ",")
        let text = "{\"schemaVersion\":2,\"x-ours\":1e2,\"manifests\":[\(list)],\"annotations\":{\"a\":\"b\"}}"
        write("index.json", text, age: 5000)
    }

    func cacheFolder() throws -> LocalCache { try LocalCache(open: path) }

    func plan(_ change: (inout LocalCacheRules) -> Void = { _ in }) throws -> LocalCachePlan {
        var rules = LocalCacheRules()
        change(&rules)
        return try cacheFolder().plan(rules, at: Self.now)
    }

    /// The hexadecimal names of the blobs, sorted.
    var blobs: [String] { DirectoryNames.sorted(in: self["blobs/sha256"], limit: 10_000) }

    static func remove(_ path: String) {
        chmod(path, 0o755)
        if unlink(path) == 0 { return }
        for name in DirectoryNames.sorted(in: path, limit: 10_000) { remove("\(path)/\(name)") }
        rmdir(path)
    }
}
