package import CaissonBuildModel
import CaissonText

/// What would go by some rules, worked out from one look at the folder: the same folder, rules and time give the same
/// plan.
package struct LocalCachePlan: Sendable {
    /// Why an entry of the index goes.
    package enum Reason: Sendable, Hashable {
        /// None of the patterns is for its tag or its name.
        case tag
        /// It has no tag, and enough others without one were written later.
        case untagged
        /// Its manifest was written too long ago.
        case age
        /// Its manifest isn't there.
        case missing
        /// All that is named has too many bytes.
        case size
    }

    /// An entry of the index that goes.
    package struct Dropped: Sendable, Hashable {
        /// The place in the index, from 0.
        package let position: Int
        /// The tag; nil where it has none.
        package let tag: String?
        /// The whole name of the image; nil where it has none.
        package let name: String?
        /// The digest as the index has it.
        package let digest: String
        /// Why it goes.
        package let reason: Reason
    }

    /// A blob that goes.
    package struct Blob: Sendable, Hashable {
        /// Which blob.
        package let digest: BlobDigest
        /// What it was when the plan was made; one that is another by then stays.
        package let facts: BlobFacts
    }

    /// The rules.
    package let rules: LocalCacheRules
    /// The time from which ages count.
    package let now: Timestamp
    /// The entries that go, in the order of the index.
    package let dropped: [Dropped]
    /// The blobs that go, small ones first and then by digest: manifests are mostly smaller than what they name, so
    /// that a sweep that is stopped leaves few without their layers.
    package let blobs: [Blob]
    /// The names in `ingest` that go, by name.
    package let ingest: [String]
    /// The blobs that go, added up; `freeable` is what the disk gets back, and it is exact while nobody else works
    /// there.
    package let removed: BlobTotals
    /// The same for `ingest`.
    package let removedIngest: BlobTotals
    /// The blobs that nothing names any more but that are younger than the grace period, so that they stay for now.
    package let young: BlobTotals
    /// All blobs that stay named.
    package let kept: BlobTotals
    /// Why a build seems to be writing there now, in words for people; empty where none does.
    ///
    /// It isn't applied then.
    package let signsOfBuild: [String]
    /// The bytes of the index that the plan is about.
    let indexBytes: [UInt8]
    /// The index without what goes.
    let newIndexBytes: [UInt8]

    /// Whether nothing goes.
    package var isEmpty: Bool { dropped.isEmpty && blobs.isEmpty && ingest.isEmpty }

    init(_ survey: LayoutSurvey, _ rules: LocalCacheRules, at now: Timestamp) {
        self.rules = rules
        self.now = now
        let choice = EntryChoice(survey, rules, at: now)
        dropped = choice.dropped
        let limit = now.before(rules.gracePeriod)
        var (blobs, young, kept, removed) = ([Blob](), BlobTotals(), BlobTotals(), BlobTotals())
        for (index, node) in survey.graph.nodes.enumerated() {
            guard let facts = node.facts else { continue }
            if choice.users[index] > 0 {
                kept.add(facts)
            } else if facts.written > limit {
                young.add(facts)
            } else {
                blobs.append(Blob(digest: node.digest, facts: facts))
            }
        }
        for blob in survey.unnamed {
            if blob.facts.written > limit {
                young.add(blob.facts)
            } else {
                blobs.append(Blob(digest: blob.digest, facts: blob.facts))
            }
        }
        for blob in blobs { removed.add(blob.facts) }
        self.blobs = blobs.sorted { ($0.facts.size, $0.digest) < ($1.facts.size, $1.digest) }
        (self.young, self.kept, self.removed) = (young, kept, removed)
        var ingestTotals = BlobTotals()
        let old = survey.ingest.filter { $0.written <= now.before(rules.ingestPeriod) }
        for one in old { ingestTotals.add(one.totals) }
        ingest = old.map(\.name)
        removedIngest = ingestTotals
        signsOfBuild = survey.signsOfBuild(since: limit, until: now)
        indexBytes = survey.index.bytes
        newIndexBytes = dropped.isEmpty ? indexBytes : survey.index.bytes(without: Set(dropped.map(\.position)))
    }
}

extension LayoutSurvey {
    /// What a build that goes on leaves to be seen.
    ///
    /// That a blob is younger than the index tells one from a build that ended, as the index is written last.
    ///
    /// A build that finds all its blobs there leaves no sign: it writes none of them again, however old they are. What
    /// seems to be of the future was written by another clock; it would be a sign for too long.
    fileprivate func signsOfBuild(since limit: Timestamp, until now: Timestamp) -> [String] {
        let end = Timestamp(seconds: now.seconds.clampedAdding(60))
        func isNew(_ time: Timestamp) -> Bool { time > limit && time < end }
        var signs: [String] = []
        let writes = ingest.filter { isNew($0.written) }.count
        if writes > 0 { signs.append("\(writes) unfinished writes in ingest are new") }
        let blobs = unnamed.filter { isNew($0.facts.written) && $0.facts.written > index.stamp.written }.count
        if blobs > 0 { signs.append("\(blobs) blobs are newer than index.json") }
        // Builds of this program write blobs under temporary names beside the others (`BlobWriter`).
        if strangers.newest.map(isNew) == true { signs.append("there are new temporary files among the blobs") }
        return signs
    }
}
