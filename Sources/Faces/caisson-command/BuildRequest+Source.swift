import CaissonBuildModel
import CaissonPreparation
import CaissonText

/// The work trees that contexts are in, as far as git was asked; nil for a context that is in none.
struct KnownWorkTrees {
    fileprivate var byContext: [ContextSource: WorkTree?] = [:]
}

extension BuildRequest {
    /// Adds where the context stands in version control, as buildx's variables say: to the provenance unless
    /// `BUILDX_GIT_INFO` is off, and to the labels where `BUILDX_GIT_LABELS` is on; the user's own labels stay.
    ///
    /// - Parameter known: The work trees of builds before this one; git is asked once a directory.
    mutating func describeSource(asSaidBy environment: [String: String], _ known: inout KnownWorkTrees) async throws {
        func isOn(_ name: String) -> Bool? { GoBoolean.parse(environment[name] ?? "") }
        let wantsLabels = environment["BUILDX_GIT_LABELS"] == "full" || isOn("BUILDX_GIT_LABELS") == true
        // Nobody reads it where there is no provenance; and each question starts git.
        let asked = attestations.filter { $0.kind == .provenance }
        let isKept = asked.isEmpty ? !exportsFilesOnly : asked.contains { !$0.isDisabled }
        let hasProvenance = provenanceDetail != .none || isKept
        let wantsRevision = isOn("BUILDX_GIT_INFO") != false && hasProvenance
        guard wantsLabels || wantsRevision else { return }
        let tree: WorkTree?
        if let found = known.byContext[context] {
            tree = found
        } else {
            tree = try await WorkTree.around(
                self,
                environment: environment,
                looksForChanges: isOn("BUILDX_GIT_CHECK_DIRTY") == true
            )
            known.byContext.updateValue(tree, forKey: context)
        }
        guard let tree else { return }
        if wantsLabels { labels.merge(tree.labels(for: self)) { own, _ in own } }
        if wantsRevision { revision = tree.revision(of: self) }
    }

    /// The same for a build by itself.
    mutating func describeSource(asSaidBy environment: [String: String]) async throws {
        var trees = KnownWorkTrees()
        try await describeSource(asSaidBy: environment, &trees)
    }
}
