package import CaissonBuildModel

/// A piece of what a step printed.
package struct BundleLogPiece: Sendable, Hashable {
    /// The number of the step in its dossier.
    package var step: Int
    /// The stream: 1 is standard output, 2 standard error.
    package var stream: Int
    /// When it was printed; nil where that isn't known.
    package var time: Timestamp?
    /// The bytes, as the process wrote them.
    package var bytes: [UInt8]

    /// Makes a piece.
    package init(step: Int, stream: Int, time: Timestamp? = nil, bytes: [UInt8]) {
        self.step = step
        self.stream = stream
        self.time = time
        self.bytes = bytes
    }
}

/// A document that goes with a build, such as an attestation.
package struct BundleDocument: Sendable, Hashable {
    /// Its media type, such as `application/vnd.in-toto+json`.
    package var type: String
    /// What else is said of it, such as the kind of an attestation.
    package var annotations: [String: String]
    /// Its content.
    package var bytes: [UInt8]

    /// Makes a document.
    package init(_ type: String, annotations: [String: String] = [:], bytes: [UInt8]) {
        self.type = type
        self.annotations = annotations
        self.bytes = bytes
    }
}

/// A build that goes into a bundle.
package struct BundledBuild {
    /// Gives the next piece of a log; nil at its end.
    package typealias Log = () throws -> BundleLogPiece?

    /// What is known of it; it must have ended.
    package var dossier: BuildDossier
    /// What goes with it; attestations are told in the record, too.
    package var documents: [BundleDocument]
    /// The platform of the engine, such as `linux/amd64`; empty where it isn't known.
    package var platform = ""
    /// Begins its log anew.
    ///
    /// It is called twice, once to measure and once to write, and has to give the same both times: nothing of a log is
    /// held in memory, however long it is.
    package var openLog: () throws -> Log

    /// Makes a build without a log.
    package init(
        _ dossier: BuildDossier,
        documents: [BundleDocument] = [],
        openLog: @escaping () throws -> Log = { { nil } }
    ) {
        self.dossier = dossier
        self.documents = documents
        self.openLog = openLog
    }
}
