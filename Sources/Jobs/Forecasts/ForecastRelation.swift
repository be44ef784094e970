import CaissonBuildModel
import CaissonDockerfile

/// How a step stands to a step of an earlier build: by the key alone.
struct ForecastRelation: Sendable {
    enum Kind: Int, Sendable, Comparable {
        case other, unclear, same

        static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
    }

    var kind: Kind
    var cause: ForecastCause

    static let same = ForecastRelation(kind: .same, cause: .sameKey)

    static func other(_ cause: ForecastCause) -> ForecastRelation { ForecastRelation(kind: .other, cause: cause) }

    static func unclear(_ reason: String) -> ForecastRelation {
        ForecastRelation(kind: .unclear, cause: .doubt(reason))
    }

    /// What follows from two parts of a key: one other part is enough for another key.
    func and(_ further: ForecastRelation) -> ForecastRelation { further.kind < kind ? further : self }
}

extension PlannedStep {
    /// Compares what the Dockerfile says of two steps.
    func relation(to earlier: PlannedStep) -> ForecastRelation {
        var relation = Self.compare(exact, earlier.exact)
        if loose != earlier.loose { relation = relation.and(.unclear("its flags are others")) }
        relation = relation.and(environmentRelation(to: earlier))
        let all = exact + loose + environment
        if all.contains(where: { $0.contains(ForecastScope.hidden) }) {
            relation = relation.and(.unclear("it has an argument whose value isn’t kept"))
        }
        if let doubt = doubt ?? earlier.doubt { return relation.and(.unclear(doubt)) }
        return relation
    }

    private static func compare(_ now: [String], _ then: [String]) -> ForecastRelation {
        guard now != then else { return .same }
        guard now.count == then.count else { return .other(.instruction) }
        let different = zip(now, then).filter { $0.0 != $0.1 }
        let isCertain = different.contains { !isSymbolic($0.0) && !isSymbolic($0.1) }
        return isCertain ? .other(.instruction) : .unclear("it has values of the base image")
    }

    private static func isSymbolic(_ text: String) -> Bool {
        text.contains(ForecastScope.symbol) || text.contains(ForecastScope.hidden)
    }

    private func environmentRelation(to earlier: PlannedStep) -> ForecastRelation {
        guard environment != earlier.environment else { return .same }
        let different = Set(environment).symmetricDifference(earlier.environment)
        guard !different.isEmpty else { return .unclear("its variables are in another order") }
        let certain = different.filter { !Self.isSymbolic($0) && !Self.isProxy($0) }
        let names = Set(different.map { String($0.prefix { $0 != "=" }) }).sorted()
        // One that may be set by the base image, too, may have had the same value.
        let isKnown = certain.contains { entry in
            let name = entry.prefix { $0 != "=" } + "="
            return !different.contains { $0.hasPrefix(name) && Self.isSymbolic($0) }
        }
        return isKnown ? .other(.variables(names)) : .unclear("variables may differ")
    }

    private static func isProxy(_ entry: String) -> Bool {
        let name = entry.prefix { $0 != "=" }.lowercased()
        return ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"].contains(name)
    }
}
