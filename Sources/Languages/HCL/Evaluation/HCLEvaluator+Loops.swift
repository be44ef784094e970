// MARK: - for

extension HCLEvaluator {
    /// A tuple or an object of what is made of each element.
    func loop(_ node: HCLExpression.Loop) -> HCLValue {
        let collection = evaluate(node.collection)
        guard canLoop(node, over: collection) else { return .unknown() }
        guard conditionIsSound(node), !collection.isUnknown else { return .unknown() }
        return node.key == nil ? loopTuple(node, collection) : loopObject(node, collection)
    }

    private func canLoop(_ node: HCLExpression.Loop, over collection: HCLValue) -> Bool {
        let place = node.collection.range
        if collection.isNull {
            let detail = "A null value cannot be used as the collection in a 'for' expression."
            fail("Iteration over null value", detail, at: place, in: node.range)
            return false
        }
        if collection.type == .any { return false }
        if collection.isIterable { return true }
        let detail = "A value of type \(collection.type) cannot be used as the collection in a 'for' expression."
        fail("Iteration over non-iterable value", detail, at: place, in: node.range)
        return false
    }

    /// Looks at the condition before there is an element: what is wrong for all is said once.
    private func conditionIsSound(_ node: HCLExpression.Loop) -> Bool {
        guard let condition = node.condition else { return true }
        let before = errors
        speculations += 1
        let value = with(names(node, .unknown(), .unknown())) { evaluate(condition) }
        speculations -= 1
        if value.isNull {
            let detail = "The value of the 'if' clause must not be null."
            fail("Condition is null", detail, at: condition.range, in: node.range)
        } else if errors == before {
            _ = truth(value, condition, node)
        }
        return errors == before
    }

    private func names(
        _ node: HCLExpression.Loop,
        _ key: HCLValue,
        _ value: HCLValue
    ) -> [(name: String, value: HCLValue)] {
        (node.names.key.map { [($0, key)] } ?? []) + [(node.names.value, value)]
    }

    private func truth(_ value: HCLValue, _ condition: HCLExpression, _ node: HCLExpression.Loop) -> Bool? {
        let summary = "Invalid 'for' condition"
        if value.isNull {
            fail(summary, "The value of the 'if' clause must not be null.", at: condition.range, in: node.range)
            return nil
        }
        do throws(HCLConversionError) {
            return try value.converted(to: .bool).bool
        } catch {
            fail(summary, "The 'if' clause value is invalid: \(error.message).", at: condition.range, in: node.range)
            return nil
        }
    }

    /// Whether an element is one of those wanted; nil where that can't be known.
    private func includes(_ node: HCLExpression.Loop) -> Bool? {
        guard let condition = node.condition else { return true }
        return truth(evaluate(condition), condition, node)
    }

    private func loopTuple(_ node: HCLExpression.Loop, _ collection: HCLValue) -> HCLValue {
        var values: [HCLValue] = []
        var weight = 0
        var isKnown = true
        for (key, element) in collection.entries where exhaustion == nil {
            with(names(node, key, element)) {
                switch includes(node) {
                case nil: isKnown = false
                case false?: break
                case true?:
                    values.append(evaluate(node.value))
                    weight += values.last?.weight ?? 0
                }
            }
            if weight > context.limits.weight { return checked(.tuple(values), at: node.range) }
        }
        return isKnown ? checked(.tuple(values), at: node.range) : .unknown()
    }

    private func loopObject(_ node: HCLExpression.Loop, _ collection: HCLValue) -> HCLValue {
        var values: [String: [HCLValue]] = [:]
        var weight = 0
        var isKnown = true
        for (key, element) in collection.entries where exhaustion == nil {
            let included = with(names(node, key, element)) { loopMember(node, isFirst: isKnown) }
            switch included {
            case .skipped: break
            case .unknown: isKnown = false
            case .member(let name, let value):
                weight += value.weight
                if !node.groups, values[name] != nil {
                    duplicate(name, node)
                } else {
                    values[name, default: []].append(value)
                }
            }
            if weight > context.limits.weight { return checked(.tuple(values.values.flatMap { $0 }), at: node.range) }
        }
        guard isKnown else { return .unknown() }
        return checked(.object(values.mapValues { node.groups ? .tuple($0) : $0[0] }), at: node.range)
    }

    private enum Included {
        case skipped
        case unknown
        case member(String, HCLValue)
    }

    private func loopMember(_ node: HCLExpression.Loop, isFirst: Bool) -> Included {
        guard let isIncluded = includes(node) else { return .unknown }
        guard isIncluded, let keyNode = node.key else { return .skipped }
        let key = evaluate(keyNode)
        if key.isUnknown { return .unknown }
        let summary = "Invalid object key"
        if key.isNull {
            let detail = "Key expression in 'for' expression must not produce a null value."
            if isFirst { fail(summary, detail, at: keyNode.range, in: node.range) }
            return .unknown
        }
        do throws(HCLConversionError) {
            let name = try key.converted(to: .string).string ?? ""
            return .member(name, evaluate(node.value))
        } catch {
            let detail = "The key expression produced an invalid result: \(error.message)."
            if isFirst { fail(summary, detail, at: keyNode.range, in: node.range) }
            return .unknown
        }
    }

    private func duplicate(_ name: String, _ node: HCLExpression.Loop) {
        let detail =
            "Two different items produced the key \(name.goQuoted) in this 'for' expression. If duplicates are expected, "
            + "use the ellipsis (...) after the value expression to enable grouping by key."
        fail("Duplicate object key", detail, at: node.key?.range ?? node.range, in: node.range)
    }
}
