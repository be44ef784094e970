package import CaissonBuildModel
import CaissonText

/// A task as builds: each step is one, and so is each directory that leaves it.
///
/// ```
/// step ─┐                                   workspace, artifacts: cache mounts that all of them share on the engine
/// step ─┼─▶ step ─▶ «collect artifacts» ─▶ <artifact directory>/<task>
/// step ─┘        └▶ «collect workspace» ─▶ <workspace directory>/<task>
/// ```
/// What is collected is collected however the steps end, but not where the task is interrupted or no command was begun.
/// All nodes have to run on one engine.
package struct TaskPlan: Sendable {
    /// The task.
    package let job: TaskJob
    /// What its run depends on beside it.
    package let settings: TaskSettings
    /// The builds: the steps in their order, then what is collected.
    package let plan: BuildPlan
    /// The image whose `cp` is run to collect.
    package let collector: ImageReference?

    /// How long the task may take as a whole from when its first step begins; nil for no bound.
    ///
    /// Whoever runs the plan sees to it.
    package var timeout: Duration? { job.timeout ?? settings.taskTimeout }
    /// What the task takes of the machine as a whole, its parallel steps together.
    ///
    /// Nodes say of theirs only whether they need the network: the task has one place of the machine (`TaskPlace`).
    package var needs: MachineNeeds { job.resources }
    /// The directory that gets the artifacts; nil where they aren't collected.
    package var artifactDirectory: String? { settings.artifactDirectory.map { "\($0)/\(job.id)" } }
    /// The directory that gets the workspace; nil where it isn't kept.
    package var workspaceDirectory: String? { settings.workspaceDirectory.map { "\($0)/\(job.id)" } }

    /// A filter for BuildKit's records that finds what the steps shared, to have it removed afterwards.
    ///
    /// BuildKit of Docker 20.10 doesn't tell the names of mounts, so that it finds nothing there.
    package var recordFilter: String { "description~=\(dockerfile.mountPrefix)" }

    /// The name of the node that collects the artifacts; no step can have it.
    package static let artifactsNode = "collect artifacts"
    /// The name of the node that collects the workspace.
    package static let workspaceNode = "collect workspace"

    let dockerfile: TaskDockerfile

    /// Makes the builds of a task.
    package init(_ job: TaskJob, _ settings: TaskSettings) {
        self.job = job
        self.settings = settings
        collector = settings.collector ?? Self.commonImage(job.steps)
        dockerfile = TaskDockerfile(run: settings.run, job)
        let maker = NodeMaker(job: job, settings: settings, dockerfile: dockerfile)
        var plan = BuildPlan(job.steps.map(maker.node(of:)))
        if let collector {
            let ends = job.steps.map { Dependency(on: $0.id, .always) }
            for var node in maker.collections(collector) {
                node.dependencies = ends
                plan.nodes.append(node)
            }
        }
        plan.keepsGoing = settings.keepsGoing
        self.plan = plan
    }

    /// What is collected, as a plan of its own: for when the task was stopped as a whole, and its plan with it.
    package var collection: BuildPlan {
        var nodes = Array(plan.nodes.dropFirst(job.steps.count))
        for index in nodes.indices { nodes[index].dependencies = [] }
        var plan = BuildPlan(nodes)
        plan.keepsGoing = true
        return plan
    }

    /// The image of most steps, of several such the one that comes first.
    private static func commonImage(_ steps: [TaskJob.Step]) -> ImageReference? {
        let counts = Dictionary(steps.map { ($0.image, 1) }, uniquingKeysWith: +)
        let most = counts.values.max()
        return steps.first { counts[$0.image] == most }?.image
    }

    /// What people are shown of a node, by its place among the plan's: a step's command, or what is collected.
    package func title(of place: Int) -> String {
        guard job.steps.indices.contains(place) else {
            guard plan.nodes.indices.contains(place) else { return "" }
            let isWorkspace = plan.nodes[place].name == Self.workspaceNode
            return "cp \(isWorkspace ? TaskDirectory.workspace : TaskDirectory.artifacts)"
        }
        let step = job.steps[place]
        var title = ""
        for word in [step.command] + step.arguments {
            title += (title.isEmpty ? "" : " ") + ShellWords.quoted(word).onOneLine
            guard title.utf8.count <= Self.longestTitle else {
                return String(title.unicodeScalars.prefix(Self.longestTitle)) + "…"
            }
        }
        return title
    }

    private static let longestTitle = 200
}

extension TaskPlan {
    /// How long each build is expected to take, where the task says how long it takes as a whole.
    ///
    /// They are thought to be equal, and to have so many places that none is ever free.
    package func estimates(jobs: Int?) -> [String: Duration] {
        guard let whole = job.estimatedDuration, !plan.nodes.isEmpty else { return [:] }
        let count = plan.nodes.count
        let part = whole / count * min(max(jobs ?? count, 1), count)
        return Dictionary(plan.nodes.map { ($0.name, part) }) { first, _ in first }
    }

    /// Whether a node takes something out.
    package func collects(_ name: String) -> Bool { name == Self.artifactsNode || name == Self.workspaceNode }

    /// Whether the engine came as far as to the command of a step, so that there may be something to take out.
    package func hasBegun(_ output: TaskOutput) -> Bool {
        job.steps.indices.contains { output.node(at: $0)?.hasBegun == true }
    }
}

extension String {
    /// The text with an escape in place of each control character.
    fileprivate var onOneLine: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            text += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }
    }
}

/// Makes the nodes of a plan.
private struct NodeMaker {
    let job: TaskJob
    let settings: TaskSettings
    let dockerfile: TaskDockerfile

    func node(of step: TaskJob.Step) -> BuildPlan.Node {
        var request = request(dockerfile.text(of: step, in: job.id))
        request.buildArgs = dockerfile.arguments(of: step)
        let hasNetwork = settings.isNetworkEnabled && job.hasNetwork(step)
        request.network = hasNetwork ? nil : NetworkMode.none
        request.exports = [.cacheOnly]
        var node = BuildPlan.Node(step.id, request)
        node.dependencies = step.dependencies.map { Dependency(on: $0) }
        node.policy = policy
        node.policy.timeout = step.timeout ?? settings.stepTimeout
        node.policy.needs.network = step.network ?? job.resources.network
        return node
    }

    /// What takes directories out, so far without dependencies.
    func collections(_ image: ImageReference) -> [BuildPlan.Node] {
        let wanted: [(name: String, share: TaskShare, directory: String?)] = [
            (TaskPlan.artifactsNode, .artifacts, settings.artifactDirectory),
            (TaskPlan.workspaceNode, .workspace, settings.workspaceDirectory),
        ]
        return wanted.compactMap { name, share, directory in
            guard let directory else { return nil }
            var request = request(dockerfile.text(collecting: share, with: image))
            request.network = NetworkMode.none
            let target = settings.exports[share] ?? "\(directory)/\(job.id)"
            request.exports = [.local(directory: target, attributes: [:])]
            var node = BuildPlan.Node(name, request)
            node.policy = policy
            node.policy.timeout = settings.stepTimeout
            return node
        }
    }

    private func request(_ dockerfile: String) -> BuildRequest {
        BuildRequest(context: .empty, dockerfile: .text(Array(dockerfile.utf8)))
    }

    private var policy: NodePolicy {
        var policy = NodePolicy()
        policy.priority = job.priority
        policy.owner = job.owner
        policy.project = job.project
        return policy
    }
}
