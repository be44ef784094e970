import CaissonBuildModel
import CaissonContainerJobs
import Synchronization
import Testing

@Suite struct JobRunTests {
    /// What a run that fetches asks of an engine that does nothing.
    private func requests(_ body: (JobRun, JobEngine, StepEvents) async throws -> Void) async -> [BuildRequest] {
        let asked = Asked()
        let engine = JobEngine(
            name: "none",
            build: { request, _ in
                asked.requests.withLock { $0.append(request) }
                throw BuildError(.engine, "none")
            },
            remove: { _ in }
        )
        var dockerfile = JobDockerfile(run: BuildID(), image: "tools", files: [], command: ["true"])
        dockerfile.fetch = JobDockerfile.Fetch(mounts: [], command: ["true"])
        var request = BuildRequest(context: .empty)
        (request.secrets, request.ssh) = ([SecretSpec(id: "token")], [SSHSpec(id: "default")])
        let run = JobRun(dockerfile, request, titled: "kernel")
        try? await body(run, engine, StepEvents(of: dockerfile, titled: "kernel", to: Unheard()) { _, _ in })
        return asked.requests.withLock { $0 }
    }

    @Test func `what is fetched becomes no image`() async {
        let asked = await requests { try await $0.fetch(on: $1, events: $2) }
        #expect(asked.map(\.exports) == [[.cacheOnly]])
        #expect(asked.map(\.secrets.count) == [1])
    }

    @Test func `what a failed run has left is brought without its secrets`() async {
        let asked = await requests { run, engine, _ in try await run.finish(on: engine, to: "/nowhere", isFailed: true)
        }
        #expect(asked.map(\.target) == [JobDockerfile.kept])
        #expect(asked.allSatisfy { $0.secrets.isEmpty && $0.ssh.isEmpty })
    }
}

/// What was asked.
private final class Asked: Sendable {
    let requests = Mutex<[BuildRequest]>([])
}

/// For a build that nobody is shown.
private struct Unheard: BuildEventSink {
    func receive(_ event: BuildEvent) {}
}
