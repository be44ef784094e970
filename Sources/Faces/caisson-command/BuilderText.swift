import CaissonEngineDiscovery
import CaissonBuildModel
import CaissonEngines
import CaissonJSON
import CaissonReporting
import CaissonText
import FoundationEssentials

/// An engine with what it says of itself when it runs.
struct EngineReport: Encodable {
    /// What is known here.
    var builder: ListedEngine
    /// What the engine says.
    var capabilities: EngineCapabilities?

    init(_ builder: ListedEngine, _ capabilities: EngineCapabilities?) {
        self.builder = builder
        self.capabilities = capabilities
        // Podman may answer where docker's address says dockerd.
        if let kind = capabilities?.kind { self.builder.kind = kind }
    }

    func encode(to encoder: any Encoder) throws {
        try builder.encode(to: encoder)
        try capabilities?.encode(to: encoder)
    }
}

/// Engines as text for people and for programs.
enum BuilderText {
    static func json(_ value: some Encodable) throws(BuildError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
        } catch {
            throw BuildError(.output, "can't print as JSON: \(error)")
        }
    }

    static func table(_ builders: [ListedEngine]) -> String {
        let rows =
            [["NAME", "KIND", "STATUS", "ENDPOINT", "FROM"]]
            + builders.map { [$0.name, $0.kind.rawValue, $0.status.rawValue, $0.endpoint, $0.origin] }
        return TextColumns.aligned(rows)
    }

    /// The fields of a template, with the heads of their columns (docker/buildx commands/ls.go).
    private static let heads = [
        ("Name", "NAME"), ("DriverEndpoint", "DRIVER/ENDPOINT"), ("Status", "STATUS"), ("Kind", "KIND"),
        ("Origin", "FROM"), ("Current", "CURRENT"),
    ]

    /// What a Go template makes of each, a line each; `table` before it gives them heads.
    static func text(_ builders: [ListedEngine], template text: String) throws -> String {
        let isTable = text.hasPrefix("table ")
        let words = (isTable ? String(text.dropFirst("table ".count)) : text).replacing(#"\t"#, with: "\t")
        let template = try GoTemplate(parsing: words)
        try template.requireFields(among: heads.map(\.0))
        var lines: [String] = []
        if isTable { lines.append(try template.render(.object(heads.map { JSONMember($0, .string($1)) }))) }
        for builder in builders {
            let values: [JSON] = [
                .string(builder.name), .string(builder.endpoint), .string(builder.status.rawValue),
                .string(builder.kind.rawValue), .string(builder.origin), .bool(builder.origin.hasSuffix(", in use")),
            ]
            lines.append(try template.render(.object(zip(heads, values).map { JSONMember($0.0, $1) })))
        }
        guard !isTable else { return TextColumns.aligned(lines.map { $0.pieces(at: "\t") }) }
        return lines.map { SafeText.line(Array($0.utf8), keepsTabs: true) + "\n" }.joined()
    }

    static func table(_ description: EngineReport) -> String {
        let info = description.builder
        var rows = [
            ["Name:", info.name], ["Kind:", info.kind.rawValue], ["Status:", info.status.rawValue],
            ["Endpoint:", info.endpoint], ["From:", info.origin],
        ]
        if let capabilities = description.capabilities {
            rows += self.rows(capabilities)
        }
        if let pid = info.pid { rows.append(["Process:", String(pid)]) }
        if let log = info.log { rows.append(["Log:", log]) }
        if let state = info.state { rows.append(["State:", state]) }
        for notice in info.notices { rows.append(["Note:", notice]) }
        return TextColumns.aligned(rows)
    }

    static func table(_ nodes: [NodeReport]) -> String {
        var rows = nodes.first.map { [["Name:", $0.builder]] } ?? []
        for description in nodes {
            rows += [[""], ["Node:", description.node.name], ["Endpoint:", description.node.address]]
            if !description.node.platforms.isEmpty {
                rows.append(["Meant for:", description.node.platforms.joined(separator: ", ")])
            }
            for (key, value) in description.node.labels.sorted(by: { $0.key < $1.key }) {
                rows.append(["Label:", "\(key)=\(value)"])
            }
            rows += description.node.container.map(self.rows) ?? []
            if let capabilities = description.capabilities {
                rows += [["Status:", "running"]] + self.rows(capabilities)
            } else {
                rows += [["Status:", "unreachable"], ["Error:", description.error ?? ""]]
            }
        }
        return TextColumns.aligned(rows)
    }

    private static func rows(_ container: NodeContainer) -> [[String]] {
        let options = container.options.sorted { $0.key < $1.key }.map { ["Option:", "\($0.key)=\($0.value)"] }
        let arguments = container.arguments.isEmpty ? [] : [["Arguments:", container.arguments.joined(separator: " ")]]
        let files = container.files.keys.sorted().map { ["File:", $0] }
        return options + arguments + files
    }

    private static func rows(_ capabilities: EngineCapabilities) -> [[String]] {
        var rows = [["Engine:", capabilities.engine]]
        if !capabilities.version.isEmpty { rows.append(["Version:", capabilities.version]) }
        rows += [
            ["Platforms:", capabilities.platforms.joined(separator: ", ")], ["Image store:", capabilities.imageStore],
            ["Outputs:", capabilities.outputs.joined(separator: ", ")],
        ]
        for worker in capabilities.workers {
            rows.append(["Worker:", worker.id + (worker.version.isEmpty ? "" : " (BuildKit \(worker.version))")])
            for (key, value) in worker.labels.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
                rows.append(["  Label:", "\(key)=\(value)"])
            }
            for policy in worker.policies { rows.append(["  GC policy:", policy.text]) }
        }
        return rows
    }
}
