package import CaissonBuildModel
import CaissonJSON

/// A build that was found in a bundle.
package struct ReadBuild {
    /// A document that lies in the bundle.
    package struct Document {
        /// Its media type; where it was packed as another's, its own.
        package let type: String
        /// Its digest.
        package let digest: String
        /// How many bytes it has.
        package let size: Int64
        /// What else is said of it.
        package let annotations: [String: String]
        let place: BundleBlobs.Place
    }

    /// What is known of it.
    package internal(set) var dossier: BuildDossier
    /// Whether Caisson wrote it, so that nothing of the dossier is missing.
    package internal(set) var isOurs = false
    /// The platform of the engine that made it; empty where it isn't known.
    package internal(set) var platform = ""
    /// What goes with it, such as attestations and the engine's trace.
    package internal(set) var documents: [Document] = []
    /// What isn't there or can't be read, a line each.
    package internal(set) var omissions: [String] = []
    let blobs: BundleBlobs
    let limits: BundleLimits
    var log: BundleBlobs.Place?

    /// Begins to read what its steps printed; as often as is wanted.
    package func openLog() -> BundleLog {
        BundleLog(log.map { StatusFrames(blobs, $0, limit: limits.message) }, dossier.steps)
    }

    /// Reads a document into memory.
    ///
    /// - Parameter limit: How many bytes it may have.
    /// - Throws: `limitExceeded`, `system`.
    package func bytes(of document: Document, limit: Int64 = 64 << 20) throws(BundleError) -> [UInt8] {
        try blobs.bytes(document.place, "the document \(document.digest)", limit: limit)
    }
}
