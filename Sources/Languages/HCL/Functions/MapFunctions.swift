extension HCLFunction {
    /// Functions with maps and objects.
    static let maps: Group = [
        "keys": native(
            "Returns a list of the keys of the given map in lexicographical order.",
            [
                Parameter(
                    "inputMap",
                    .any,
                    "The map to extract keys from. May instead be an object-typed value, in which case the result is a "
                        + "tuple of the object attributes."
                )
            ]
        ) { call throws(HCLCallError) in
            guard let members = call.arguments[0].members else {
                throw HCLCallError("must have map or object type", argument: 0)
            }
            let names = members.names.map { HCLValue.string($0) }
            return call.arguments[0].type.isMap ? .list(names, of: .string) : .tuple(names)
        },
        "values": native(
            "Returns the values of elements of a given map, or the values of attributes of a given object, in "
                + "lexicographic order by key or attribute name.",
            [Parameter("mapping", .any)]
        ) { call throws(HCLCallError) in
            guard let members = call.arguments[0].members else {
                throw HCLCallError("values() requires a map as the first argument")
            }
            if let element = call.arguments[0].type.element { return .list(members.values, of: element) }
            return .tuple(members.values)
        },
        "merge": native(
            "Merges all of the elements from the given maps into a single map, or the attributes from given objects into "
                + "a single object.",
            [],
            variadic: Parameter("maps", .any, allowsNull: true)
        ) { call throws(HCLCallError) in try merged(call.arguments) },
        "zipmap": native(
            "Constructs a map from a list of keys and a corresponding list of values, which must both be of the same "
                + "length.",
            [Parameter("keys", .list(.string)), Parameter("values", .any)]
        ) { call throws(HCLCallError) in try zipped(call.arguments[0].children, call.arguments[1]) },
    ]

    private static func merged(_ maps: [HCLValue]) throws(HCLCallError) -> HCLValue {
        var values: [String: HCLValue] = [:]
        for map in maps where !map.isBareNull {
            guard map.type.isMap || map.type.isObject else {
                throw HCLCallError("arguments must be maps or objects, got \(map.type.description.goQuoted)")
            }
        }
        for map in maps {
            for (name, value) in map.members?.dictionary ?? [:] { values[name] = value }
        }
        let types = maps.map { $0.type.isObject && $0.isNull ? .emptyObject : $0.type }
        if case .map(let element)? = types.first, types.allSatisfy({ $0 == types[0] }) {
            return .map(values, of: element)
        }
        return .object(values)
    }

    private static func zipped(_ keys: [HCLValue], _ values: HCLValue) throws(HCLCallError) -> HCLValue {
        guard values.type.isList || values.type.isTuple else {
            throw HCLCallError("values argument must be a list or tuple value")
        }
        let elements = values.children
        guard keys.count == elements.count else {
            throw HCLCallError("number of keys (\(keys.count)) does not match number of values (\(elements.count))")
        }
        var members: [String: HCLValue] = [:]
        for (index, (key, value)) in zip(keys, elements).enumerated() {
            guard let name = key.string else { throw HCLCallError("keys list has null value at index \(index)") }
            members[name] = value
        }
        if let element = values.type.element { return .map(members, of: element) }
        return .object(members)
    }
}
