import CaissonText
import Glibc

/// What expressions are evaluated with: variables, functions, the machine, and bounds.
package struct HCLContext: Sendable {
    /// The variables, outer ones first; of a name that is there several times the last level's counts.
    package var levels: [[String: HCLValue]]
    /// The functions by name.
    package var functions: [String: HCLFunction]
    /// What functions know of the machine.
    package var environment: HCLEnvironment
    /// What an evaluation may cost.
    package var limits: HCLLimits

    /// Makes a context; without functions, those of the standard library.
    package init(
        variables: [String: HCLValue] = [:],
        functions: [String: HCLFunction] = HCLFunction.standard,
        environment: HCLEnvironment = .current,
        limits: HCLLimits = .standard
    ) {
        levels = [variables]
        self.functions = functions
        self.environment = environment
        self.limits = limits
    }

    /// The same with more variables, which hide those of the same names.
    package func child(_ variables: [String: HCLValue]) -> HCLContext {
        var child = self
        child.levels.append(variables)
        return child
    }

    /// The variable of that name.
    package func variable(_ name: String) -> HCLValue? {
        for level in levels.reversed() {
            if let value = level[name] { return value }
        }
        return nil
    }
}

/// What an evaluation may cost before it ends with an error.
package struct HCLLimits: Sendable {
    /// How many parts of expressions may be evaluated, those of functions and of each turn of a `for` counted each time.
    ///
    /// What functions and operators take and make counts besides, a step for two values or 64 bytes.
    package var steps: Int
    /// How large a value may become: the bytes of its texts, and 32 for each value within it, as if none were shared.
    package var weight: Int
    /// How deep values may be nested.
    package var valueDepth: Int
    /// How deep expressions may be nested, those of functions that are called on the way included.
    package var depth: Int

    /// Takes what an evaluation may cost.
    package init(steps: Int, weight: Int, valueDepth: Int, depth: Int) {
        self.steps = steps
        self.weight = weight
        self.valueDepth = valueDepth
        self.depth = depth
    }

    /// Seconds and megabytes, far beyond what files that people write need.
    package static let standard = HCLLimits(steps: 2_000_000, weight: 64 << 20, valueDepth: 100, depth: 80)
}

/// What several expressions together may cost, beside what each of them may.
package struct HCLBudget: Sendable {
    /// How many steps there are for all.
    package let steps: Int
    /// How many have been taken.
    private var used = 0
    /// Whether an expression was ended because none was left.
    package private(set) var isExhausted = false

    /// Takes how many steps there are.
    package init(steps: Int) { self.steps = steps }

    /// How many are left.
    var left: Int { max(0, steps - used) }

    fileprivate mutating func spend(_ steps: Int, hasEnded: Bool) {
        used = used.clampedAdding(steps)
        isExhausted = isExhausted || (hasEnded && used > self.steps)
    }
}

/// What functions know of the machine.
package struct HCLEnvironment: Sendable {
    /// The time, in seconds since 1970.
    package var now: @Sendable () -> Int
    /// The user's home.
    package var home: @Sendable () -> String
    /// So many random bytes.
    package var random: @Sendable (Int) -> [UInt8]

    /// Takes what functions ask for.
    package init(
        now: @escaping @Sendable () -> Int,
        home: @escaping @Sendable () -> String,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.now = now
        self.home = home
        self.random = random
    }
}

/// A value, and what went wrong on the way to it.
package struct HCLResult: Sendable {
    /// The value; not to be used after an error.
    package var value: HCLValue
    /// What went wrong.
    package var diagnostics: [HCLDiagnostic]

    /// Whether something did.
    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

extension HCLExpression {
    /// The value of the expression.
    package func value(in context: HCLContext) -> HCLResult {
        let evaluator = HCLEvaluator(context)
        let value = evaluator.evaluate(self)
        return HCLResult(value: value, diagnostics: evaluator.allDiagnostics)
    }

    /// The value of the expression, whose steps are taken from those that it shares with others.
    package func value(in context: HCLContext, within budget: inout HCLBudget) -> HCLResult {
        let evaluator = HCLEvaluator(context, within: budget)
        let value = evaluator.evaluate(self)
        budget.spend(evaluator.steps, hasEnded: evaluator.exhaustion != nil)
        return HCLResult(value: value, diagnostics: evaluator.allDiagnostics)
    }
}

extension HCLEnvironment {
    /// This machine: its clock, the user's home, and random bytes of the system.
    package static let current = HCLEnvironment(
        now: { time(nil) },
        home: {
            if let home = getenv("HOME"), home[0] != 0 { return String(cString: home) }
            return "/"
        },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
    )
}
