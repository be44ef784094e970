extension HCLFunction {
    private static let collection = Parameter("collection", .any)
    private static let list = Parameter("list", .any)

    /// Functions that look for elements.
    static let elements: Group = [
        "hasindex": native(
            "Returns true if if the given collection can be indexed with the given key without producing an error, or "
                + "false otherwise.",
            [collection, Parameter("key", .any)]
        ) { call throws(HCLCallError) in
            let collection = call.arguments[0]
            guard collection.type.isTuple || collection.type.isList || collection.type.isMap else {
                throw HCLCallError("collection must be a list, a map or a tuple")
            }
            return .bool(element(call.arguments[1], of: collection) != nil)
        },
        "index": native(
            "Returns the element with the given key from the given collection, or raises an error if there is no such "
                + "element.",
            [collection, Parameter("key", .any)]
        ) { call throws(HCLCallError) in try indexed(call.arguments[0], call.arguments[1]) },
        "indexof": native(
            "Finds the element index for a given value in a list.",
            [list, Parameter("value", .any)]
        ) { call throws(HCLCallError) in try place(of: call.arguments[1], in: call.arguments[0]) },
        "length": native("Returns the number of elements in the given collection.", [collection]) {
            call throws(HCLCallError) in
            guard call.arguments[0].type.isTuple || call.arguments[0].type.isCollection else {
                throw HCLCallError("collection must be a list, a map or a tuple")
            }
            return .number(call.arguments[0].children.count)
        },
        "element": native(
            "Returns the element with the given index from the given list or tuple, applying the modulo operation to the "
                + "given index if it's greater than the number of elements.",
            [list, Parameter("index", .number)]
        ) { call throws(HCLCallError) in try wrapped(call) },
        "contains": native(
            "Returns true if the given value is a value in the given list, tuple, or set, or false otherwise.",
            [list, Parameter("value", .any, allowsNull: true)]
        ) { call throws(HCLCallError) in
            guard call.arguments[0].type.isSequence else { throw HCLCallError("argument must be list, tuple, or set") }
            return .bool(call.arguments[0].children.contains { $0.isEqual(to: call.arguments[1]) == true })
        },
        "lookup": native(
            "Returns the value of the element with the given key from the given map, or returns the default value if "
                + "there is no such element.",
            [Parameter("inputMap", .any), Parameter("key", .string), Parameter("default", .any)]
        ) { call throws(HCLCallError) in try lookedUp(call) },
    ]

    private static func element(_ key: HCLValue, of collection: HCLValue) -> HCLValue? {
        if collection.type.isMap { return key.string.flatMap { collection.members?[$0] } }
        guard let index = key.number?.integer, let elements = collection.elements, elements.indices.contains(index)
        else {
            return nil
        }
        return elements[index]
    }

    private static func indexed(_ collection: HCLValue, _ key: HCLValue) throws(HCLCallError) -> HCLValue {
        let (kind, wanted): (String, HCLType)
        switch collection.type {
        case .tuple: (kind, wanted) = ("tuple", .number)
        case .list: (kind, wanted) = ("list", .number)
        case .map: (kind, wanted) = ("map", .string)
        default: throw HCLCallError("collection must be a list, a map or a tuple")
        }
        guard key.type == wanted else { throw HCLCallError("key for \(kind) must be \(wanted)") }
        if let found = element(key, of: collection) { return found }
        if collection.type.isTuple {
            guard key.number?.integer != nil else {
                let range = "between \(Int.min) and \(Int.max)"
                throw HCLCallError("invalid key for tuple: value must be a whole number, \(range)")
            }
            throw HCLCallError("key must be between 0 and \(collection.children.count) inclusive")
        }
        throw HCLCallError("invalid index")
    }

    private static func place(of value: HCLValue, in list: HCLValue) throws(HCLCallError) -> HCLValue {
        guard list.type.isList || list.type.isTuple else { throw HCLCallError("argument must be a list or tuple") }
        guard !list.children.isEmpty else { throw HCLCallError("cannot search an empty list") }
        guard let index = list.children.firstIndex(where: { $0.isEqual(to: value) == true }) else {
            throw HCLCallError("item not found")
        }
        return .number(index)
    }

    private static func wrapped(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let list = call.arguments[0]
        guard list.type.isList || list.type.isTuple else {
            throw HCLCallError("cannot read elements from \(list.type)")
        }
        let index = try call.integer(1, "invalid index: ")
        let elements = list.children
        guard !elements.isEmpty else { throw HCLCallError("cannot use element function with an empty list") }
        let rest = index % elements.count
        return elements[rest < 0 ? rest + elements.count : rest]
    }

    private static func lookedUp(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let (map, name, otherwise) = (call.arguments[0], call.text(1), call.arguments[2])
        switch map.type {
        case .object: return map.members?[name] ?? otherwise
        case .map(let type):
            do throws(HCLConversionError) {
                let converted = try otherwise.converted(to: type)
                return map.members?[name] ?? converted
            } catch {
                throw HCLCallError("the default value must have the same type as the map elements", argument: 2)
            }
        default: throw HCLCallError("lookup() requires a map as the first argument", argument: 0)
        }
    }
}
