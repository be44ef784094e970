import CaissonText

/// Whether the parts of a model fit together.
enum ComposeConsistency {
    /// Reports what doesn't.
    static func check(_ model: ComposeModel, _ report: inout ComposeReport) {
        for name in model.names {
            guard let service = model.services[name] else { continue }
            guard let build = service.build else {
                if service.image.isEmpty {
                    report.refuse(service.place, "the service \(name.quoted) has neither an image nor a build")
                }
                continue
            }
            check(build, of: service, model, &report)
        }
        for (name, secret) in model.secrets.sorted(by: { $0.key < $1.key }) where !secret.isExternal {
            guard secret.file.isEmpty, secret.environment.isEmpty else { continue }
            report.refuse(
                secret.place,
                "the secret \(name.quoted) has neither a file nor a variable; write file or environment"
            )
        }
    }

    private static func check(
        _ build: ComposeValue,
        of service: ComposeService,
        _ model: ComposeModel,
        _ report: inout ComposeReport
    ) {
        let name = service.name
        if let inline = build["dockerfile_inline"], inline.text != "", let file = build["dockerfile"], file.text != "" {
            report.refuse(inline.place, "services.\(name).build: dockerfile and dockerfile_inline exclude each other")
        }
        for (key, field) in build["additional_contexts"]?.sortedFields ?? [] {
            guard let text = field.value.text, text.hasPrefix("service:") else { continue }
            let other = String(text.dropFirst("service:".count))
            guard let linked = model.services[other] else {
                let hint = nearest(to: other, among: model.names).map { "; did you mean \($0)?" } ?? ""
                report.refuse(
                    field.value.place,
                    "services.\(name).build.additional_contexts.\(key): there is no service \(other.quoted)\(hint)"
                )
                continue
            }
            if linked.build == nil {
                report.refuse(
                    field.value.place,
                    "services.\(name).build.additional_contexts.\(key): the service \(other.quoted) has no build"
                )
            }
        }
        for item in build["secrets"]?.list ?? [] where item.fields != nil {
            let source = item["source"]?.text ?? ""
            guard model.secrets[source] == nil else { continue }
            let hint = nearest(to: source, among: model.secrets.keys.sorted()).map { "; did you mean \($0)?" } ?? ""
            report.refuse(
                item.place,
                "services.\(name).build.secrets: there is no secret \(source.quoted) under secrets:\(hint)"
            )
        }
    }
}
