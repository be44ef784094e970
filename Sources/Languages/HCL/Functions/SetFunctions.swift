extension HCLFunction {
    private static let anySet = HCLType.set(.any)

    private static func operation(
        _ description: String,
        _ parameters: [Parameter],
        isVariadic: Bool = true,
        _ body: @escaping @Sendable (_ one: HCLValue, _ other: HCLValue) -> [HCLValue]
    ) -> HCLFunction {
        let variadic = isVariadic ? Parameter("other_sets", anySet) : nil
        return native(description, parameters, variadic: variadic) { call throws(HCLCallError) in
            try combined(call.arguments, body)
        }
    }

    /// Functions with sets.
    static let sets: Group = [
        "sethaselement": native(
            "Returns true if the given set contains the given element, or false otherwise.",
            [Parameter("set", anySet), Parameter("elem", .any)]
        ) { call throws(HCLCallError) in .bool(call.arguments[0].setContains(call.arguments[1])) },
        "setunion": operation("Returns the union of all given sets.", [Parameter("first_set", anySet)]) {
            $0.children + $1.children
        },
        "setintersection": operation("Returns the intersection of all given sets.", [Parameter("first_set", anySet)]) {
            one,
            other in
            let others = HCLValueSet(other.children)
            return one.children.filter(others.contains)
        },
        "setsubtract": operation(
            "Returns the relative complement of the two given sets.",
            [Parameter("a", anySet), Parameter("b", anySet)],
            isVariadic: false
        ) { one, other in difference(one, other) },
        "setsymmetricdifference": operation(
            "Returns the symmetric difference of the two given sets.",
            [Parameter("first_set", anySet)]
        ) { one, other in
            difference(one, other) + difference(other, one)
        },
        "setproduct": native(
            "Calculates the cartesian product of two or more sets.",
            [],
            variadic: Parameter(
                "sets",
                .any,
                "The sets to consider. Also accepts lists and tuples, and if all arguments are of list or tuple type then "
                    + "the result will preserve the input ordering"
            )
        ) { call throws(HCLCallError) in try product(call) },
    ]

    private static func difference(_ one: HCLValue, _ other: HCLValue) -> [HCLValue] {
        let others = HCLValueSet(other.children)
        return one.children.filter { !others.contains($0) }
    }

    private static func combined(
        _ sets: [HCLValue],
        _ body: (_ one: HCLValue, _ other: HCLValue) -> [HCLValue]
    ) throws(HCLCallError) -> HCLValue {
        let types = sets.filter { !($0.type == anySet && $0.children.isEmpty) }.compactMap(\.type.element)
        var element = HCLType.any
        if !types.isEmpty {
            guard let type = HCLUnification.unify(types, isUnsafe: true)?.type else {
                throw HCLCallError("given sets must all have compatible element types")
            }
            element = type
        }
        var result = try sets[0].asArgument(.set(element), 0)
        for (index, set) in sets.enumerated().dropFirst() {
            let elements = body(result, try set.asArgument(.set(element), index))
            try elements.checkAlike("set")
            result = .set(elements, of: element)
        }
        return result
    }

    private static func product(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let sets = call.arguments
        guard sets.count >= 2 else { throw HCLCallError("at least two arguments are required") }
        var types: [HCLType] = []
        for (index, set) in sets.enumerated() { types.append(try elementType(set, index)) }
        var total = 1
        for set in sets {
            let (product, isOver) = total.multipliedReportingOverflow(by: set.children.count)
            total = isOver ? .max : product
        }
        if sets.contains(where: \.children.isEmpty) { total = 0 }
        let (values, isOver) = total.multipliedReportingOverflow(by: sets.count + 1)
        try call.bound(values: isOver ? .max : values)
        let isSet = sets.contains { $0.type.isSet }
        let tuples = total == 0 ? [] : try tuples(sets, types)
        try tuples.checkAlike(isSet ? "set" : "list")
        return isSet ? .set(tuples, of: .tuple(types)) : .list(tuples, of: .tuple(types))
    }

    private static func elementType(_ set: HCLValue, _ index: Int) throws(HCLCallError) -> HCLType {
        switch set.type {
        case .set(let element), .list(let element): return element
        case .tuple(let elements):
            guard !elements.isEmpty else { return .any }
            guard let type = HCLUnification.unify(elements, isUnsafe: true)?.type else {
                throw HCLCallError("all elements must be of the same type", argument: index)
            }
            return type
        default: throw HCLCallError("a set or a list is required", argument: index)
        }
    }

    private static func tuples(_ sets: [HCLValue], _ types: [HCLType]) throws(HCLCallError) -> [HCLValue] {
        var rows: [[HCLValue]] = [[]]
        for (set, type) in zip(sets, types) {
            var elements: [HCLValue] = []
            for element in set.children { elements.append(try element.asArgument(type)) }
            rows = rows.flatMap { row in elements.map { row + [$0] } }
        }
        return rows.map { .tuple($0) }
    }
}

extension [HCLValue] {
    /// Refuses values of several types, which can't be elements of one list or set.
    fileprivate func checkAlike(_ what: String) throws(HCLCallError) {
        guard dropFirst().allSatisfy({ $0.type == first?.type }) else {
            throw HCLCallError("the elements have different types, which a \(what) can't have")
        }
    }
}
