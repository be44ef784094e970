import CaissonBuildModel
import CaissonJSON
import CaissonText

/// What a build was or is asked for, as far as the keys of steps depend on it.
struct ForecastAsked: Sendable {
    /// The arguments as the history keeps them: `***` for values that it doesn't.
    let arguments: [String: String]
    /// The arguments whose values can't be compared.
    var hidden: Set<String> = []
    /// The stage; nil for the last.
    let target: String?
    /// As the request has them; empty for the engine's own.
    let platforms: [String]
    /// The named contexts by small letters, and whether each is a directory of this machine.
    let contexts: [String: Bool]
    /// The named contexts as people write them.
    let contextTexts: [String: String]
    /// The main context as people write it.
    let context: String?
    /// The network of RUN steps.
    let network: String?
    /// Whether files of the main context are on this machine.
    let hasLocalContext: Bool
    /// Whether there is something that is part of RUN's keys and that records don't keep.
    var changesRuns = false

    /// Takes what the history keeps of a build.
    init(_ submission: BuildSubmission) {
        let request = submission.request
        arguments = request["args"]?.texts ?? [:]
        hidden = Set(arguments.filter { $0.value.contains("***") }.keys)
        (target, platforms, context) = (submission.target, submission.platforms, submission.context)
        contextTexts = request["contexts"]?.texts ?? [:]
        var local: [String: Bool] = [:]
        for (name, text) in contextTexts { local[name.lowercased()] = !Self.isRemote(text) }
        contexts = local
        network = request["network"]?.string
        hasLocalContext = !(submission.context.map(Self.isRemote) ?? false)
    }

    /// Takes what is asked for now.
    init(_ request: BuildRequest) {
        let time = Timestamp(seconds: 0)
        self.init(BuildSubmission(request, request.id ?? BuildID(), .build, at: time))
        for (name, value) in request.buildArgs where arguments[name] != value { hidden.insert(name) }
        var plain = request
        (plain.extraHosts, plain.shmSize, plain.ulimits, plain.cgroupParent) = ([], nil, [], nil)
        plain.resources = ResourceLimits()
        plain.platformBuildArgs = [:]
        changesRuns = plain != request
    }

    /// The value of an argument; a mark where it can't be compared, nil where none is given.
    func value(of name: String) -> String? {
        guard let value = arguments[name] else { return nil }
        return hidden.contains(name) ? ForecastScope.hidden : value
    }

    /// The platform that is built for, where only one is asked for or one is told.
    func platform(_ own: String) -> String { own.isEmpty ? platforms.first ?? "" : own }

    private static func isRemote(_ text: String) -> Bool {
        ["://", "git@", ":"].contains { mark in text.contains(mark) } && !text.hasPrefix("/")
    }

    /// Why nothing of the two builds can be compared; nil where all can.
    func obstacle(with earlier: ForecastAsked) -> String? {
        let all = Set(arguments.keys).union(earlier.arguments.keys)
        let global = all.filter { $0.hasPrefix("BUILDKIT_") || $0 == "SOURCE_DATE_EPOCH" }
        if global.contains(where: { arguments[$0] != earlier.arguments[$0] }) {
            return "arguments for the frontend differ"
        }
        return contextTexts == earlier.contextTexts ? nil : "the named contexts differ"
    }
}
