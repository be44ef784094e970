import CaissonText

extension HCLFunction {
    private static let list = Parameter("list", .any)
    private static let anyList = Parameter("list", .list(.any))

    /// Functions that make lists of lists.
    static let lists: Group = [
        "coalescelist": native(
            "Returns the first of the given sequences that has a length greater than zero.",
            [],
            variadic: Parameter("vals", .any, allowsNull: true, "List or tuple values to test in the given order.")
        ) { call throws(HCLCallError) in try firstList(call) },
        "compact": native(
            "Removes all empty string elements from the given list of strings.",
            [Parameter("list", .list(.string))]
        ) { call throws(HCLCallError) in
            .list(call.arguments[0].children.filter { !($0.string ?? "").isEmpty }, of: .string)
        },
        "distinct": native(
            "Removes any duplicate values from the given list, preserving the order of remaining elements.",
            [anyList]
        ) { call throws(HCLCallError) in
            var seen = HCLValueSet()
            let unique = call.arguments[0].children.filter { seen.insert($0) }
            return .list(unique, of: call.arguments[0].type.element ?? .any)
        },
        "chunklist": native(
            "Splits a single list into multiple lists where each has at most the given number of elements.",
            [
                Parameter("list", .list(.any), "The list to split into chunks."),
                Parameter(
                    "size",
                    .number,
                    "The maximum length of each chunk. All but the last element of the result is guaranteed to be of "
                        + "exactly this size."
                ),
            ]
        ) { call throws(HCLCallError) in try chunks(call) },
        "concat": native(
            "Concatenates together all of the given lists or tuples into a single sequence, preserving the input order.",
            [],
            variadic: Parameter("seqs", .any)
        ) { call throws(HCLCallError) in
            try call.bound(values: call.arguments.map(\.children.count).clampedSum)
            return try concatenated(call.arguments)
        },
        "flatten": native(
            "Transforms a list, set, or tuple value into a tuple by replacing any given elements that are themselves "
                + "sequences with a flattened tuple of all of the nested elements concatenated together.",
            [list]
        ) { call throws(HCLCallError) in
            guard call.arguments[0].type.isSequence else {
                throw HCLCallError("can only flatten lists, sets and tuples")
            }
            return .tuple(flattened(call.arguments[0]))
        },
        "reverselist": native("Returns the given list with its elements in reverse order.", [list]) {
            call throws(HCLCallError) in
            let value = call.arguments[0]
            guard value.type.isSequence else {
                throw HCLCallError("can only reverse list or tuple values, not \(value.type)", argument: 0)
            }
            let reversed = Array(value.children.reversed())
            return value.type.isTuple ? .tuple(reversed) : .list(reversed, of: value.type.element ?? .any)
        },
        "slice": native(
            "Extracts a subslice of the given list or tuple value.",
            [list, Parameter("start_index", .number), Parameter("end_index", .number)]
        ) { call throws(HCLCallError) in try slice(call) },
        "range": native(
            "Returns a list of numbers spread evenly over a particular range.",
            [],
            variadic: Parameter("params", .number)
        ) { call throws(HCLCallError) in try range(call.arguments.compactMap(\.number)) },
    ]

    private static func firstList(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        guard !call.arguments.isEmpty else { throw HCLCallError("at least one argument is required") }
        for value in call.arguments where !value.type.isList && !value.type.isTuple {
            throw HCLCallError("coalescelist arguments must be lists or tuples")
        }
        guard let first = call.arguments.first(where: { !$0.children.isEmpty }) else {
            throw HCLCallError("no non-null arguments")
        }
        return first
    }

    private static func chunks(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let list = call.arguments[0]
        let size = try call.integer(1, "invalid size: ")
        guard size >= 0 else { throw HCLCallError("the size argument must be positive") }
        let elements = list.children
        guard !elements.isEmpty else { return .list([], of: list.type) }
        guard size > 0, size < elements.count else { return .list([list], of: list.type) }
        let chunks = stride(from: 0, to: elements.count, by: size).map { start in
            HCLValue.list(Array(elements[start..<min(start + size, elements.count)]), of: list.type.element ?? .any)
        }
        return .list(chunks, of: list.type)
    }

    private static func concatenated(_ lists: [HCLValue]) throws(HCLCallError) -> HCLValue {
        guard !lists.isEmpty else { throw HCLCallError("at least one argument is required") }
        if lists.allSatisfy(\.type.isList), let type = HCLUnification.unify(lists.map(\.type), isUnsafe: true)?.type {
            var elements: [HCLValue] = []
            for (index, list) in lists.enumerated() { elements += try list.asArgument(type, index).children }
            return .list(elements, of: type.element ?? .any)
        }
        for (index, list) in lists.enumerated() where !list.type.isList && !list.type.isTuple {
            throw HCLCallError("all arguments must be lists or tuples; got \(list.type)", argument: index)
        }
        return .tuple(lists.flatMap(\.children))
    }

    private static func flattened(_ value: HCLValue) -> [HCLValue] {
        value.children.flatMap { !$0.isNull && $0.type.isSequence ? flattened($0) : [$0] }
    }

    private static func slice(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let list = call.arguments[0]
        if list.type.isSet {
            throw HCLCallError(
                "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the "
                    + "ordering of the result is not important",
                argument: 0
            )
        }
        guard list.type.isList || list.type.isTuple else {
            throw HCLCallError("must be a list or tuple value", argument: 0)
        }
        let start = try bound(call, 1, "start", list.children.count)
        let end = try bound(call, 2, "end", list.children.count)
        guard start <= end else { throw HCLCallError("start index must not be greater than end index", argument: 1) }
        let part = Array(list.children[start..<end])
        return list.type.isTuple ? .tuple(part) : .list(part, of: list.type.element ?? .any)
    }

    private static func bound(
        _ call: HCLCall,
        _ index: Int,
        _ name: String,
        _ count: Int
    ) throws(HCLCallError) -> Int {
        let value = try call.integer(index, isArgument: true, "invalid \(name) index: ")
        guard value >= 0 else { throw HCLCallError("\(name) index must not be less than zero", argument: index) }
        guard value <= count else {
            throw HCLCallError("\(name) index must not be greater than the length of the list", argument: index)
        }
        return value
    }

    private static func range(_ numbers: [HCLNumber]) throws(HCLCallError) -> HCLValue {
        let zero = HCLNumber(0)
        let start = numbers.count == 1 ? zero : numbers.first ?? zero
        guard (1...3).contains(numbers.count) else { throw HCLCallError("must have one, two, or three arguments") }
        let end = numbers.count == 1 ? numbers[0] : numbers[1]
        let step = numbers.count == 3 ? numbers[2] : HCLNumber(end < start ? -1 : 1)
        let isDown = step < zero
        if isDown ? end > start : end < start {
            let (than, sign) = isDown ? ("less", "negative") : ("greater", "positive")
            throw HCLCallError("end must be \(than) than start when step is \(sign)", argument: 1)
        }
        var values: [HCLValue] = []
        var next = start
        while isDown ? next > end : next < end {
            guard values.count < 1024 else {
                throw HCLCallError(
                    "more than 1024 values were generated; either decrease the difference between start and end or use "
                        + "a smaller step"
                )
            }
            values.append(.number(next))
            guard let sum = next.adding(step) else { throw HCLCallError("can't compute sum of opposing infinities") }
            next = sum
        }
        return .list(values, of: .number)
    }
}
