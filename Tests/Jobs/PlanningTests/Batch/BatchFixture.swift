import CaissonBuildModel
import CaissonText

@testable import CaissonPlanning

/// The builds of definitions that are only texts here.
enum BatchFixture {
    /// Reads files by name: those of compose and of bake.
    static func definition(
        _ files: [(name: String, text: String)],
        environment: [String: String] = [:],
        variables: [String: String] = [:]
    ) throws(BatchError) -> BatchDefinition {
        let inputs = inputs(environment, variables)
        let surroundings = BatchDefinition.Surroundings(inputs: inputs, home: "/home/user") { _, _ in .missing }
        let read = files.map { BakeFile(name: $0.name, bytes: Array($0.text.utf8)) }
        return try BatchDefinition(reading: read, in: surroundings)
    }

    /// The builds of a bake file's text; those of all targets where none is named.
    static func builds(
        _ text: String,
        of names: [String] = ["*"],
        flags: BakeFlags = BakeFlags(),
        environment: [String: String] = [:],
        isElsewhere: Bool = false,
        from base: BatchBase = BatchBase()
    ) throws(BatchError) -> BatchBuilds {
        var inputs = inputs(environment, [:])
        inputs.isElsewhere = isElsewhere
        return try definition([("docker-bake.hcl", text)], environment: environment)
            .builds(of: names, flags: flags, inputs: inputs, from: base)
    }

    /// The build of the target `t`, of which nothing is wrong.
    static func request(_ text: String, from base: BatchBase = BatchBase()) throws -> BuildRequest {
        let builds = try builds(text, of: ["t"], isElsewhere: base.address != nil, from: base)
        try builds.check()
        return try builds.request("t")
    }

    /// What is wrong with the target `t` of these lines, each without its beginning.
    static func problems(_ lines: String, from base: BatchBase = BatchBase()) throws -> [String] {
        let text = "target \"t\" {\n\(lines)\n}\n"
        let builds = try builds(text, of: ["t"], isElsewhere: base.address != nil, from: base)
        return builds.problems.map { problem in
            problem.message.cut(at: ";").map { $0.tail.rest(after: " target t: ") ?? $0.tail } ?? problem.message
        }
    }

    private static func inputs(_ environment: [String: String], _ variables: [String: String]) -> BakeInputs {
        BakeInputs(localPlatform: "linux/arm64", environment: environment, variables: variables)
    }
}

extension BatchBuilds {
    /// A target's build.
    func request(_ name: String) throws -> BuildRequest {
        guard let node = plan.nodes.first(where: { $0.name == name }) else { throw MissingTarget(name: name) }
        return node.request
    }

    /// That a target isn't among the builds.
    struct MissingTarget: Error {
        var name: String
    }
}
