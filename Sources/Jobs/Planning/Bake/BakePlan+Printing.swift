package import CaissonJSON
import CaissonText

extension BakePlan {
    /// What `--print` prints: the groups and the targets, as a definition in JSON that can be read again.
    package var printed: JSON {
        var members: [JSONMember] = []
        if !groups.isEmpty { members.append(JSONMember("group", JSON(groups.mapValues(\.printed)))) }
        members.append(JSONMember("target", JSON(targets.mapValues(\.printed))))
        return .object(members)
    }
}

extension BakeGroup {
    /// The group as `--print` shows it.
    var printed: JSON {
        var members: [JSONMember] = []
        if !description.isEmpty { members.append(JSONMember("description", .string(description))) }
        members.append(JSONMember("targets", .array(targets.map { .string($0) })))
        return .object(members)
    }
}

extension BakeTarget {
    /// The target as `--print` shows it, its fields in the order of their table.
    package var printed: JSON {
        var members: [JSONMember] = []
        for key in BakeKey.allCases {
            guard let field = BakeField.named(key), let value = values[key], let json = field.printed(value) else {
                continue
            }
            members.append(JSONMember(key.rawValue, json))
        }
        return .object(members)
    }
}

extension BakeField {
    /// The value as it is printed; nil where nothing is printed for it.
    private func text(_ text: String) -> JSON { .string(isEscaped ? text.escapingTemplates : text) }

    fileprivate func printed(_ value: BakeValue) -> JSON? {
        switch value {
        case .text(let text): key == .description && text.isEmpty ? nil : self.text(text)
        case .flag(let flag): .bool(flag)
        case .texts(let texts): texts.isEmpty ? nil : .array(texts.map(text))
        case .pairs(let pairs) where form == .resources: Self.resources(pairs)
        case .pairs(let pairs): pairs.isEmpty ? nil : JSON(pairs.mapValues { $0.map(text) ?? .null })
        case .entries(let entries): entries.isEmpty ? nil : .array(entries.map { printed($0) })
        }
    }

    private static func resources(_ limits: [String: String?]) -> JSON {
        .object(
            BakeResources.names.compactMap { name in
                guard let text = limits[name] ?? nil else { return nil }
                return JSONMember(name, BakeResources.numbers.contains(name) ? .number(text) : .string(text))
            }
        )
    }

    private func printed(_ entry: BakeEntry) -> JSON {
        var values = entry.attributes.mapValues { JSON.string($0) }
        switch form {
        case .entries(.attestation): if values["disabled"] != nil { values["disabled"] = .bool(true) }
        case .entries(.ssh): if !entry.paths.isEmpty { values["paths"] = .array(entry.paths.map { .string($0) }) }
        case .entries(.policy): return Self.policy(entry)
        default: break
        }
        return JSON(values)
    }

    /// A policy as bake prints it: with the names of its program's fields.
    private static func policy(_ entry: BakeEntry) -> JSON {
        let files = entry.paths.map { path in
            JSON.object([JSONMember("Filename", .string(path)), JSONMember("Data", .null)])
        }
        return .object([
            JSONMember("Files", files.isEmpty ? .null : .array(files)),
            JSONMember("Reset", .bool(entry.attributes["reset"] == "true")),
            JSONMember("Disabled", .bool(entry.attributes["disabled"] == "true")),
            JSONMember("Strict", entry.attributes["strict"].map { .bool($0 == "true") } ?? .null),
            JSONMember("LogLevel", entry.attributes["log-level"].map { .string($0) } ?? .null),
        ])
    }
}

extension String {
    /// The text with the beginnings of templates doubled, so that a bake file has it as it is.
    fileprivate var escapingTemplates: String {
        replacing("${", with: "$${").replacing("%{", with: "%%{")
    }

    private func replacing(_ marks: String, with other: String) -> String {
        var out: [UInt8] = []
        var rest = Array(utf8)[...]
        let (wanted, written) = (Array(marks.utf8), Array(other.utf8))
        while !rest.isEmpty {
            if rest.starts(with: wanted) {
                out += written
                rest = rest.dropFirst(wanted.count)
            } else {
                out.append(rest.removeFirst())
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
