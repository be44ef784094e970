import CaissonHCL
import CaissonText

extension BakeTarget {
    /// Makes the changes; throws for a value that its field can't have.
    mutating func apply(_ changes: [BakeOverrides.Change]) throws(BakeValueError) {
        for rank in 0...3 {
            for change in changes where change.rank == rank { try apply(change) }
        }
    }

    private mutating func apply(_ change: BakeOverrides.Change) throws(BakeValueError) {
        let value = change.values.last ?? ""
        switch change.key {
        case "secret": try setSecret(change.name ?? "", value)
        case "push": setPush(try Self.flag(value, "push"))
        case "load": if try Self.flag(value, "load") { setLoad() }
        default:
            guard let field = BakeField.settable(change.key) else { return }
            try set(field, change, value)
        }
    }

    private mutating func set(
        _ field: BakeField,
        _ change: BakeOverrides.Change,
        _ value: String
    ) throws(BakeValueError) {
        var adds = change.adds
        if case .list(_, true) = field.setting { adds = true }
        switch field.form {
        case .text: values[field.key] = .text(value)
        case .flag: values[field.key] = .flag(try Self.flag(value, field.key.rawValue))
        case .texts: values[field.key] = .texts((adds ? values[field.key]?.texts ?? [] : []) + change.values)
        case .pairs, .resources:
            var pairs = values[field.key]?.pairs ?? [:]
            let name = change.name ?? ""
            pairs.updateValue(field.form == .resources ? try BakeResources.checked(value, name) : value, forKey: name)
            values[field.key] = .pairs(pairs)
        case .entries(let kind):
            var entries = adds ? values[field.key]?.entries ?? [] : []
            for text in change.values where !text.isEmpty { entries += try BakeEntry.parse(text, kind) }
            values[field.key] = .entries(entries.normalised(kind))
        }
    }

    private static func flag(_ value: String, _ key: String) throws(BakeValueError) -> Bool {
        guard let flag = GoBoolean.parse(value) else {
            throw BakeValueError("invalid value \(value.quoted) for \(key): it is neither true nor false")
        }
        return flag
    }

    /// Gives a secret that is declared another source.
    private mutating func setSecret(_ id: String, _ text: String) throws(BakeValueError) {
        var entries = values[.secret]?.entries ?? []
        guard !id.isEmpty, let index = entries.firstIndex(where: { $0.attributes["id"] == id }) else {
            throw BakeValueError("secret \(id.quoted) must be declared before it can be overridden")
        }
        guard let next = try BakeEntry.parse(text, .secret).first else { return }
        guard next.attributes["id"] == nil || next.attributes["id"] == id else {
            throw BakeValueError("the override of the secret \(id.quoted) has another id in it")
        }
        entries[index].attributes["src"] = next.attributes["src"]
        entries[index].attributes["env"] = next.attributes["env"]
        values[.secret] = .entries(entries)
    }

    /// Has images pushed, or keeps them from being pushed.
    private mutating func setPush(_ isOn: Bool) {
        var outputs = values[.output]?.entries ?? []
        if !isOn {
            while let index = outputs.firstIndex(where: { $0.attributes["type"] == "registry" }) {
                outputs.swapAt(index, outputs.count - 1)
                outputs.removeLast()
            }
        }
        for index in outputs.indices where outputs[index].attributes["type"] == "image" {
            outputs[index].attributes["push"] = isOn ? "true" : "false"
        }
        if isOn, outputs.allSatisfy({ $0.attributes["type"] == "docker" }) {
            outputs.append(BakeEntry(["type": "image", "push": "true"]))
        }
        values[.output] = .entries(outputs)
    }

    /// Has the image loaded into the engine, unless the outputs are of other kinds, or do that already.
    private mutating func setLoad() {
        var outputs = values[.output]?.entries ?? []
        for output in outputs {
            switch output.attributes["type"] {
            case "docker": if output.attributes["dest"] == nil { return }
            case "image", "registry", "oci": break
            default: return
            }
        }
        outputs.append(BakeEntry(["type": "docker"]))
        values[.output] = .entries(outputs)
    }
}
