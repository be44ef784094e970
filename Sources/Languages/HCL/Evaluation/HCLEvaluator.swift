import CaissonText

/// Computes the value of one expression.
///
/// After an error it goes on with values that can't be known, as one of a branch that isn't taken doesn't count.
/// What an evaluation costs too much is different: nothing makes up for that, not even `try`.
final class HCLEvaluator {
    /// How many diagnostics are kept.
    private static let mostDiagnostics = 100

    let context: HCLContext
    private(set) var diagnostics: [HCLDiagnostic] = []
    /// How many errors there were, kept or not.
    private(set) var errors = 0
    /// What costs too much.
    private(set) var exhaustion: HCLDiagnostic?
    /// The levels of variables that are seen, and on top of them the names that `for` and functions give.
    var levels: [[String: HCLValue]]
    var locals: [(name: String, value: HCLValue)] = []
    /// The elements of splats whose turn it is, by their numbers.
    var items: [Int: HCLValue] = [:]
    /// Above zero while a condition is only looked at, with values that aren't known yet.
    var speculations = 0
    /// How many steps have been taken.
    private(set) var steps = 0
    /// What is shared with other expressions, as it was in the beginning.
    private let budget: HCLBudget?
    /// How many steps may be taken.
    private let mostSteps: Int
    private var depth = 0

    init(_ context: HCLContext, within budget: HCLBudget? = nil) {
        self.context = context
        self.budget = budget
        mostSteps = min(context.limits.steps, budget?.left ?? .max)
        levels = context.levels
    }

    /// Everything that went wrong.
    var allDiagnostics: [HCLDiagnostic] { exhaustion.map { [$0] } ?? diagnostics }

    /// Says what is wrong.
    func fail(_ summary: String, _ detail: String, at subject: HCLRange, in context: HCLRange? = nil) {
        errors += 1
        guard diagnostics.count < Self.mostDiagnostics else { return }
        diagnostics.append(HCLDiagnostic(summary, detail, at: subject, in: context))
    }

    /// Says what costs too much; all that follows is skipped.
    func exhaust(_ detail: String, at subject: HCLRange) {
        errors += 1
        guard exhaustion == nil else { return }
        exhaustion = HCLDiagnostic("Evaluation costs too much", detail, at: subject)
    }

    /// What went wrong in one expression.
    struct Captured {
        var diagnostics: [HCLDiagnostic]
        var errors: Int
        var hasErrors: Bool { errors > 0 }
    }

    /// Evaluates and keeps apart what went wrong.
    func capture(_ expression: HCLExpression) -> (value: HCLValue, captured: Captured) {
        let (kept, before) = (diagnostics.count, errors)
        let value = evaluate(expression)
        return (value, take(since: kept, before))
    }

    /// Takes back what went wrong since then.
    func take(since kept: Int, _ before: Int) -> Captured {
        let captured = Captured(diagnostics: Array(diagnostics[kept...]), errors: errors - before)
        diagnostics.removeLast(diagnostics.count - kept)
        errors = before
        return captured
    }

    /// Counts what was kept apart.
    func add(_ captured: Captured) {
        errors += captured.errors
        diagnostics += captured.diagnostics.prefix(max(0, Self.mostDiagnostics - diagnostics.count))
    }

    /// The value, unless it is too large.
    func checked(_ value: HCLValue, at range: HCLRange) -> HCLValue {
        if value.weight > context.limits.weight {
            exhaust("A value becomes larger than \(context.limits.weight >> 20) MiB.", at: range)
            return .unknown()
        }
        if value.depth > context.limits.valueDepth {
            exhaust("A value is nested more than \(context.limits.valueDepth) deep.", at: range)
            return .unknown()
        }
        return value
    }

    /// The value of an expression; one that isn't known after an error.
    func evaluate(_ expression: HCLExpression) -> HCLValue {
        steps = steps.clampedAdding(1)
        if steps > mostSteps || depth >= context.limits.depth { exhaust(whatCosts, at: expression.range) }
        guard exhaustion == nil else { return .unknown() }
        depth += 1
        defer { depth -= 1 }
        return dispatch(expression)
    }

    /// Counts what a function took and made.
    func charge(_ values: [HCLValue]) {
        for value in values { steps = steps.clampedAdding(value.weight / 64) }
    }

    /// Takes steps for work that is still to be done; whether there are so many.
    func spend(_ more: Int, at range: HCLRange) -> Bool {
        steps = steps.clampedAdding(more)
        if steps > mostSteps { exhaust(whatCosts, at: range) }
        return exhaustion == nil
    }

    private var whatCosts: String {
        let limits = context.limits
        if steps > limits.steps { return "This takes more than \(limits.steps) steps." }
        if let budget, steps > budget.left {
            return "All expressions together take more than \(budget.steps) steps, of which this takes the last."
        }
        return "This is nested more than \(limits.depth) deep, calls of functions included."
    }

    private func dispatch(_ expression: HCLExpression) -> HCLValue {
        switch expression {
        case .literal(let node): node.value
        case .template(let node): template(node)
        case .wrapped(let node): evaluate(node.inner)
        case .joined(let node): joined(node)
        case .variable(let node): variable(node.traversal)
        case .steps(let node): walk(node.steps, from: evaluate(node.source))
        case .call(let node): call(node)
        case .conditional(let node): conditional(node)
        case .index(let node): index(node)
        case .tuple(let node): tuple(node)
        case .object(let node): object(node)
        case .loop(let node): loop(node)
        case .splat(let node): splat(node)
        case .item(let node): items[node.number] ?? .unknown()
        case .unary(let node): unary(node)
        case .binary(let node): binary(node)
        case .json(let node): json(node)
        }
    }

    /// Evaluates with names of its own.
    func with<Result>(_ names: [(name: String, value: HCLValue)], _ body: () -> Result) -> Result {
        locals += names
        defer { locals.removeLast(names.count) }
        return body()
    }
}

// MARK: - Variables

extension HCLEvaluator {
    private func variable(_ traversal: HCLTraversal) -> HCLValue {
        let name = traversal.root
        if let local = locals.last(where: { $0.name == name }) { return walk(traversal.steps, from: local.value) }
        for level in levels.reversed() {
            if let value = level[name] { return walk(traversal.steps, from: value) }
        }
        let names = locals.map(\.name) + levels.reversed().flatMap { $0.keys.sorted() }
        let meant = HCLSuggestion.text(for: name, among: names)
        let detail = "There is no variable named \(name.goQuoted).\(meant)"
        fail("Unknown variable", detail, at: traversal.rootRange)
        return .unknown()
    }

    /// Goes from a value to one in it.
    private func walk(_ steps: [HCLTraversal.Step], from value: HCLValue) -> HCLValue {
        var value = value
        for step in steps {
            let before = errors
            switch step {
            case .attribute(let name, let range): value = attribute(name, of: value, at: range)
            case .index(let key, let range): value = element(key, of: value, at: range)
            }
            if errors > before { return .unknown() }
        }
        return value
    }

    private func index(_ node: HCLExpression.Index) -> HCLValue {
        let collection = evaluate(node.collection)
        let key = evaluate(node.key)
        return element(key, of: collection, at: node.brackets)
    }
}
