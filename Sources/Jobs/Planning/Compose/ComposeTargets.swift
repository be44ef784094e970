import CaissonBuildModel
import CaissonJSON
import CaissonText

/// Makes targets of services.
struct ComposeTargets {
    private let model: ComposeModel
    var report: ComposeReport

    /// One target for each service that has a build, sorted by name.
    static func targets(of model: ComposeModel, _ report: inout ComposeReport) -> [ComposeTarget] {
        var maker = Self(model: model, report: report)
        var names: [String: String] = [:]
        var targets: [ComposeTarget] = []
        for service in model.names.compactMap({ model.services[$0] }) {
            guard let build = service.build, build.fields != nil else { continue }
            let target = maker.target(of: service, build)
            if let other = names.updateValue(service.name, forKey: target.name) {
                maker.report.refuse(
                    service.place,
                    "the services \(other.quoted) and \(service.name.quoted) are one target, \(target.name.quoted); rename one"
                )
            }
            targets.append(target)
        }
        report = maker.report
        return targets.sorted { JSON.precedes($0.name, $1.name) }
    }

    private mutating func target(of service: ComposeService, _ build: ComposeValue) -> ComposeTarget {
        var target = ComposeTarget(name: Self.sanitized(service.name), place: service.place)
        let path = "services.\(service.name).build"
        setTexts(&target, build)
        setTables(&target, build, service, path)
        target.tags = texts(build["tags"])
        target.platforms = texts(build["platforms"])
        target.cacheFrom = caches(build["cache_from"], "\(path).cache_from")
        target.cacheTo = caches(build["cache_to"], "\(path).cache_to")
        target.noCache = isTrue(build["no_cache"], "\(path).no_cache") ? true : nil
        target.pull = isTrue(build["pull"], "\(path).pull") ? true : nil
        _ = isTrue(build["privileged"], "\(path).privileged")
        target.shmSize = size(build["shm_size"], "\(path).shm_size")
        target.ulimits = ulimits(build["ulimits"], "\(path).ulimits")
        target.secrets = secrets(build["secrets"], "\(path).secrets")
        target.ssh = agents(build["ssh"])
        target.attestations = ["sbom", "provenance"].compactMap { attestation($0, build[$0], "\(path).\($0)") }
        if let extension_ = build["x-bake"], !extension_.isNull {
            ComposeExtension.apply(extension_, to: &target, "\(path).x-bake", &report)
        }
        if target.tags.isEmpty, !service.image.isEmpty { target.tags = [service.image] }
        return target
    }

    /// A service's name as a target's; dots are no part of those.
    static func sanitized(_ name: String) -> String {
        name.pieces(at: ".").joined(separator: "_")
    }

    /// A named context; the name of another service is that of its target.
    static func context(_ text: String) -> String {
        for prefix in ["service:", "target:"] where text.hasPrefix(prefix) {
            return "target:" + sanitized(String(text.dropFirst(prefix.count)))
        }
        return text
    }

    private func setTexts(_ target: inout ComposeTarget, _ build: ComposeValue) {
        func text(_ key: String) -> String? { build[key]?.text.flatMap { $0.isEmpty ? nil : $0 } }
        target.context = text("context")
        target.dockerfile = text("dockerfile")
        target.dockerfileInline = text("dockerfile_inline")
        target.target = text("target")
        target.network = text("network")
    }

    private mutating func setTables(
        _ target: inout ComposeTarget,
        _ build: ComposeValue,
        _ service: ComposeService,
        _ path: String
    ) {
        for (key, field) in build["additional_contexts"]?.sortedFields ?? [] {
            target.contexts[key] = Self.context(field.value.printed ?? "")
        }
        for (key, value) in ComposePairs.read(build["args"], "\(path).args", &report) {
            if let value = value ?? service.environment[key].flatMap({ $0 }) ?? model.environment[key] {
                target.arguments[key] = value
            }
        }
        for (key, field) in build["labels"]?.sortedFields ?? [] { target.labels[key] = field.value.printed ?? "" }
        for text in texts(build["labels"]) {
            let (key, value) = text.cut(at: "=") ?? (text, "")
            target.labels[key] = value
        }
        target.extraHosts = hosts(build["extra_hosts"], "\(path).extra_hosts")
    }

    // MARK: Values

    private func texts(_ value: ComposeValue?) -> [String] { (value?.list ?? []).compactMap(\.text) }

    private mutating func caches(_ value: ComposeValue?, _ path: String) -> [ComposeTarget.Cache] {
        var caches: [ComposeTarget.Cache] = []
        for item in value?.list ?? [] {
            do {
                caches += try ComposeEntries.caches(item.text ?? "")
            } catch {
                report.refuse(item.place, "\(path): \(error.message)")
            }
        }
        return caches
    }

    private mutating func isTrue(_ value: ComposeValue?, _ path: String) -> Bool {
        switch value?.kind {
        case .bool(let isTrue): return isTrue
        case .text(let text):
            if let isTrue = ComposeBoolean.parse(text) { return isTrue }
            if let value { report.refuse(value.place, "\(path): \(text.quoted) is no boolean; write true or false") }
            return false
        default: return false
        }
    }

    private mutating func size(_ value: ComposeValue?, _ path: String) -> String? {
        switch value?.kind {
        case .int(let bytes): return bytes > 0 ? ComposeSize.text(bytes) : nil
        case .text(let text):
            if let bytes = ComposeSize.parse(text) { return bytes > 0 ? ComposeSize.text(bytes) : nil }
            if let value {
                report.refuse(value.place, "\(path): \(text.quoted) is no size; write a number such as 64m")
            }
            return nil
        default: return nil
        }
    }

    private mutating func ulimits(_ value: ComposeValue?, _ path: String) -> [String] {
        var limits: [String] = []
        for (name, field) in value?.sortedFields ?? [] where !field.value.isBroken {
            let soft = (field.value["soft"] ?? field.value).printed ?? ""
            let hard = (field.value["hard"] ?? field.value).printed ?? ""
            do {
                limits.append(try Ulimit(parsing: "\(name)=\(soft):\(hard)").description)
            } catch {
                report.refuse(field.place, "\(path): \(error.description)")
            }
        }
        return limits
    }

    private mutating func secrets(_ value: ComposeValue?, _ path: String) -> [ComposeTarget.Secret] {
        var secrets: [ComposeTarget.Secret] = []
        for item in value?.list ?? [] {
            let source = item["source"]?.text ?? ""
            guard let secret = model.secrets[source] else { continue }
            guard !secret.isExternal else {
                report.refuse(
                    item.place,
                    "\(path): the secret \(source.quoted) is external, which a build can't read; write file or environment"
                )
                continue
            }
            secrets.append(ComposeTarget.Secret(id: source, file: secret.file, variable: secret.environment))
        }
        return secrets
    }

    private func agents(_ value: ComposeValue?) -> [ComposeTarget.SSH] {
        (value?.sortedFields ?? []).map { key, field in
            let path = field.value.printed ?? ""
            return ComposeTarget.SSH(id: key, paths: path.isEmpty ? [] : [path])
        }
    }

    private mutating func attestation(
        _ type: String,
        _ value: ComposeValue?,
        _ path: String
    ) -> ComposeTarget.Attestation? {
        guard let value, let text = value.text else { return nil }
        do {
            return try ComposeEntries.attestation(type, text)
        } catch {
            report.refuse(value.place, "\(path): \(error.message)")
            return nil
        }
    }

    private mutating func hosts(_ value: ComposeValue?, _ path: String) -> [String: String] {
        var hosts: [String: [String]] = [:]
        for (name, field) in value?.sortedFields ?? [] {
            hosts[name] = field.value.list?.compactMap(\.printed) ?? [field.value.printed ?? ""]
        }
        for item in value?.list ?? [] {
            guard let text = item.text else { continue }
            guard let (name, addresses) = text.cut(at: "=") ?? text.cut(at: ":") else {
                report.refuse(item.place, "\(path): \(text.quoted) has no address; write HOST=ADDRESS")
                continue
            }
            hosts[name, default: []] += addresses.pieces(at: ",")
        }
        if let value, let bad = hosts.keys.sorted().first(where: { $0.isEmpty || $0.contains(":") || $0.contains("=") })
        {
            report.refuse(value.place, "\(path): \(bad.quoted) is no host's name")
        }
        return hosts.mapValues { $0.map(Self.withoutBrackets).joined(separator: ",") }
    }

    private static func withoutBrackets(_ address: String) -> String {
        address.utf8.count > 2 && address.hasPrefix("[") && address.hasSuffix("]")
            ? String(address.dropFirst().dropLast()) : address
    }
}
