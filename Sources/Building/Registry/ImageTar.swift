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
        /// The type, digest and size with which it is pushed.
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
        /// The level; nil for the compression's default.
        package var level: Int?
        /// The folder for content that is too large for memory.
        package var folder = RegistryClient.temporaryFolder
        /// Whether the media types are the OCI's instead of Docker's.
        package var usesOCITypes = true

        /// The options by default: gzip, and OCI types.
        package init() {}
    }

    /// The images in the order of the tar's list.
    package let images: [Image]

    /// Reads a tar from its chunks, which are asked for one after the other.
    package static func read<Chunks: AsyncSequence & Sendable>(
        _ chunks: Chunks,
        options: Options = Options()
    ) async throws -> ImageTar where Chunks.Element == [UInt8] {
        let channel = ChunkChannel()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await channel.send(all: chunks) }
            let outcome = await scanOnThread(channel, options)
            channel.close()
            group.cancelAll()
            while await group.nextResult() != nil {}
            if let failure = channel.failure { throw failure }
            return try outcome.get()
        }
    }

    /// Scans on a thread of its own: libarchive blocks while it waits for bytes, which no thread of the pool may do.
    private static func scanOnThread(
        _ channel: ChunkChannel,
        _ options: Options
    ) async -> Result<ImageTar, any Error> {
        await withCheckedContinuation { continuation in
            do {
                try startThread { continuation.resume(returning: scan(channel, options)) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }

    private static func scan(_ channel: ChunkChannel, _ options: Options) -> Result<ImageTar, any Error> {
        do {
            var scan = ImageTarScan(options)
            try scan.run { () throws(ArchiveError) in channel.receive() }
            return .success(ImageTar(images: try scan.images()))
        } catch let error as ArchiveError {
            return .failure(RegistryError(.malformed, "the image's tar can't be read: \(error.message)"))
        } catch {
            return .failure(error)
        }
    }
}
