package import CaissonBuildModel
import CaissonText

/// A folder that builds write their cache to (`--cache-to type=local,dest=DIR`), or another OCI image layout.
///
///     open ─▶ report()                  what is in it
///          └▶ plan(rules) ─▶ apply(plan)   what would go, and it goes
///
/// BuildKit adds the blobs and the manifest of each export and then an entry to `index.json` in place of the one with
/// the same tag (`insertDesc` of `client/ociindex/ociindex.go`); the blobs that the old one named stay, so the folder
/// grows. Importing reads the entry of `tag=` (or `latest`), by `io.containerd.image.name` and then by
/// `org.opencontainers.image.ref.name`, or the manifest of `digest=` whether the index has it or not
/// (`parseCacheOptions` of `client/solve.go`), and from there the configuration and the layers that the build needs
/// (`cache/remotecache/import.go`). So a cache hits after a sweep as before as long as its entry stays; one that is
/// imported by `digest=` needs an entry, too.
///
/// Nothing outside of the folder is reached, nothing by way of a link in it, and nothing is removed but files named
/// `blobs/ALGORITHM/HEX` and what is in `ingest`. It does not make, mend or move layouts.
package struct LocalCache: Sendable {
    /// The path as it was given.
    package let path: String
    let folder: LayoutFolder

    /// Opens a folder, which must have `blobs` and `index.json`; `oci-layout` may be missing, as old BuildKits didn't
    /// write it.
    ///
    /// - Throws: `notFound`, `permission` or `system` where it can't be opened, `notLayout` where it is none or one of
    ///   another version than 1, or where `blobs` or `index.json` is a symbolic link.
    package init(open path: String) throws(LocalCacheError) {
        let folder = try LayoutFolder(open: path)
        try folder.checkVersion()
        self.path = path
        self.folder = folder
    }

    /// What is in the folder.
    ///
    /// It takes no lock and writes nothing, so it may be read-only.
    ///
    /// - Throws: `damagedIndex`, `limitExceeded`, `permission`, `system`, or `notLayout` as with `init(open:)`.
    ///   Manifests that can't be read are told in the report.
    package func report() throws(LocalCacheError) -> LocalCacheReport {
        LocalCacheReport(try LayoutSurvey(folder), path: path)
    }

    /// What would go.
    ///
    /// - Parameter now: The time from which ages count.
    /// - Throws: What `report()` throws, and `incomplete` where not all that is named is known.
    package func plan(_ rules: LocalCacheRules, at now: Timestamp = .now) throws(LocalCacheError) -> LocalCachePlan {
        let survey = try LayoutSurvey(folder)
        if let problem = survey.graph.problems.first {
            throw LocalCacheError(
                .incomplete,
                "\(path.quoted): \(problem); nothing was removed, as what it names isn't known; "
                    + "mend it, or remove the folder"
            )
        }
        return LocalCachePlan(survey, rules, at: now)
    }
}
