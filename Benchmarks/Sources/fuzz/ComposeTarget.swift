import CaissonPlanning
import CaissonText

/// Compose files that name each other: they are loaded or refused, always the same way.
func fuzzCompose(_ bytes: [UInt8]) {
    let parts = FuzzParts(bytes, mark: "== ")
    var files: [String: [UInt8]] = [:]
    var environment: [String: String] = [:]
    var order = ["compose.yaml"]
    for (title, body) in parts.parts {
        let (kind, name) = title.cut(at: " ") ?? (title, "")
        switch kind {
        case "file": files[name] = body
        case "open": files[name] = Array(body.dropLast())
        case "environment": environment = FuzzParts.variables(body.split(separator: 0x0A))
        case "order":
            order = body.split(separator: 0x0A).prefix(4).map { String(decoding: $0, as: UTF8.self) }
        default: continue
        }
    }
    if files.isEmpty { files["compose.yaml"] = bytes }
    let known = files
    let sources = ComposeSources(
        files: order.map { ComposeSources.File(name: $0, bytes: known[$0] ?? []) },
        environment: environment,
        home: "/home/user"
    ) { path, limit in
        if let bytes = known[path] { return bytes.count > limit ? .tooLarge : .bytes(bytes) }
        return known.keys.contains { $0.hasPrefix(path + "/") } ? .directory : .missing
    }
    check(sources)
}

private func check(_ sources: ComposeSources) {
    do throws(ComposeError) {
        let project = try ComposeProject(loading: sources)
        precondition(Set(project.targets.map(\.name)).count == project.targets.count, "a target is there twice")
        let again = try? ComposeProject(loading: sources)
        precondition(again?.targets == project.targets, "files are read in another way the second time")
    } catch {
        precondition(!error.problems.isEmpty, "a refusal says nothing")
        precondition(error.problems.allSatisfy { !$0.message.isEmpty }, "a problem says nothing")
    }
}
