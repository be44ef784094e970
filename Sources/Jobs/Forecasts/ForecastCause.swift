import CaissonText

/// Why a step is expected to do what it does.
package enum ForecastCause: Sendable, Hashable {
    /// An earlier build had the same step on the same ground.
    case sameKey
    /// The request says that it runs: for all stages, or for the named one.
    case withoutCache(stage: String?)
    /// The base image is another one.
    case base(String)
    /// Files that it takes changed: the first ones by path, and how many more there are.
    case files([String], more: Int)
    /// The instruction is another one, or no earlier build had it here.
    case instruction
    /// Variables of its environment differ, by name.
    case variables([String])
    /// A step below it is another one.
    case below
    /// It was there and has left no result.
    case unfinished
    /// Its result was removed, and by what.
    case removed(String)
    /// The engine's cache is empty.
    case emptyCache
    /// It can't be known, for this reason.
    case doubt(String)

    /// The cause in words, as the part of a sentence.
    package var words: String {
        switch self {
        case .sameKey: "nothing of it changed"
        case .withoutCache(nil): "the build was asked to run it anew"
        case .withoutCache(let stage?): "the build was asked to run the stage \(stage.quoted) anew"
        case .base(let image): "the base image \(image.quoted) is another one"
        case .files(let paths, let more): Self.files(paths, more)
        case .instruction: "the instruction is new or changed"
        case .variables(let names): "variables differ: \(names.prefix(5).joined(separator: ", "))"
        case .below: "a step below it is new or changed"
        case .unfinished: "it never ended well on this ground"
        case .removed(let cause): "its result was removed by \(cause)"
        case .emptyCache: "the engine’s cache is empty"
        case .doubt(let reason): reason
        }
    }

    private static func files(_ paths: [String], _ more: Int) -> String {
        let shown = paths.prefix(3).map(\.quoted).joined(separator: ", ")
        let rest = max(0, paths.count - 3).clampedAdding(more)
        return rest > 0 ? "\(shown) and \(rest) more changed" : "\(shown) changed"
    }
}

/// How sure a forecast of a step is.
package enum ForecastCertainty: String, Sendable, Hashable, CaseIterable {
    /// It follows from what is known.
    case certain
    /// It follows unless something happened that nobody has seen, such as the engine's own tidying up.
    case likely
}
