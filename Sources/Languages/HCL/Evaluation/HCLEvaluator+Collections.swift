// MARK: - Tuples and objects

extension HCLEvaluator {
    func tuple(_ node: HCLExpression.Tuple) -> HCLValue {
        checked(.tuple(node.elements.map { evaluate($0) }), at: node.range)
    }

    func object(_ node: HCLExpression.Object) -> HCLValue {
        var attributes: [String: HCLValue] = [:]
        var isKnown = true
        for item in node.items {
            let before = errors
            let key = name(item)
            let hasKey = errors == before
            let value = evaluate(item.value)
            guard hasKey, let name = text(of: key, item) else {
                isKnown = false
                continue
            }
            attributes[name] = value
        }
        return isKnown ? checked(.object(attributes), at: node.range) : .unknown()
    }

    /// The name of an attribute: an identifier alone means itself.
    private func name(_ item: HCLExpression.Object.Item) -> HCLValue {
        guard !item.isComputed else { return evaluate(item.key) }
        if case .variable(let node) = item.key, !node.traversal.steps.isEmpty {
            let detail =
                "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended "
                + "as a literal name containing periods, wrap it in quotes to create a string literal."
            fail("Ambiguous attribute key", detail, at: item.key.range)
            return .unknown()
        }
        if let keyword = item.key.keyword { return .string(keyword) }
        return evaluate(item.key)
    }

    private func text(of key: HCLValue, _ item: HCLExpression.Object.Item) -> String? {
        if key.isNull {
            fail("Null value as key", "Can't use a null value as a key.", at: item.value.range)
            return nil
        }
        do throws(HCLConversionError) {
            return try key.converted(to: .string).string
        } catch {
            let detail = "Can't use this value as a key: \(error.message)."
            fail("Incorrect key type", detail, at: item.key.range)
            return nil
        }
    }

    // MARK: - Splats

    func splat(_ node: HCLExpression.Splat) -> HCLValue {
        let before = errors
        let source = evaluate(node.source)
        if errors > before { return .unknown() }
        let isSequence = source.type.isSequence
        if source.isNull {
            guard isSequence else { return .tuple([]) }
            let detail = "Splat expressions (with the * symbol) cannot be applied to null sequences."
            fail("Splat of null value", detail, at: node.source.range, in: node.source.range.joined(to: node.marker))
            return .unknown()
        }
        guard source.type != .any, !source.isUnknown else { return .unknown() }
        let elements = isSequence ? source.children : [source]
        let results = elements.map { each(node, $0) }
        if errors > before { return .unknown(splatType(node, isSequence ? source.type : .tuple([source.type]))) }
        guard isSequence, !source.type.isTuple else { return checked(.tuple(results), at: node.range) }
        return splatList(node, results, of: source.type.element ?? .any)
    }

    private func each(_ node: HCLExpression.Splat, _ element: HCLValue) -> HCLValue {
        let outer = items[node.number]
        items[node.number] = element
        defer { items[node.number] = outer }
        return evaluate(node.each)
    }

    /// The type that the result would have if nothing were wrong with the elements.
    private func splatType(_ node: HCLExpression.Splat, _ source: HCLType) -> HCLType {
        let (kept, before) = (diagnostics.count, errors)
        defer { _ = take(since: kept, before) }
        if let types = source.tupleElements { return .tuple(types.map { each(node, .unknown($0)).type }) }
        return .list(each(node, .unknown(source.element ?? .any)).type)
    }

    private func splatList(_ node: HCLExpression.Splat, _ results: [HCLValue], of element: HCLType) -> HCLValue {
        guard let first = results.first else { return .list([], of: each(node, .unknown(element)).type) }
        guard results.allSatisfy({ $0.type == first.type }) else {
            let detail =
                "The second level of splat expression produced elements of different types, so it isn't possible to "
                + "construct a valid list to represent the top-level result.\n\nConsider using a for expression "
                + "instead, to produce a tuple-typed result which can therefore have non-homogenous element types."
            fail("Invalid nested splat expressions", detail, at: node.each.range, in: node.range)
            return .unknown()
        }
        return checked(.list(results, of: first.type), at: node.range)
    }
}
