// MARK: - Calls of functions

extension HCLEvaluator {
    func call(_ node: HCLExpression.Call) -> HCLValue {
        guard let function = context.functions[node.name] else {
            unknownFunction(node)
            return .unknown()
        }
        guard let arguments = arguments(node), hasRightCount(arguments, function, node) else { return .unknown() }
        switch function.body {
        case .attempt: return attempt(arguments, node)
        case .check: return check(arguments[0])
        case .conversion: return convert(arguments[0], arguments[1], node)
        case .native, .expression: return apply(function, to: arguments, node)
        }
    }

    private func apply(
        _ function: HCLFunction,
        to arguments: [HCLExpression],
        _ node: HCLExpression.Call
    ) -> HCLValue {
        guard let values = values(of: arguments, function, node) else { return .unknown() }
        if speculations > 0, values.contains(where: \.hasUnknown) { return .unknown() }
        do throws(HCLCallError) {
            for (index, value) in values.enumerated() where value.isNull && !function.parameter(index).allowsNull {
                throw HCLCallError("argument must not be null", argument: index)
            }
            let result = try result(function, values, node)
            charge(values + [result])
            return checked(result, at: node.range)
        } catch {
            report(error, arguments, function, node)
            return .unknown()
        }
    }

    private func result(
        _ function: HCLFunction,
        _ values: [HCLValue],
        _ node: HCLExpression.Call
    ) throws(HCLCallError) -> HCLValue {
        switch function.body {
        case .native(let body):
            guard spend(HCLEffort.steps(node.name, values), at: node.range) else { return .unknown() }
            return try body(HCLCall(arguments: values, environment: context.environment, limits: context.limits))
        case .expression(let expression, let levels):
            return try evaluate(expression, function, values, levels)
        case .attempt, .check, .conversion: return .unknown()
        }
    }

    /// Evaluates what a function of the user is made of: it sees its parameters and the outermost variables.
    private func evaluate(
        _ expression: HCLExpression,
        _ function: HCLFunction,
        _ values: [HCLValue],
        _ levels: [[String: HCLValue]]?
    ) throws(HCLCallError) -> HCLValue {
        var names = zip(function.parameters, values).map { (name: $0.name, value: $1) }
        if let variadic = function.variadic {
            names.append((variadic.name, .tuple(Array(values.dropFirst(function.parameters.count)))))
        }
        let outer = (locals, items, self.levels)
        (locals, items, self.levels) = (names, [:], levels ?? Array(self.levels.prefix(1)))
        let (value, captured) = capture(expression)
        (locals, items, self.levels) = outer
        guard captured.hasErrors else { return value }
        let first = captured.diagnostics.first.map(\.description) ?? "it failed"
        let more = captured.errors - 1
        throw HCLCallError(more > 0 ? "\(first), and \(more) other diagnostic(s)" : first)
    }

    // MARK: - Arguments

    /// The arguments, those of a list behind `...` each on its own.
    private func arguments(_ node: HCLExpression.Call) -> [HCLExpression]? {
        guard node.expandsLast, let last = node.arguments.last else { return node.arguments }
        let before = errors
        let value = evaluate(last)
        if errors > before || (value.type == .any && !value.isNull) || exhaustion != nil { return nil }
        let summary = "Invalid expanding argument value"
        if value.isNull, value.type == .any || value.type.isSequence {
            let detail = "The expanding argument (indicated by ...) must not be null."
            fail(summary, detail, at: last.range, in: node.range)
            return nil
        }
        guard value.type.isSequence else {
            let detail = "The expanding argument (indicated by ...) must be of a tuple, list, or set type."
            fail(summary, detail, at: last.range, in: node.range)
            return nil
        }
        guard !value.isUnknown else { return nil }
        return node.arguments.dropLast() + value.children.map { .literal(.init($0, last.range)) }
    }

    private func hasRightCount(
        _ arguments: [HCLExpression],
        _ function: HCLFunction,
        _ node: HCLExpression.Call
    ) -> Bool {
        let count = function.parameters.count
        if arguments.count < count {
            let least = function.variadic == nil ? "" : " at least"
            let missing = function.parameters[arguments.count].name.goQuoted
            let detail =
                "Function \(node.name.goQuoted) expects\(least) \(count) argument(s). Missing value for \(missing)."
            fail("Not enough function arguments", detail, at: node.close, in: node.range)
            return false
        }
        if function.variadic == nil, arguments.count > count {
            let detail = "Function \(node.name.goQuoted) expects only \(count) argument(s)."
            fail("Too many function arguments", detail, at: arguments[count].startRange, in: node.range)
            return false
        }
        return true
    }

    /// The values of the arguments as the parameters want them; nil where one has none.
    private func values(
        of arguments: [HCLExpression],
        _ function: HCLFunction,
        _ node: HCLExpression.Call
    ) -> [HCLValue]? {
        let before = errors
        var values: [HCLValue] = []
        for (index, argument) in arguments.enumerated() {
            let value = evaluate(argument)
            let parameter = function.parameter(index)
            do throws(HCLConversionError) {
                values.append(try value.converted(to: parameter.type))
            } catch {
                invalid(parameter, error.message, argument.startRange, node)
            }
        }
        return errors == before && exhaustion == nil ? values : nil
    }

    private func invalid(
        _ parameter: HCLFunction.Parameter,
        _ reason: String,
        _ place: HCLRange,
        _ node: HCLExpression.Call
    ) {
        let detail = "Invalid value for \(parameter.name.goQuoted) parameter: \(reason)."
        fail("Invalid function argument", detail, at: place, in: node.range)
    }

    // MARK: - What goes wrong

    private func report(
        _ error: HCLCallError,
        _ arguments: [HCLExpression],
        _ function: HCLFunction,
        _ node: HCLExpression.Call
    ) {
        if let excess = error.excess {
            exhaust("\(node.name) would make \(excess).", at: node.range)
        } else if let index = error.argument {
            let place = arguments.indices.contains(index) ? arguments[index].startRange : node.range
            invalid(function.parameter(index), error.message, place, node)
        } else {
            let detail = "Call to function \(node.name.goQuoted) failed: \(error.message)."
            let place = node.nameRange.joined(to: node.open)
            fail("Error in function call", detail, at: place, in: node.range)
        }
    }

    private func unknownFunction(_ node: HCLExpression.Call) {
        let names = context.functions.keys.sorted()
        var detail = "There is no function named \(node.name.goQuoted)."
        if node.name.contains("::") {
            let parts = node.name.split(separator: ":", omittingEmptySubsequences: true)
            let namespace = parts.dropLast().map { $0 + "::" }.joined()
            detail =
                names.contains { $0.hasPrefix(namespace) }
                ? "There is no function named \(String(parts.last ?? "").goQuoted) in namespace \(namespace)."
                : "There are no functions in namespace \(namespace.goQuoted)."
        }
        detail += HCLSuggestion.text(for: node.name, among: names)
        fail("Call to unknown function", detail, at: node.nameRange, in: node.range)
    }
}

// MARK: - Functions that look at their arguments' expressions

extension HCLEvaluator {
    /// The value of the first argument that has one.
    private func attempt(_ arguments: [HCLExpression], _ node: HCLExpression.Call) -> HCLValue {
        var reasons = ""
        for argument in arguments {
            let (value, captured) = capture(argument)
            if !captured.hasErrors { return value }
            for diagnostic in captured.diagnostics {
                let place = diagnostic.subject.map { " (at \($0))" } ?? ""
                reasons += "- \(diagnostic.summary)\(place)\n  \(diagnostic.detail)\n"
            }
        }
        let reason =
            arguments.isEmpty
            ? "at least one argument is required"
            : "no expression succeeded:\n\(reasons)\nAt least one expression must produce a successful result"
        let detail = "Call to function \(node.name.goQuoted) failed: \(reason)."
        fail("Error in function call", detail, at: node.nameRange.joined(to: node.open), in: node.range)
        return .unknown()
    }

    /// Whether the argument has a value.
    private func check(_ argument: HCLExpression) -> HCLValue {
        let (value, captured) = capture(argument)
        if captured.hasErrors { return .bool(false) }
        return value.hasUnknown ? .unknown(.bool) : .bool(true)
    }

    /// The value as one of a type that is written down.
    private func convert(_ argument: HCLExpression, _ type: HCLExpression, _ node: HCLExpression.Call) -> HCLValue {
        let before = errors
        let value = evaluate(argument)
        let (wanted, diagnostics) = HCLType.parse(type)
        add(Captured(diagnostics: diagnostics, errors: diagnostics.count))
        if errors > before { return .unknown() }
        do throws(HCLConversionError) {
            charge([value])
            return checked(try value.converted(to: wanted), at: node.range)
        } catch {
            let parameter = HCLFunction.Parameter("value", .any)
            invalid(parameter, error.message, argument.startRange, node)
            return .unknown()
        }
    }
}
