import CaissonText

/// A service that is built, with what its build needs from other parts of the model.
struct ComposeService {
    var name: String
    /// Where its key stands.
    var place: ComposePlace
    var image: String
    /// The build; nil for a service that runs an image.
    var build: ComposeValue?
    /// Its variables, those of its files included; one without a value is nil.
    var environment: [String: String?]
}

/// A secret at the top of a model.
struct ComposeSecret {
    var place: ComposePlace
    var file: String
    var environment: String
    var isExternal: Bool

    init(_ field: ComposeField) {
        place = field.place
        file = field.value["file"]?.text ?? ""
        environment = field.value["environment"]?.text ?? ""
        switch field.value["external"]?.kind {
        case .bool(let isTrue): isExternal = isTrue
        case .text(let text): isExternal = ComposeBoolean.parse(text) ?? false
        default: isExternal = false
        }
    }
}

/// The services and secrets of a model.
struct ComposeModel {
    /// Services by name.
    var services: [String: ComposeService] = [:]
    /// Secrets by name.
    var secrets: [String: ComposeSecret] = [:]
    /// Variables of the project.
    var environment: [String: String]

    /// The names of services in their order.
    var names: [String] { services.keys.sorted() }
}

extension ComposeLoader {
    /// The services and secrets of a model that was checked, with the variables of their files.
    mutating func decoded(_ model: ComposeValue, environment: [String: String]) -> ComposeModel {
        var decoded = ComposeModel(environment: environment)
        for (name, field) in model["services"]?.sortedFields ?? [] where !field.value.isBroken {
            decoded.services[name] = ComposeService(
                name: name,
                place: field.place,
                image: field.value["image"]?.text ?? "",
                build: field.value["build"],
                environment: variables(of: field.value, name, environment)
            )
        }
        for (name, field) in model["secrets"]?.sortedFields ?? [] where !field.value.isBroken {
            decoded.secrets[name] = ComposeSecret(field)
        }
        return decoded
    }

    /// The variables of a service: its own, then those of its files.
    private mutating func variables(
        of service: ComposeValue,
        _ name: String,
        _ environment: [String: String]
    ) -> [String: String?] {
        let pairs = ComposePairs.read(service["environment"], "services.\(name).environment", &report)
        var own: [String: String?] = [:]
        for (key, value) in pairs { own[key] = .some(value ?? environment[key]) }
        var values = own.compactMapValues { $0 }
        for file in service["env_file"]?.list ?? [] {
            guard let path = file["path"]?.text else { continue }
            guard isToRead(file, path) else { continue }
            let format = file["format"]?.text ?? ""
            guard ["", ".env", "raw"].contains(format) else {
                report.refuse(
                    file.place,
                    "services.\(name).env_file: the format \(format.quoted) isn't known; write raw"
                )
                continue
            }
            values = variables(of: path, namedAt: file.place, adding: values, isRaw: format == "raw") { key in
                environment[key] ?? own[key].flatMap { $0 }
            }
        }
        return values.mapValues { Optional($0) }.merging(own) { $1 }
    }

    /// Whether a file of variables is there, or has to be.
    private func isToRead(_ file: ComposeValue, _ path: String) -> Bool {
        guard case .missing = files.content(of: path) else { return true }
        switch file["required"]?.kind {
        case .bool(let isTrue): return isTrue
        case .text(let text): return ComposeBoolean.parse(text) ?? true
        default: return true
        }
    }
}

/// Tables and lists of names with values.
enum ComposePairs {
    /// The values by name, nil for a name without one.
    static func read(
        _ value: ComposeValue?,
        _ path: String,
        _ report: inout ComposeReport
    ) -> [String: String?] {
        var pairs: [String: String?] = [:]
        for (key, field) in value?.sortedFields ?? [] { pairs[key] = .some(field.value.printed) }
        for item in value?.list ?? [] {
            guard let text = item.text else { continue }
            let (name, rest) = text.cut(at: "=").map { ($0.head, Optional($0.tail)) } ?? (text, nil)
            if let last = name.utf8.last, last <= 0x20 {
                report.refuse(item.place, "\(path): the name \(name.quoted) ends in a blank; remove it")
            }
            pairs[name] = .some(rest)
        }
        return pairs
    }
}
