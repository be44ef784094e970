import CaissonBuildModel

/// A build's steps by stage: a stage is a branch, its steps are the leaves; steps of no stage stand for themselves.
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
        var branchOfTitle: [String: Int] = [:]
        var titleOfStep: [Int: String] = [:]
        for step in steps {
            let name = SafeText.line(step.name)
            guard let heading = StageHeading(of: name), !heading.stage.isEmpty else {
                branches.append(Branch(steps: [Leaf(step: step, name: name)]))
                continue
            }
            let leaf = Leaf(step: step, name: heading.rest, place: heading.place)
            titleOfStep[step.number] = heading.stage
            if let known = branchOfTitle[heading.stage] {
                branches[known].steps.append(leaf)
            } else {
                branchOfTitle[heading.stage] = branches.count
                branches.append(Branch(title: heading.stage, steps: [leaf]))
            }
        }
        for index in branches.indices where branches[index].title != nil {
            branches[index].steps.sort { ($0.place, $0.step.number) < ($1.place, $1.step.number) }
            let needed = Set(branches[index].steps.flatMap(\.step.inputs).compactMap { titleOfStep[$0] })
            let others = needed.subtracting([branches[index].title ?? ""])
            branches[index].sources = others.sorted { (branchOfTitle[$0] ?? 0) < (branchOfTitle[$1] ?? 0) }
        }
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
