import CaissonHCL
import CaissonText

/// Evaluates what bake files declare: each variable, function and block when it is first asked for.
///
/// It goes on after an error, so that everything that is wrong is told at once; what depends on something wrong is left
/// out without another word.
final class BakeEvaluator {
    /// How many things may be under way at once, each needed by the one before it.
    private static let deepest = 100
    /// How many problems are told.
    private static let mostDiagnostics = 100

    /// How many steps the expressions of a definition may take together.
    static let mostSteps = 10_000_000

    /// What came of asking for something.
    enum Outcome {
        /// It is there.
        case known
        /// Nothing of that name is declared.
        case missing
        /// It is wrong, which has been told.
        case failed
    }

    let inputs: BakeInputs
    let declarations: BakeDeclarations
    private(set) var diagnostics: [HCLDiagnostic] = []
    /// The variables and functions that are known.
    var base: HCLContext
    /// The variables and functions that are wrong.
    var failed: Set<String> = []
    /// The functions of the definition that have been looked at.
    var seenFunctions: Set<String> = []
    /// The types of variables whose type is declared.
    var types: [String: HCLType] = [:]
    /// The targets and groups.
    var blocks: [BakeBlock] = []
    /// The places of blocks by kind and name; nil while blocks can't be referred to.
    var places: [String: [Int]]?
    /// What expressions see of targets and groups: for each the fields of its block that was evaluated last.
    var snapshots: [String: [BakeKey: BakeValue]] = [:]
    /// What the expressions may still cost.
    private var budget: HCLBudget
    /// What is under way, each needed by the one before it.
    private var path: [(label: String, range: HCLRange)] = []

    init(_ declarations: BakeDeclarations, _ inputs: BakeInputs, steps: Int = mostSteps) {
        self.declarations = declarations
        self.inputs = inputs
        budget = HCLBudget(steps: steps)
        base = HCLContext(
            variables: inputs.builtIns.mapValues { .string($0) },
            environment: inputs.machine
        )
    }

    /// Says what is wrong.
    func fail(_ summary: String, _ detail: String, at range: HCLRange?, in context: HCLRange? = nil) {
        report([HCLDiagnostic(summary, detail, at: range, in: context)])
    }

    /// Tells problems and warnings.
    func report(_ found: [HCLDiagnostic]) {
        diagnostics += found.prefix(max(0, Self.mostDiagnostics - diagnostics.count))
    }

    /// Does something that may need other things; refused where that is a circle, or too deep.
    func within(_ label: String, _ range: HCLRange, _ work: () -> Bool) -> Bool {
        if let start = path.firstIndex(where: { $0.label == label }) {
            let circle = path[start...].map { "\($0.label) (\($0.range))" } + [label]
            fail("Reference cycle", "This needs itself: \(circle.joined(separator: " → ")).", at: range)
            return false
        }
        guard path.count < Self.deepest else {
            let detail = "More than \(Self.deepest) variables and blocks need each other in a row, down to \(label)."
            fail("References nested too deep", detail, at: range)
            return false
        }
        path.append((label, range))
        defer { path.removeLast() }
        return work()
    }

    /// Whether something is under way.
    func isUnderWay(_ label: String) -> Bool { path.contains { $0.label == label } }
}

// MARK: - Expressions

extension BakeEvaluator {
    /// The value of an expression once everything that it names is known; nil after an error.
    func value(of expression: HCLExpression, with row: [String: HCLValue] = [:]) -> HCLValue? {
        guard prepare(expression, with: row) else { return nil }
        return evaluate(expression, with: row)
    }

    /// The value of an expression with what is known already; nil after an error.
    func evaluate(_ expression: HCLExpression, with row: [String: HCLValue] = [:]) -> HCLValue? {
        guard !budget.isExhausted else { return nil }
        var context = base
        for (kind, members) in references(of: expression) { context.levels[0][kind] = .object(members) }
        let result = expression.value(in: row.isEmpty ? context : context.child(row), within: &budget)
        report(result.diagnostics)
        return result.hasErrors ? nil : result.value
    }

    /// Makes known what an expression names; false where that is wrong, which has been told.
    ///
    /// - Parameter isStrict: Whether what isn't declared is an error at once; else the evaluation will tell, unless the
    ///   expression gets along without it.
    func prepare(
        _ expression: HCLExpression,
        with row: [String: HCLValue] = [:],
        without names: Set<String> = [],
        isStrict: Bool = false
    ) -> Bool {
        var isFine = true
        for name in expression.functions.withoutDoubles {
            let outcome = function(name, at: expression.range)
            isFine = accept(outcome, "function", name, expression, isStrict) && isFine
        }
        for variable in expression.variables where !names.contains(variable.root) {
            if places != nil, BakeBlock.kinds.contains(variable.root) {
                isFine = resolve(variable) && isFine
            } else if row[variable.root] == nil {
                let outcome = self.variable(variable.root, at: variable.rootRange)
                isFine = accept(outcome, "variable", variable.root, expression, isStrict) && isFine
            }
        }
        return isFine
    }

    private func accept(
        _ outcome: Outcome,
        _ kind: String,
        _ name: String,
        _ expression: HCLExpression,
        _ isStrict: Bool
    ) -> Bool {
        switch outcome {
        case .known: return true
        case .failed: return false
        case .missing:
            guard isStrict else { return true }
            let known = kind == "function" ? base.functions.keys.sorted() : knownVariables
            let meant = nearest(to: name, among: known).map { " Did you mean \($0.quoted)?" } ?? ""
            fail("Invalid expression", "The \(kind) \(name.quoted) does not exist.\(meant)", at: expression.range)
            return false
        }
    }

    private var knownVariables: [String] {
        Set(declarations.variables.keys).union(declarations.attributes.keys).union(inputs.builtIns.keys).sorted()
    }

    /// The targets and groups that an expression names, as the values that it sees.
    private func references(of expression: HCLExpression) -> [String: [String: HCLValue]] {
        guard places != nil else { return [:] }
        var members: [String: [String: HCLValue]] = [:]
        for variable in expression.variables where BakeBlock.kinds.contains(variable.root) {
            guard case .attribute(let name, _)? = variable.steps.first else { continue }
            members[variable.root, default: [:]][name] = snapshot(variable.root, name)
        }
        return members
    }

    private func snapshot(_ kind: String, _ name: String) -> HCLValue? {
        guard let values = snapshots["\(kind).\(name)"] else { return nil }
        var members: [String: HCLValue] = ["name": .string(name)]
        for field in BakeBlock.fields(kind) { members[field.key.rawValue] = field.hclValue(values[field.key]) }
        return .object(members)
    }
}

/// A block of a target or a group while it is evaluated.
///
/// Not a value: a matrix has thousands of rows, which would be copied each time that one of them changes.
final class BakeBlock {
    /// The kinds of blocks that expressions can refer to.
    static let kinds = ["group", "target"]

    /// One target of a block: without a matrix there is one.
    struct Row {
        /// The values of the matrix.
        var variables: [String: HCLValue]
        /// The name.
        var name: String
        /// What is known of the fields.
        var values: [BakeKey: BakeValue] = [:]
        /// The attributes that have been evaluated, those in vain included.
        var done: Set<String> = []
        /// Those in vain.
        var failed: Set<String> = []
    }

    let block: HCLBlock
    /// The label.
    let label: HCLLabel
    /// The attributes that are fields, by name.
    let attributes: [HCLAttribute]
    var rows: [Row]

    init(_ block: HCLBlock, _ label: HCLLabel, _ attributes: [HCLAttribute], rows: [Row]) {
        self.block = block
        self.label = label
        self.attributes = attributes
        self.rows = rows
    }

    /// `group` or `target`.
    var kind: String { block.type }

    /// The fields of a kind of block.
    static func fields(_ kind: String) -> [BakeField] { kind == "group" ? BakeField.group : BakeField.target }
}
