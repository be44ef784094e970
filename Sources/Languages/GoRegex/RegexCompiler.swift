/// Makes the steps of a regular expression, with the priorities that Go's `regexp` has.
///
/// What is still to be done is kept in a list, so that no depth of groups makes a deep recursion.
struct RegexCompiler {
    /// Something that is still to be done.
    private enum Work {
        case emit(Int)
        case save(Int)
        /// Leaves room for a split, which is filled in when its other way is known.
        case openSplit
        /// Ends an alternative: the split's other way leads to the next one.
        case nextAlternative
        /// Ends a choice of so many alternatives.
        case closeChoice(Int)
        /// Ends an optional part: the split's other way leads past it.
        case closeOptional(isGreedy: Bool)
        /// Ends a repeated part, which begins at the split.
        case closeLoop(isGreedy: Bool)
        /// Remembers where a part begins that is there once at least.
        case openRepeated
        /// Ends it: it may begin again.
        case closeRepeated(isGreedy: Bool)
    }

    /// The steps so far.
    private(set) var steps: [RegexProgram.Step] = []
    /// The sets that they name.
    private(set) var sets: [ScalarSet] = []
    private let tree: RegexTree
    private let keepsGroups: Bool
    private var tasks: [Work] = []
    /// The splits and parts that aren't ended yet.
    private var marks: [Int] = []
    /// The jumps to the ends of choices.
    private var exits: [Int] = []

    /// Makes the compiler of a tree.
    init(tree: RegexTree, keepsGroups: Bool) {
        self.tree = tree
        self.keepsGroups = keepsGroups
    }

    /// Makes the steps.
    mutating func compile() {
        tasks = [.emit(tree.nodes.count - 1)]
        while let task = tasks.popLast() { perform(task) }
        steps.append(.match)
    }

    private mutating func perform(_ task: Work) {
        switch task {
        case .emit(let place): emit(tree.nodes[place].kind)
        case .save(let slot): steps.append(.save(slot))
        case .openSplit:
            marks.append(steps.count)
            steps.append(.jump(0))
        case .nextAlternative:
            exits.append(steps.count)
            steps.append(.jump(0))
            close(isGreedy: true)
        case .closeChoice(let count):
            for exit in exits.suffix(count - 1) { steps[exit] = .jump(steps.count) }
            exits.removeLast(count - 1)
        case .closeOptional(let isGreedy): close(isGreedy: isGreedy)
        case .closeLoop(let isGreedy):
            steps.append(.jump(marks.last ?? 0))
            close(isGreedy: isGreedy)
        case .openRepeated: marks.append(steps.count)
        case .closeRepeated(let isGreedy):
            let (start, end) = (marks.popLast() ?? 0, steps.count + 1)
            steps.append(isGreedy ? .split(start, end) : .split(end, start))
        }
    }

    /// Fills in the last split: into what follows it, or past all that there is now.
    private mutating func close(isGreedy: Bool) {
        guard let start = marks.popLast() else { return }
        steps[start] = isGreedy ? .split(start + 1, steps.count) : .split(steps.count, start + 1)
    }

    private mutating func emit(_ kind: RegexTree.Kind) {
        switch kind {
        case .scalar(let scalar): steps.append(.scalar(scalar))
        case .folded(let scalar): steps.append(.folded(scalar))
        case .set(let set):
            steps.append(.set(sets.count))
            sets.append(set)
        case .any(let matchesLineBreak): steps.append(.any(matchesLineBreak: matchesLineBreak))
        case .assertion(let assertion): steps.append(.assertion(assertion))
        case .sequence(let parts): tasks += parts.reversed().map { .emit($0) }
        case .choice(let parts): emit(choice: parts)
        case .group(let part, let number):
            tasks += keepsGroups ? [.save(2 * number + 1), .emit(part), .save(2 * number)] : [.emit(part)]
        case .repeated(let part, let least, let most?, let isGreedy):
            let optional = most - least
            tasks += Array(repeating: .closeOptional(isGreedy: isGreedy), count: optional)
            for _ in 0..<optional { tasks += [.emit(part), .openSplit] }
            tasks += Array(repeating: .emit(part), count: least)
        case .repeated(let part, let least, nil, let isGreedy): emit(endless: part, least, isGreedy)
        }
    }

    private mutating func emit(choice parts: [Int]) {
        guard let last = parts.last else { return }
        tasks += [.closeChoice(parts.count), .emit(last)]
        for part in parts.dropLast().reversed() { tasks += [.nextAlternative, .emit(part), .openSplit] }
    }

    private mutating func emit(endless part: Int, _ least: Int, _ isGreedy: Bool) {
        let once: [Work] = [.closeRepeated(isGreedy: isGreedy), .emit(part), .openRepeated]
        if least > 0 {
            tasks += once + Array(repeating: .emit(part), count: least - 1)
        } else if tree.nodes[part].isNullable {
            // As (…+)?: only so do the ways have the right priorities where a round may take nothing.
            tasks += [.closeOptional(isGreedy: isGreedy)] + once + [.openSplit]
        } else {
            tasks += [.closeLoop(isGreedy: isGreedy), .emit(part), .openSplit]
        }
    }
}
