import CaissonBuildModel
import CaissonJSON
import CaissonText

/// What a build was asked for, as far as the cache depends on it.
struct MissRequest: Sendable {
    /// The build arguments that steps can see; values that look like secrets are `***`.
    let arguments: [String: String]
    let secrets: Set<String>
    let hasForeignCache: Bool
    let network: String?
    private let isWithoutCache: Bool
    private let stagesWithoutCache: Set<String>

    init(_ submission: BuildSubmission) {
        let request = submission.request
        arguments = (request["args"]?.texts ?? [:]).filter { !Self.isUnseen($0.key) }
        secrets = Set(Self.texts(request["secrets"]))
        hasForeignCache = !Self.texts(request["cache-from"]).isEmpty
        network = request["network"]?.string
        isWithoutCache = request["no-cache"]?.isTrue ?? false
        stagesWithoutCache = Set(Self.texts(request["no-cache-filter"]).map { $0.lowercased() })
    }

    private static func texts(_ value: JSON?) -> [String] { (value?.array ?? []).compactMap(\.string) }

    /// Whether BuildKit keeps an argument out of the environment of steps, or out of their keys (`nonEnvArgs` and the
    /// proxies in `frontend/dockerfile/dockerfile2llb/convert.go`).
    private static func isUnseen(_ name: String) -> Bool {
        let proxies: Set<String> = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"]
        return proxies.contains(name.lowercased()) || name.hasPrefix("BUILDKIT_")
    }

    /// Whether it asks to do a step without the cache: only RUN, COPY and ADD take note of it.
    func skipsCache(of step: MissStep) -> MissCause.Kind? {
        let instruction = step.instruction
        guard instruction.keyword == "RUN" || instruction.copies, !step.name.isInternal else { return nil }
        if isWithoutCache { return .noCache(stage: nil) }
        let stage = step.stageName
        guard !stage.isEmpty, stagesWithoutCache.contains(stage.lowercased()) else { return nil }
        return .noCache(stage: stage)
    }

    /// An argument that differs.
    struct Difference: Sendable, Hashable {
        var name: String
        var before: String?
        var now: String?
    }

    /// The arguments whose values are known to differ, by name.
    func differences(since earlier: MissRequest) -> [Difference] {
        Set(arguments.keys).union(earlier.arguments.keys).sorted().compactMap { name in
            let (before, now) = (earlier.arguments[name], arguments[name])
            return before == now ? nil : Difference(name: name, before: before, now: now)
        }
    }

    /// The arguments that both have and whose values aren't kept.
    func hidden(with earlier: MissRequest) -> [String] {
        arguments.filter { $0.value == "***" && earlier.arguments[$0.key] == "***" }.keys.sorted()
    }
}
