import CaissonBuildModel
import CaissonDockerfile

/// Walks through the stages of a Dockerfile and makes the steps.
struct ForecastPlanner {
    let file: Dockerfile
    let asked: ForecastAsked
    /// The platform as names have it, or empty.
    let platform: String
    var plan = ForecastPlan()
    /// What each stage leaves: its variables, and its last step.
    var scopes: [Int: ForecastScope] = [:]
    var tips: [Int: Int] = [:]
    /// The arguments before the first FROM.
    var outer = ForecastScope()
    var outerValues: [String: String] = [:]

    /// The plan of a Dockerfile for all platforms that are asked for.
    static func plan(_ file: Dockerfile, _ asked: ForecastAsked) -> ForecastPlan {
        guard file.problems.isEmpty, !file.stages.isEmpty else {
            return ForecastPlan(problem: file.problems.first?.message ?? "there is nothing to build")
        }
        var whole = ForecastPlan()
        for platform in asked.platforms.isEmpty ? [""] : asked.platforms.prefix(16) {
            var planner = ForecastPlanner(file: file, asked: asked, platform: platform)
            planner.plan = whole
            planner.walk()
            whole = planner.plan
            if whole.problem != nil { break }
        }
        return whole
    }

    private mutating func walk() {
        addPlatformArguments(to: &outer)
        let end = file.stages.first?.from ?? 0
        for instruction in file.instructions.prefix(end) where instruction.keyword == .arg {
            for pair in instruction.pairs { declareOuter(pair) }
        }
        guard let target = target else {
            plan.problem = "there is no stage \(asked.target ?? "")"
            return
        }
        for stage in needed(from: target).sorted() {
            walk(stage)
            guard plan.steps.count <= ForecastPlan.mostSteps else {
                plan.problem = "it has more than \(ForecastPlan.mostSteps) steps"
                return
            }
        }
    }

    private mutating func declareOuter(_ pair: Pair) {
        let name = pair.key.unquoted
        let own = pair.value.flatMap { outer.expand($0.text, file.escape) }
        guard let value = asked.value(of: name) ?? own else { return }
        outer.declare(name, value)
        outerValues[name] = value
    }

    func addPlatformArguments(to scope: inout ForecastScope) {
        guard let platform = try? Platform(parsing: asked.platform(platform)) else { return }
        scope.declare("TARGETPLATFORM", platform.description)
        scope.declare("TARGETOS", platform.os)
        scope.declare("TARGETARCH", platform.architecture)
        scope.declare("TARGETVARIANT", platform.variant)
    }

    private var target: Int? {
        guard let name = asked.target, !name.isEmpty else { return file.stages.indices.last }
        if let found = Stage.find(name, among: file.stages) { return found }
        return Int(name).flatMap { file.stages.indices.contains($0) ? $0 : nil }
    }

    /// The stage's base with variables filled in.
    func base(of stage: Stage) -> (text: String, base: Stage.Base) {
        let text = outer.expand(stage.image?.text ?? "", file.escape) ?? ""
        guard stage.base == .image else { return (text, stage.base) }
        if let found = Stage.find(text, among: Array(file.stages.prefix(stage.index))) { return (text, .stage(found)) }
        return (text, text.lowercased() == "scratch" ? .scratch : .image)
    }

    /// The stages that one needs, with itself.
    private func needed(from target: Int) -> Set<Int> {
        var (found, open): (Set<Int>, [Int]) = ([target], [target])
        while let index = open.popLast() {
            let stage = file.stages[index]
            var below = stage.sources
            if case .stage(let number) = base(of: stage).base { below.insert(number) }
            for number in below where file.stages.indices.contains(number) && found.insert(number).inserted {
                open.append(number)
            }
        }
        return found
    }

    /// The name of a stage as steps have it.
    func shownName(of stage: Stage) -> String {
        guard file.stages.count > 1 else { return "" }
        return stage.name?.unquoted.lowercased() ?? "stage-\(stage.index)"
    }
}
