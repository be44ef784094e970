package import CaissonArchive
import CaissonBuildModel
import CaissonHTTPClient

/// The images of a tar as `docker save` and `GET /images/get` make them (docker-archive), or of an OCI layout in a tar.
///
/// ```
/// chunks ─▶ tar ─┬─ layers, compressed as they come ─▶ memory or a nameless file
///                └─ everything else ─▶ the same as it is; then manifest.json or index.json says what is what
/// ```
/// Nothing in it is trusted: names are keys and never paths here, and layers are checked against the configuration.
package struct ImageTar: Sendable {
    /// A layer, ready to be pushed.
    package struct Layer: Sendable {
        /// Its type, digest and size as it is pushed.
        package var descriptor: ContentDescriptor
        /// Its bytes.
        package var source: BlobSource
    }

    /// One image.
    package struct Image: Sendable {
        /// The bytes of its configuration.
        package var config: [UInt8]
        /// The platform that its configuration names.
        package var platform: ImagePlatform
        /// Its layers, the lowest first.
        package var layers: [Layer]
        /// The names that the tar gives it.
        package var names: [String]
    }

    /// How the layers are to be compressed, and where they are kept.
    package struct Options: Sendable {
        /// How.
        package var compression = Compression.gzip
        /// How hard; nil for the compression's default.
        package var level: Int?
        /// The folder for what is too large for memory.
        package var folder = RegistryClient.temporaryFolder
        /// Whether the media types are the OCI's instead of Docker's.
        package var usesOCITypes = true

        /// The options by default: gzip, and OCI types.
        package init() {}
    }

    /// The images in the order of the tar's list.
    package let images: [Image]

    /// Reads a tar whose chunks come as they are asked for.
    package static func read<Chunks: AsyncSequence & Sendable>(
        _ chunks: Chunks,
        options: Options = Options()
    ) async throws -> ImageTar where Chunks.Element == [UInt8] {
        let channel = ChunkChannel()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    for try await chunk in chunks { try await channel.send(chunk) }
                    channel.finish(nil)
                } catch {
                    channel.finish(error)
                }
            }
            let outcome: Result<ImageTar, any Error> = await withCheckedContinuation { continuation in
                do {
                    // libarchive waits for bytes where it stands: that mustn't hold a thread of the pool.
                    try startThread {
                        continuation.resume(returning: Result { try scan(channel, options) })
                    }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            channel.close()
            group.cancelAll()
            while await group.nextResult() != nil {}
            if let failure = channel.failure { throw failure }
            return try outcome.get()
        }
    }

    private static func scan(_ channel: ChunkChannel, _ options: Options) throws -> ImageTar {
        do {
            var scan = ImageTarScan(options)
            try scan.run { () throws(ArchiveError) in channel.receive() }
            return ImageTar(images: try scan.images())
        } catch let error as ArchiveError {
            throw RegistryError(.malformed, "the image's tar can't be read: \(error.message)")
        }
    }
}
