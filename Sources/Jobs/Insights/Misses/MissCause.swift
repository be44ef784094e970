package import CaissonBuildModel

/// Why a step ran and didn't come from the cache.
package struct MissCause: Sendable, Hashable {
    /// What happened.
    package enum Kind: Sendable, Hashable {
        /// The build was asked to do without the cache, altogether or in the stage of that name.
        case noCache(stage: String?)
        /// Earlier builds ran on another engine, whose cache this one doesn't share.
        case otherEngine(before: String, now: String)
        /// A step that it builds on ran; the number is that of the step where this began, as in `StepRecord.number`.
        case earlierStep(Int)
        /// Another instruction stood in its place, both as the engine names them.
        case instructionChanged(before: String, now: String)
        /// No earlier build has such an instruction.
        case instructionAdded
        /// What it is based on is another image, told by digests or by references.
        case baseChanged(image: String, before: String, now: String)
        /// A build argument has another value; nil where it wasn't given, or where the value isn't kept.
        case argumentChanged(name: String, before: String?, now: String?)
        /// Files that it copies changed, of many the first ones, and how many more did or may have.
        case filesChanged([ContextChange], omitted: Int)
        /// Secrets that it mounts are given now, or aren't any more, by their ids.
        case secretsChanged(added: [String], removed: [String])
        /// The engine lost the result: by a removal that was seen, or by one that wasn't.
        case evicted(CacheRemoval?)
        /// Another stage was asked for before, or other platforms.
        case targetOrPlatformChanged(before: String, now: String)
        /// What it takes from elsewhere changed; digests as far as they are told.
        case externalSource(String, before: String?, now: String?)
        /// The Dockerfile was read by another frontend, both by digest.
        case frontendChanged(before: String, now: String)
        /// Files of the context that it mounts changed, as with `filesChanged`.
        case contextMount([ContextChange], omitted: Int)
        /// The step never ended well, or didn't the last time: in that build.
        case failedBefore(BuildID)
    }

    /// How sure a cause is.
    package enum Certainty: String, Sendable, Hashable, CaseIterable, Comparable {
        /// It is known.
        case certain
        /// It explains what is known, and nothing that is known speaks against it.
        case likely
        /// It may be.
        case possible

        /// The surer is less.
        package static func < (a: Certainty, b: Certainty) -> Bool { a.rank < b.rank }

        private var rank: Int {
            switch self {
            case .certain: 0
            case .likely: 1
            case .possible: 2
            }
        }
    }

    /// What happened.
    package var kind: Kind
    /// How sure that is.
    package var certainty: Certainty
    /// What it is known from, a sentence without control characters and without a full stop.
    package var evidence: String

    /// Makes a cause.
    package init(_ kind: Kind, _ certainty: Certainty, evidence: String) {
        self.kind = kind
        self.certainty = certainty
        self.evidence = evidence
    }

    /// The step that it leads back to; nil for all causes that lie in the step itself.
    package var root: Int? {
        if case .earlierStep(let number) = kind { number } else { nil }
    }
}
