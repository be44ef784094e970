import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc
import Testing

@testable import CaissonTasks

/// What runs leave is theirs to replace and to remove, and nothing else is.
@Suite final class TaskRemainsTests {
    private let home: String
    private var base: String { home + "/artifacts" }
    private static let day: [TaskShare: Duration] = [.artifacts: .seconds(86_400), .workspace: .seconds(86_400)]
    private static let none: [TaskShare: Duration] = [.artifacts: .zero, .workspace: .zero]

    init() throws {
        home = try TemporaryDirectory.make(for: "remains", [:])
    }

    deinit { DirectoryRemoval.remove(home) }

    private func remains() throws -> TaskRemains { try #require(TaskRemains(stateDirectory: home)) }

    private func write(_ path: String) throws {
        try Directories.make(PathFacts.split(path).directory)
        try AtomicFile.replace(path, with: [1])
    }

    private func names(_ path: String) -> [String] { DirectoryNames.sorted(in: path, limit: 100) }

    /// Runs a task that leaves a file; returns the run, and where its artifacts are.
    @discardableResult
    private func run(_ file: String?, id: String = "job") throws -> (run: BuildID, place: String?) {
        var settings = TaskSettings()
        settings.artifactDirectory = base
        let job = TaskJob(id, steps: [TaskJob.Step("a", image: .named("box:1"), command: "x")])
        let exports = TaskExports([.artifacts: base], of: id, &settings, in: try remains())
        let plan = TaskPlan(job, settings)
        let target = try #require(settings.exports[.artifacts] ?? plan.artifactDirectory)
        if let file { try write("\(target)/\(file)") }
        let ends = [TaskPlan.artifactsNode: TaskNodeEnd(file == nil ? .cancelled : .succeeded)]
        let time = (started: Timestamp(seconds: 0), duration: Duration.zero)
        var result = TaskResult(plan, ends: ends, output: TaskOutput(of: plan), time: time)
        exports?.end(&result)
        return (settings.run, result.artifacts)
    }

    @Test func `a run's artifacts take the place of those of the run before it`() throws {
        #expect(try run("old").place == "\(base)/job")
        #expect(names(base) == ["job"] && names("\(base)/job") == ["old"])
        #expect(try run("new").place == "\(base)/job")
        #expect(names(base) == ["job"] && names("\(base)/job") == ["new"])
    }

    @Test func `a directory that no run has made is neither emptied nor removed`() async throws {
        try write("\(base)/job/mine")
        #expect(try run("new").place == "\(base)/job")
        #expect(names("\(base)/job") == ["mine", "new"])
        await (try remains()).clear(Self.none, but: BuildID()) { _ in false }
        #expect(names("\(base)/job") == ["mine", "new"] && names(base) == ["job"])
    }

    @Test func `a directory that somebody made in place of a run's isn't the run's`() async throws {
        let first = try run("old")
        #expect(rename("\(base)/job".cPath, "\(base)/kept".cPath) == 0)
        try write("\(base)/job/mine")
        try run("new")
        #expect(names("\(base)/job") == ["mine", "new"])
        await (try remains()).clear(Self.none, but: BuildID()) { _ in false }
        #expect(names("\(base)/job") == ["mine", "new"] && names("\(base)/kept") == ["old"])
        #expect(!names(home + "/tasks").contains(first.run.description))
        // Nor is what a link leads to.
        try run("x", id: "other")
        #expect(rename("\(base)/other".cPath, "\(base)/moved".cPath) == 0)
        #expect(symlink("\(base)/moved".cPath, "\(base)/other".cPath) == 0)
        await (try remains()).clear(Self.none, but: BuildID()) { _ in false }
        #expect(names("\(base)/moved") == ["x"])
    }

    @Test func `what is too old is removed, but not of the run itself, one that runs, or a pinned one`() async throws {
        let ended = try run("x", id: "ended")
        let pinned = try run("x", id: "pinned")
        var settings = TaskSettings()
        let open = TaskExports([.artifacts: base], of: "open", &settings, in: try remains())
        let stage = try #require(settings.exports[.artifacts])
        try write("\(stage)/x")
        let remains = try remains()
        await remains.clear(Self.day, but: BuildID()) { _ in false }
        await remains.clear(Self.none, but: ended.run) { $0 == pinned.run }
        #expect(names(base) == [PathFacts.split(stage).name, "ended", "pinned"])
        await remains.clear([.workspace: .zero], but: BuildID()) { _ in false }
        #expect(names(base).count == 3)
        await remains.clear(Self.none, but: BuildID()) { $0 == pinned.run }
        #expect(names(base) == [PathFacts.split(stage).name, "pinned"])
        let later = Timestamp(seconds: Timestamp.now.seconds + 86_401)
        await remains.clear(Self.day, but: BuildID(), now: later) { _ in false }
        #expect(names(base) == [PathFacts.split(stage).name] && names(home + "/tasks").count == 1)
        open?.discard()
        #expect(names(base).isEmpty && names(home + "/tasks").isEmpty)
    }

    @Test func `a run that ends without artifacts leaves nothing, and the earlier ones stay`() throws {
        try run("old")
        let other = try run(nil)
        #expect(other.place == nil && names(base) == ["job"] && names("\(base)/job") == ["old"])
        #expect(!names(home + "/tasks").contains(other.run.description))
    }

    @Test func `of runs side by side each has a whole directory`() throws {
        var (one, two) = (TaskSettings(), TaskSettings())
        let first = try #require(TaskExports([.artifacts: base], of: "job", &one, in: try remains()))
        let second = try #require(TaskExports([.artifacts: base], of: "job", &two, in: try remains()))
        for (settings, exports, file) in [(one, first, "a"), (two, second, "b")] {
            try write("\(try #require(settings.exports[.artifacts]))/\(file)")
            var made = settings
            made.artifactDirectory = base
            let plan = TaskPlan(TaskJob("job", steps: []), made)
            let ends = [TaskPlan.artifactsNode: TaskNodeEnd(.succeeded)]
            var result = TaskResult(
                plan,
                ends: ends,
                output: TaskOutput(of: plan),
                time: (Timestamp(seconds: 0), .zero)
            )
            result.artifacts = "\(base)/job"
            exports.end(&result)
            #expect(result.artifacts == "\(base)/job" && names("\(base)/job") == [file])
        }
        #expect(names(base) == ["job"])
    }

    @Test func `where somebody makes a directory of that name meanwhile, the run's own name is told`() throws {
        var settings = TaskSettings()
        let exports = try #require(TaskExports([.workspace: base], of: "job", &settings, in: try remains()))
        try write("\(base)/job/mine")
        settings.workspaceDirectory = base
        let plan = TaskPlan(TaskJob("job", steps: []), settings)
        var result = TaskResult(plan, ends: [:], output: TaskOutput(of: plan), time: (Timestamp(seconds: 0), .zero))
        result.workspace = "\(base)/job"
        exports.end(&result)
        #expect(result.workspace == "\(base)/job.\(settings.run)" && names("\(base)/job") == ["mine"])
        #expect(names(base) == ["job", "job.\(settings.run)"])
    }

    @Test func `notes that say something else remove nothing`() async throws {
        try write("\(base)/job/mine")
        let remains = try remains()
        let identity = try #require(DirectoryIdentity(of: "\(base)/job")).text
        for line in [
            "artifacts \(base)/job", "artifacts 1:2:3 \(base)/job", "artifacts 1:x:3 \(base)/job", "artifacts",
            "other \(identity) \(base)/job", "artifacts \(identity) artifacts/job", "", "artifacts \(identity)",
            "artifacts 99999999999999999999:1:99999999999 \(base)/job", "artifacts 1:2:4294967296 \(base)",
        ] {
            try AtomicFile.replace("\(home)/tasks/\(BuildID())", with: Array((line + "\n").utf8))
        }
        await remains.clear(Self.none, but: BuildID()) { _ in false }
        #expect(names("\(base)/job") == ["mine"] && names(home + "/tasks").isEmpty)
    }

    @Test func `directories that their owner can't enter are removed, and what links lead to isn't`() throws {
        try write("\(base)/a/b/c")
        try write("\(base)/outside/kept")
        #expect(chmod("\(base)/a/b".cPath, 0) == 0)
        #expect(symlink("\(base)/outside".cPath, "\(base)/a/link".cPath) == 0)
        DirectoryRemoval.remove("\(base)/a")
        #expect(names(base) == ["outside"] && names("\(base)/outside") == ["kept"])
    }
}
