import CaissonHCL
import CaissonJSON

// Types as go-cty writes them in JSON: "string", ["list","string"], ["object",{"name":"string"}].

extension HCLType {
    /// The type as JSON.
    var json: JSON {
        switch self {
        case .string: .string("string")
        case .number: .string("number")
        case .bool: .string("bool")
        case .any, .bytes: .string("dynamic")
        case .list(let element): .array([.string("list"), element.json])
        case .set(let element): .array([.string("set"), element.json])
        case .map(let element): .array([.string("map"), element.json])
        case .tuple(let elements): .array([.string("tuple"), .array(elements.map(\.json))])
        case .object(let attributes, _): .array([.string("object"), JSON(attributes.mapValues(\.json))])
        }
    }

    /// Reads a type; nil where it is none.
    init?(json: JSON) {
        switch json.string {
        case "string": self = .string
        case "number": self = .number
        case "bool": self = .bool
        case "dynamic": self = .any
        case nil: self.init(constructor: json)
        default: return nil
        }
    }

    private init?(constructor json: JSON) {
        guard let parts = json.array, parts.count == 2, let name = parts[0].string else { return nil }
        switch name {
        case "list", "set", "map":
            guard let element = HCLType(json: parts[1]) else { return nil }
            self = name == "list" ? .list(element) : name == "set" ? .set(element) : .map(element)
        case "tuple":
            guard let elements = parts[1].array?.map(HCLType.init(json:)), !elements.contains(nil) else { return nil }
            self = .tuple(elements.compactMap { $0 })
        case "object":
            guard let members = parts[1].members else { return nil }
            let types = members.map { ($0.name, HCLType(json: $0.value)) }
            guard types.allSatisfy({ $0.1 != nil }) else { return nil }
            self = .object(Dictionary(types.compactMap { name, type in type.map { (name, $0) } }) { _, last in last })
        default: return nil
        }
    }
}

extension HCLValue {
    /// The value as JSON, with its type beside it in each place where the declared type is `any`.
    func json(declaredAs declared: HCLType) throws(HCLConversionError) -> JSON {
        if isNull { return .null }
        switch declared {
        case .any:
            return .object([JSONMember("value", try jsonValue), JSONMember("type", type.json)])
        case .list(let element), .set(let element):
            return .array(try list { _ throws(HCLConversionError) in element })
        case .tuple(let elements):
            return .array(
                try list { index throws(HCLConversionError) in elements.indices.contains(index) ? elements[index] : .any
                }
            )
        case .map(let element): return .object(try named { _ in element })
        case .object(let attributes, _): return .object(try named { attributes[$0] ?? .any })
        default: return try jsonValue
        }
    }

    private func list(_ type: (Int) throws(HCLConversionError) -> HCLType) throws(HCLConversionError) -> [JSON] {
        var list: [JSON] = []
        for (index, value) in (elements ?? []).enumerated() { list.append(try value.json(declaredAs: try type(index))) }
        return list
    }

    private func named(_ type: (String) -> HCLType) throws(HCLConversionError) -> [JSONMember] {
        var list: [JSONMember] = []
        for (name, value) in zip(members?.names ?? [], members?.values ?? []) {
            list.append(JSONMember(name, try value.json(declaredAs: type(name))))
        }
        return list
    }
}
