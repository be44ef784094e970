import CaissonEngineDiscovery
import CaissonJSON
import CaissonSystem
import CaissonText
import FoundationEssentials

/// What provenance is told of the GitHub workflow in which a builder's container is made (docker/buildx util/ghutil).
enum WorkflowContext {
    /// Where buildkitd finds it.
    static let path = "/etc/buildkit/provenance.d/github_actions_context.json"

    /// Facts that are told together or not at all, as variables have them.
    private static let groups = [
        ["GITHUB_ACTOR", "GITHUB_ACTOR_ID", "GITHUB_TRIGGERING_ACTOR"],
        ["GITHUB_REF", "GITHUB_REF_NAME", "GITHUB_REF_PROTECTED", "GITHUB_REF_TYPE"],
        ["GITHUB_REPOSITORY", "GITHUB_REPOSITORY_ID", "GITHUB_REPOSITORY_OWNER", "GITHUB_REPOSITORY_OWNER_ID"],
        [
            "GITHUB_JOB", "GITHUB_RUN_ATTEMPT", "GITHUB_RUN_ID", "GITHUB_RUN_NUMBER", "GITHUB_SERVER_URL",
            "GITHUB_WORKFLOW", "GITHUB_WORKFLOW_REF", "GITHUB_WORKFLOW_SHA",
        ],
        [
            "ImageOS", "ImageVersion", "RUNNER_OS", "RUNNER_ARCH", "RUNNER_ENVIRONMENT", "RUNNER_TRACKING_ID",
            "RUNNER_NAME",
        ],
    ]

    /// The names that aren't the variables' own in lower case.
    private static let names = [
        "ImageOS": "github_runner_image_os", "ImageVersion": "github_runner_image_version",
    ]

    /// The file's content; nil outside of a workflow.
    ///
    /// - Throws: `EngineError` with code `configuration` for an event that can't be read.
    static func content(_ variables: [String: String]) throws(EngineError) -> Data? {
        func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard GoBoolean.parse(value("GITHUB_ACTIONS") ?? "") == true,
            let event = value("GITHUB_EVENT_NAME"), let path = value("GITHUB_EVENT_PATH")
        else { return nil }
        var members = ["github_event_name": JSON.string(event)]
        members["github_event_payload"] = try payload(path)
        for group in groups {
            let values = group.compactMap(value)
            guard values.count == group.count else { continue }
            for (name, value) in zip(group, values) {
                let own = name.lowercased()
                members[names[name] ?? (own.hasPrefix("runner_") ? "github_" + own : own)] = .string(value)
            }
        }
        return Data(JSON(members).goBytes(indented: false))
    }

    private static func payload(_ path: String) throws(EngineError) -> JSON {
        let content: [UInt8]
        do {
            content = try BoundedFile.read(path, limit: 8 << 20)
        } catch {
            throw EngineError(.configuration, "GITHUB_EVENT_PATH: \(path) \(error.explanation)")
        }
        guard let value = try? JSON(parsing: content), value.isObject else {
            throw EngineError(.configuration, "GITHUB_EVENT_PATH: \(path) is no JSON object")
        }
        return value
    }
}
