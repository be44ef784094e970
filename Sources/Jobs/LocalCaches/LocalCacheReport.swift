package import CaissonBuildModel
import CaissonText

/// What a local cache holds: its manifests by tag, what they share, and what nothing names.
///
/// Sums count each blob once. Names and tags are as they stand in the index, so of any characters and length.
package struct LocalCacheReport: Sendable, Hashable {
    /// What a manifest is for.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A build cache: its configuration has the type `application/vnd.buildkit.cacheconfig.v0`, or the list has one
        /// of that type in the older form (`image-manifest=false`).
        case cache
        /// An image.
        case image
        /// Images for several platforms.
        case index
        /// Something else, or not there.
        case other
    }

    /// One manifest of the index.
    package struct Entry: Sendable, Hashable {
        /// The tag by which BuildKit finds it (`tag=`, else `latest`); nil where it has none.
        package let tag: String?
        /// The whole name of the image; nil where it has none.
        package let name: String?
        /// The digest as the index has it.
        package let digest: String
        /// The type as the index has it.
        package let mediaType: String
        /// What it is for.
        package let kind: Kind
        /// When the manifest was last written; nil where it isn't there.
        ///
        /// A build that makes the same cache again doesn't write it again.
        package let written: Timestamp?
        /// All that it names, itself included.
        package let totals: BlobTotals
        /// What of that no other entry names.
        package let own: BlobTotals
        /// How many of the blobs aren't there.
        package let missing: Int
        /// How many are there with the wrong length or content, or can't be read.
        package let damaged: Int
    }

    /// What is wrong with a blob that is named.
    package enum Flaw: Sendable, Hashable {
        /// There is no such file.
        case missing
        /// It is a link, a directory or another thing that is no file.
        case notRegular
        /// It is longer or shorter than the manifest says.
        case wrongSize(expected: Int64, found: Int64)
        /// A manifest that isn't what its digest says, or isn't one. BuildKit doesn't mend it: a blob that is there
        /// isn't written again (`Commit` and `Writer` of containerd's `plugins/content/local`).
        case wrongContent
        /// It can't be read: why.
        case unreadable(String)
    }

    /// A blob that is named and not as it should be.
    package struct Damage: Sendable, Hashable {
        /// Which blob.
        package let digest: BlobDigest
        /// What is wrong.
        package let flaw: Flaw
    }

    /// A blob that nothing names.
    package struct Unnamed: Sendable, Hashable {
        /// Which blob.
        package let digest: BlobDigest
        /// Its sizes and age.
        package let facts: BlobFacts
    }

    /// The path as it was given.
    package let path: String
    /// The manifests, in the order of the index.
    package let entries: [Entry]
    /// The blobs that are named and missing or damaged, by digest.
    package let damages: [Damage]
    /// The blobs that nothing names, by digest.
    package let unnamed: [Unnamed]
    /// All blobs that are named and there.
    package let named: BlobTotals
    /// Those of them that more than one entry names.
    package let shared: BlobTotals
    /// All blobs that nothing names.
    package let unnamedTotals: BlobTotals
    /// What writes that didn't end, or go on, have in `ingest`: the files of all.
    package let ingest: BlobTotals
    /// How many things in the folders of blobs are none; they are never touched.
    package let strangers: Int
    /// Why not all that is named is known; empty where it is.
    ///
    /// Nothing is swept else.
    package let problems: [String]

    /// All blobs and what is in `ingest`.
    package var total: BlobTotals {
        var total = named
        total.add(unnamedTotals)
        total.add(ingest)
        return total
    }
}
