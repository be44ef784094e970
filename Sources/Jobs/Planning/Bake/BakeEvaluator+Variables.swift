import CaissonHCL
import CaissonText

extension BakeEvaluator {
    /// Makes a variable known: one that is declared, or an attribute outside of blocks, which counts more.
    func variable(_ name: String, at range: HCLRange) -> Outcome {
        if base.levels[0][name] != nil { return .known }
        if failed.contains(name) { return .failed }
        let declared = declarations.variables[name]
        let attribute = declarations.attributes[name]
        guard declared != nil || attribute != nil else { return .missing }
        var value: HCLValue?
        let isFine = within(name, range) {
            value = self.value(of: attribute, declared)
            return value != nil
        }
        guard isFine, let value else {
            failed.insert(name)
            return .failed
        }
        base.levels[0][name] = value
        return .known
    }

    /// Evaluates all variables and their conditions, those of no use included.
    func evaluateVariables() {
        let variables = declarations.variables.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for one in variables { _ = variable(one.name, at: one.range) }
        for one in variables where !failed.contains(one.name) {
            for validation in one.validations { check(validation, of: one) }
        }
    }

    private func value(of attribute: HCLAttribute?, _ declared: BakeDeclarations.Variable?) -> HCLValue? {
        var type: HCLType?
        if attribute == nil, let expression = declared?.type, expression.keyword != "null" {
            let (parsed, problems) = HCLType.parse(expression)
            report(problems)
            guard !problems.hasErrors else { return nil }
            type = parsed
        }
        guard let declared else { return attribute.flatMap { value(of: $0.value) } }
        if attribute == nil { types[declared.name] = type }
        return value(of: attribute?.value ?? declared.initial, type, declared, attribute)
    }

    private func value(
        of initial: HCLExpression?,
        _ type: HCLType?,
        _ declared: BakeDeclarations.Variable,
        _ attribute: HCLAttribute?
    ) -> HCLValue? {
        let name = declared.name
        let override = override(of: name, prefersJSON: type != nil)
        var start: HCLValue?
        if let initial {
            guard let value = value(of: initial) else { return nil }
            start = converted(value, to: type, declared, initial)
            guard start != nil else { return nil }
        } else if override == nil {
            return type.map { .null($0) } ?? .string("")
        }
        guard let override else { return start }
        do throws(BakeValueError) {
            return try override.value(named: name, type: type, initial: start)
        } catch {
            let range = attribute?.range ?? declared.range
            fail("Invalid value", "The variable \(name) can't be \(override.text.quoted): \(error.message).", at: range)
            return nil
        }
    }

    private func converted(
        _ value: HCLValue,
        to type: HCLType?,
        _ declared: BakeDeclarations.Variable,
        _ initial: HCLExpression
    ) -> HCLValue? {
        guard let type else { return value }
        do throws(HCLConversionError) {
            return try value.converted(to: type)
        } catch {
            let detail = "The default of the variable \(declared.name) can't be a \(type): \(error.message)."
            fail("Invalid value", detail, at: initial.range)
            return nil
        }
    }

    /// What a variable is set to from outside: `NAME`, or `NAME_JSON` where that is no variable itself.
    private func override(of name: String, prefersJSON: Bool) -> BakeVariableOverride? {
        let plain = inputs.override(of: name).map { BakeVariableOverride(text: $0, isJSON: false) }
        if plain != nil, !prefersJSON { return plain }
        let jsonName = name + "_JSON"
        guard declarations.variables[jsonName] == nil, inputs.builtIns[jsonName] == nil else { return plain }
        return inputs.override(of: jsonName).map { BakeVariableOverride(text: $0, isJSON: true) } ?? plain
    }

    private func check(_ validation: BakeDeclarations.Validation, of variable: BakeDeclarations.Variable) {
        let place = validation.condition?.range ?? validation.range
        guard let condition = validation.condition else {
            return fail("Invalid condition result", "The validation of \(variable.name) has no condition.", at: place)
        }
        guard let result = evaluate(condition) else { return }
        guard !result.isNull else {
            let detail = "Condition expression must return either true or false, not null."
            return fail("Invalid condition result", detail, at: place)
        }
        do throws(HCLConversionError) {
            if try result.converted(to: .bool).bool == true { return }
        } catch {
            return fail(
                "Invalid condition result",
                "The condition is neither true nor false: \(error.message).",
                at: place
            )
        }
        guard let message = validation.message else {
            return fail("Validation failed", "The variable \(variable.name) doesn't meet this condition.", at: place)
        }
        guard let text = evaluate(message) else { return }
        fail("Validation failed", text.string ?? "This check failed, but has an invalid error message.", at: place)
    }
}

// MARK: - Functions

extension BakeEvaluator {
    /// Makes a function known: one of the library, or of the definition.
    func function(_ name: String, at range: HCLRange) -> Outcome {
        let label = "\(name)()"
        if base.functions[name] != nil { return .known }
        if failed.contains(label) { return .failed }
        guard let declared = declarations.functions[name] else { return .missing }
        let isFine = within(label, range) { define(declared) }
        if !isFine { failed.insert(label) }
        return isFine ? .known : .failed
    }

    /// Makes all functions known, those of no use included.
    func evaluateFunctions() {
        for name in declarations.functions.keys.sorted() {
            if let range = declarations.functions[name]?.range { _ = function(name, at: range) }
        }
    }

    private func define(_ declared: BakeDeclarations.Function) -> Bool {
        guard let result = declared.result, let parameters = declared.parameters else {
            let missing = declared.result == nil ? "result" : "params"
            let detail = "The function \(declared.name) has no \(missing); write \(missing) = …"
            fail("Invalid function", detail, at: declared.range)
            return false
        }
        guard let list = parameters.list else {
            fail("Invalid expression", "params must be a list of names.", at: parameters.range)
            return false
        }
        let names = list.map { name(of: $0) }
        let variadic = declared.variadic.map { name(of: $0) }
        guard !names.contains(nil), variadic != .some(nil) else { return false }
        let known = names.compactMap { $0 }
        let all = Set(known + [variadic ?? nil].compactMap { $0 })
        guard prepare(result, without: all, isStrict: true) else { return false }
        base.functions[declared.name] = HCLFunction(parameters: known, variadic: variadic ?? nil, result: result)
        return true
    }

    private func name(of expression: HCLExpression) -> String? {
        if let word = expression.keyword, !word.isEmpty { return word }
        fail("Invalid param element", "Each parameter name must be an identifier.", at: expression.range)
        return nil
    }
}
