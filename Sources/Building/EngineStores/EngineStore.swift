package import CaissonBuildModel
package import CaissonHTTPClient
import CaissonJSON

/// What an engine without BuildKit keeps of builds: images without a name, one for each step.
///
/// ```
///   GET  images, containers, each image ──▶ StoredImage ──▶ ImageForest ──▶ CacheRecord
///   DELETE image, children first        ◀── RemovalQueue ◀── CachePrune
/// ```
/// Podman with layers and dockerd's classic builder look for a step's result among the images that they have, so
/// these are their build cache. An image that has a name is never a record and is never removed; the nameless ones that
/// it was made from are in use by it. What dockerd's BuildKit keeps (`BuildCache` of `/system/df`) isn't looked at.
///
/// Not seen: cache mounts. Podman 4.3 keeps them in a folder of its own, `buildah-cache` under its temporary folder, of
/// which its API tells nothing; the classic builder has none.
package struct EngineStore: Sendable {
    /// Which engine it is, as their APIs differ.
    package enum Kind: Sendable, Hashable {
        /// Podman from 4.0 on, by its own API.
        case podman
        /// dockerd, by Docker's API.
        case classic
    }

    /// Which engine it is.
    package let kind: Kind
    /// What it is called in messages, such as `podman 4.3.1 at unix:///run/podman/podman.sock`.
    package let name: String
    /// Where it answers.
    package let endpoint: Endpoint

    /// Makes a view of an engine; nothing is asked yet.
    package init(_ kind: Kind, named name: String, at endpoint: Endpoint) {
        self.kind = kind
        self.name = name
        self.endpoint = endpoint
    }

    /// The records of all builds, each parent before its children.
    ///
    /// - A record's size is the bytes that go with it, once all records that share its layers went before it; layers
    ///   that an image with a name has too count for what they are where the record is one of those it was made from,
    ///   which stay, and for nothing elsewhere.
    /// - `isShared`: an image with a name was made from it, or it is a nameless image that no build here made, such as
    ///   one whose name a pull took away.
    /// - `isInUse`: an image with a name was made from it, or a container has it.
    /// - `lastUsed` is when it was made: the engines don't tell when a build found it, but what such a build added is a
    ///   younger child, which holds it.
    ///
    /// - Throws: `BuildError` where the engine doesn't answer in time, or not in its API's words.
    package func records() async throws -> [CacheRecord] {
        try await asking { api in try await ImageForest(api.images()).records }
    }

    /// Removes records, children first, the least lately made of those that are free before the others.
    ///
    /// What is in use stays, and so does what gets a name, a child or a container meanwhile. An image is asked for once
    /// more right before it goes; between that and the removal a name could still be given, as neither engine can be
    /// told to keep what has one.
    ///
    /// - Parameters:
    ///   - order: What goes. With `includesAll` nameless images go too that no build here made.
    ///   - removed: Is told each record that is gone, with the bytes that `records()` would have told for it.
    /// - Throws: `BuildError` with code `unsupported` for what can't be honoured (a free part of the disk, filters
    ///   beyond those of `RecordFilter`) before anything is asked; other codes as `records()` does. What was told is
    ///   gone.
    package func prune(
        _ order: CachePrune,
        removed: @escaping @Sendable (CacheRecord) -> Void = { _ in }
    ) async throws {
        let filter = try self.filter(of: order)
        try await asking { api in
            var queue = RemovalQueue(ImageForest(try await api.images()).records, order, filter, now: .now)
            while let record = queue.next() {
                try Task.checkCancellation()
                let gone = try await api.remove(record.id)
                for record in queue.confirm(record, gone: gone) { removed(record) }
            }
        }
    }

    private func filter(of order: CachePrune) throws(BuildError) -> RecordFilter {
        guard order.freeBytes <= 0 else {
            throw BuildError(
                .unsupported,
                "\(name) can't prune until a part of its disk is free (freeBytes), as it doesn't tell how much is: "
                    + "limit the size of the cache instead"
            )
        }
        do {
            return try RecordFilter(parsing: order.filters)
        } catch {
            throw BuildError(
                .unsupported,
                "\(name) has no BuildKit, so the filter \(error.filter) (filters) can't be used there: "
                    + "name the records by their ids"
            )
        }
    }

    private func asking<Value: Sendable>(_ body: (StoreAPI) async throws -> Value) async throws -> Value {
        do {
            return try await withHTTPClient { client in try await body(StoreAPI(store: self, client: client)) }
        } catch let error as HTTPClientError {
            let isLate = [.silence, .deadlineExceeded, .connectTimedOut].contains(error.code)
            throw BuildError(isLate ? .deadlineExceeded : .engine, error.message)
        }
    }
}
