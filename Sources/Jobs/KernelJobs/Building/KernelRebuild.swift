package import CaissonBuildModel
package import CaissonContainerJobs
import CaissonSystem
import CaissonText

/// Builds a kernel a second time, and compares.
package struct KernelRebuild: Sendable {
    private let first: KernelResults
    private let job: KernelJob
    private let image: ImageReference
    private let machine: TargetArchitecture?
    private let inputs: BuildRequest

    /// Makes a second build of a job.
    ///
    /// - Parameters:
    ///   - first: What the first one has left.
    ///   - inputs: The secrets and agents that it may use.
    package init(
        first: KernelResults,
        job: KernelJob,
        image: ImageReference,
        machine: TargetArchitecture?,
        inputs: BuildRequest
    ) {
        (self.first, self.job, self.image, self.machine, self.inputs) = (first, job, image, machine, inputs)
    }

    /// Builds, and compares the artifacts.
    ///
    /// - Parameter stage: Where the first build's artifacts are.
    /// - Throws: `BuildError` where it can't be built a second time, or compared.
    package func run(
        on engine: JobEngine,
        beside stage: String,
        _ events: any BuildEventSink
    ) async throws -> KernelReproducibility {
        let id = BuildID()
        // The folder is found by the next job where this one is killed, as its name is of that form.
        let folder = PathFacts.join(PathFacts.split(stage).directory, ".caisson-\(id)")
        defer { DirectoryRemoval.remove(folder) }
        let time = first.facts["source-date"].flatMap { Int64($0) }
        var build = try KernelBuild(
            job.again(at: time),
            run: id,
            image: image,
            machine: machine,
            isVaried: job.check == .varied
        )
        build.take(secrets: inputs.secrets, ssh: inputs.ssh)
        try Self.make(folder)
        let run = build.jobRun(try build.write(to: folder))
        let steps = StepEvents(of: build.dockerfile, titled: "kernel again", to: events)
        do {
            try await run.fetch(on: engine, events: steps)
            _ = try await run.run(on: engine, to: folder, events: steps)
        } catch {
            try? await run.finish(on: engine, to: folder, isFailed: false)
            throw error
        }
        try? await run.finish(on: engine, to: folder, isFailed: false)
        _ = try KernelResults(of: build, in: folder).verdict()
        // What is unpacked for it needs the room that artifacts need.
        return try KernelReproducibility(job.check, first: stage, second: folder, temporaryFolder: folder)
    }

    private static func make(_ folder: String) throws(BuildError) {
        do throws(Errno) {
            try Directories.make(folder)
        } catch {
            throw BuildError(.output, "can't make \(folder.quoted): \(error)")
        }
    }
}
