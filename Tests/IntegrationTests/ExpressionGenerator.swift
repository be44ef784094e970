/// Random expressions of HCL, most of which have a value.
struct ExpressionGenerator {
    /// How deep expressions are nested below the one that is asked for.
    private static let depth = 3
    /// The rows that can stand within others, by the kind of what they make.
    private static let rows = Dictionary(
        grouping: (ExpressionRows.forms + ExpressionRows.functions).filter { $0.kind.isLowercase },
        by: \.kind
    )
    /// Those that are asked for in turn, so that each comes often enough.
    private static let turns = ExpressionRows.functions + ExpressionRows.forms

    /// How often each operator, form and function has occurred.
    private(set) var counts: [String: Int] = [:]
    private var numbers: SeededNumbers
    private var turn = 0

    /// Begins a row of expressions that depends on nothing but the seed.
    init(seed: UInt64) { numbers = SeededNumbers(state: seed) }

    /// The next expression.
    mutating func next() -> String {
        turn += 1
        return text(of: Self.turns[turn % Self.turns.count], Self.depth)
    }

    private mutating func value(_ kind: Character, _ depth: Int) -> String {
        let leaves = ExpressionRows.leaves[kind] ?? []
        // What is asked for as anything is something of any kind.
        if kind == "a", Int.random(in: 0..<3, using: &numbers) > 0 { return value(pick(Array("tnblmzo")), depth) }
        guard depth > 0, let rows = Self.rows[kind], Int.random(in: 0..<3, using: &numbers) > 0 else {
            return pick(leaves)
        }
        return text(of: pick(rows), depth - 1)
    }

    private mutating func text(of row: ExpressionRows.Row, _ depth: Int) -> String {
        counts[row.name, default: 0] += 1
        var text = ""
        var rest = Substring(row.template)
        while let place = rest.firstIndex(of: "@") {
            text += rest[..<place]
            rest = rest[place...].dropFirst()
            let isRepeated = rest.first == "+"
            if isRepeated { rest = rest.dropFirst() }
            guard let kind = rest.popFirst() else { break }
            for _ in 0..<(isRepeated ? Int.random(in: 0...2, using: &numbers) : 1) {
                text += (isRepeated ? ", " : "") + value(kind, depth)
            }
        }
        text += rest
        // Half of the operators without parentheses, so that the ranks of operators are compared, too.
        let isOperator = row.template.contains(" @") && !row.template.contains("(") && !row.template.contains("{")
        return isOperator && Bool.random(using: &numbers) ? "(\(text))" : text
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &numbers)]
    }
}

/// Random numbers that depend on nothing but their seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
