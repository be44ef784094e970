import CaissonBuildModel

/// A build's steps by stage: a stage is a branch, its steps are the leaves; steps of no stage stand for themselves.
///
/// Those of a Dockerfile's only stage, which has no name, stand behind each other; what others need comes first.
///
/// BuildKit's front end begins the names of steps with their stage, `[linux/arm64 build 2/5] COPY src /src`.
struct StepTree {
    /// A stage, or a step of none.
    struct Branch {
        /// The stage's name, with its platform; nil for a step of none.
        var title: String?
        /// The steps, in the order of the Dockerfile.
        var steps: [Leaf] = []
        /// The stages that its steps need, in the order in which they are shown.
        var sources: [String] = []
    }

    /// A step.
    struct Leaf {
        var step: StepRecord
        /// Its name, without its stage where it is shown below that; safe to print.
        var name: String
        /// Its place in the stage, from 1; 0 for a step of none.
        var place = 0
    }

    private(set) var branches: [Branch] = []

    /// Puts steps in order.
    init(_ steps: [StepRecord]) {
        var known: [Branch] = []
        var branchOfStage: [String: Int] = [:]
        var branchOfStep: [Int: Int] = [:]
        for step in steps {
            let name = SafeText.line(step.name)
            guard let heading = StageHeading(of: name) else {
                known.append(Branch(steps: [Leaf(step: step, name: name)]))
                continue
            }
            let isNamed = !heading.stage.isEmpty
            let branch = branchOfStage[heading.stage] ?? known.count
            if branch == known.count { known.append(Branch(title: isNamed ? heading.stage : nil)) }
            branchOfStage[heading.stage] = branch
            branchOfStep[step.number] = branch
            let leaf = Leaf(step: step, name: isNamed ? heading.rest : name, place: heading.place)
            known[branch].steps.append(leaf)
        }
        for index in known.indices {
            known[index].steps.sort { ($0.place, $0.step.number) < ($1.place, $1.step.number) }
        }
        let needs = known.indices.map { index in
            let inputs = known[index].steps.flatMap(\.step.inputs)
            return Set(inputs.compactMap { branchOfStep[$0] }).subtracting([index]).sorted()
        }
        let order = Self.order(needs, of: known.map { $0.title != nil })
        let places = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
        branches = order.map { index in
            var branch = known[index]
            let sources = needs[index].sorted { places[$0, default: 0] < places[$1, default: 0] }
            if branch.title != nil { branch.sources = sources.compactMap { known[$0].title } }
            return branch
        }
    }

    /// The order of branches: as they are, but for stages, each of which comes behind those that it needs.
    ///
    /// It never calls itself, as an engine may tell of any number of stages, nor is it caught in a circle of them.
    private static func order(_ needs: [[Int]], of areStages: [Bool]) -> [Int] {
        var order: [Int] = []
        var isSeen = areStages.map { _ in false }
        for start in needs.indices where !isSeen[start] {
            isSeen[start] = true
            var path = [(branch: start, next: 0)]
            while let (branch, next) = path.last {
                let sources = areStages[branch] ? needs[branch] : []
                guard next < sources.count else {
                    order.append(branch)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let source = sources[next]
                if !isSeen[source] {
                    isSeen[source] = true
                    path.append((source, 0))
                }
            }
        }
        return order
    }
}

/// The stage that a step's name begins with: `[build 2/5] `.
private struct StageHeading {
    /// The stage with its platform; empty where the Dockerfile has only one.
    var stage: String
    /// The step's place in it.
    var place: Int
    /// The name without the stage: `2/5 COPY src /src`.
    var rest: String

    init?(of name: String) {
        guard name.utf8.first == UInt8(ascii: "["), let end = name.utf8.firstIndex(of: UInt8(ascii: "]"))
        else { return nil }
        let words = name[..<end].dropFirst().split(separator: " ")
        guard let last = words.last else { return nil }
        let numbers = last.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let place = numbers[0], let count = numbers[1], place >= 0, count >= 0
        else { return nil }
        stage = words.dropLast().joined(separator: " ")
        self.place = place
        rest = String(last + name[end...].dropFirst())
    }
}
