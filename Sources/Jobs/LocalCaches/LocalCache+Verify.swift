import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

extension LocalCache {
    /// Reads all blobs that are named, and tells those that aren't there or aren't what their digests say, by digest.
    ///
    /// It takes as long as reading the folder; a report tells most of it, all but changed bytes of the same number.
    ///
    /// - Throws: What `report()` throws, and `CancellationError`.
    package func verify() throws -> [LocalCacheReport.Damage] {
        let survey = try LayoutSurvey(folder)
        var damages: [LocalCacheReport.Damage] = []
        for node in survey.graph.nodes {
            var flaw = node.flaw
            if flaw == nil, try !isIntact(node.digest) { flaw = .wrongContent }
            if let flaw { damages.append(LocalCacheReport.Damage(digest: node.digest, flaw: flaw)) }
        }
        return damages.sorted { $0.digest < $1.digest }
    }

    /// Whether a blob has the content of its digest; one that vanished or can't be read hasn't.
    private func isIntact(_ digest: BlobDigest) throws -> Bool {
        guard let directory = try folder.blobDirectory(digest.algorithm) else { return false }
        var failure: Int32 = 0
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        guard let file = SharedDescriptor.open(digest.hex, under: directory.raw, flags, failure: &failure) else {
            return false
        }
        let hasher = DigestHasher(digest.algorithm)
        while true {
            try Task.checkCancellation()
            guard let bytes = try? BorrowedDescriptor(number: file.raw).readOnce(upTo: 1 << 20) else { return false }
            if bytes.isEmpty { return hasher.finish().description == digest.description }
            hasher.update(bytes)
        }
    }
}
