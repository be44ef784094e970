import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonRunControl

@Suite(.timeLimit(.minutes(1))) struct MachinePlacesTests {
    @Test func `never more run than there are places, whoever looks`() async throws {
        let folder = StateFolder()
        let path = folder.path
        let running = Shared((now: 0, most: 0, begun: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                // Each has a watcher of its own, as other processes have.
                let places = MachinePlaces(stateDirectory: path, limits: .cap(3))
                for round in 0..<8 {
                    group.addTask {
                        try await places.withPlace(for: .named("\(number).\(round)"), onWait: { _ in }) {
                            running.change { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.begun + 1) }
                            await Task.yield()
                            running.change { $0.now -= 1 }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(running.value.begun == 40)
        #expect((1...3).contains(running.value.most))
        #expect(folder.names(in: "run/places") == [])
    }

    @Test func `who waits is told why, and begins when a place is given back`() async throws {
        let folder = StateFolder()
        let places = MachinePlaces(stateDirectory: folder.path, limits: .cap(1))
        let (begun, told, end) = (Gate(), Gate(), Gate())
        let waits = Shared<[PlaceWait]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await places.withPlace(for: .named("first in /srv"), onWait: { _ in }) {
                    begun.open()
                    await end.wait()
                }
            }
            await begun.wait()
            group.addTask {
                let tell: @Sendable (PlaceWait) -> Void = { wait in
                    waits.change { $0.append(wait) }
                    told.open()
                }
                try await places.withPlace(for: .named("second"), onWait: tell) {}
            }
            await told.wait()
            #expect(folder.names(in: "run/places").count == 2)
            end.open()
            try await group.waitForAll()
        }
        let expected = PlaceWait(ahead: 0, running: 1, reason: .cap(1), holders: ["first in /srv"])
        #expect(waits.value == [expected])
    }

    @Test func `cancelled while it waits, a build leaves no ticket`() async throws {
        let folder = StateFolder()
        let places = MachinePlaces(stateDirectory: folder.path, limits: .cap(1))
        try await places.withPlace(for: .named("first"), onWait: { _ in }) {
            let told = Gate()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await places.withPlace(for: .named("second"), onWait: { _ in told.open() }) {
                            Issue.record("it began")
                        }
                    }
                }
                await told.wait()
                #expect(folder.names(in: "run/places").count == 2)
                group.cancelAll()
            }
            #expect(folder.names(in: "run/places").count == 1)
        }
        #expect(folder.names(in: "run/places") == [])
    }

    @Test func `a body that fails gives its place back`() async throws {
        let folder = StateFolder()
        let places = MachinePlaces(stateDirectory: folder.path, limits: .cap(1))
        await #expect(throws: BuildError.self) {
            try await places.withPlace(for: .named("first"), onWait: { _ in }) { throw BuildError(.usage, "no") }
        }
        #expect(folder.names(in: "run/places") == [])
    }

    @Test func `who needs more than there is at all is refused by name`() async throws {
        let folder = StateFolder()
        var limits = MachineLimits()
        limits.memory = 5
        let places = MachinePlaces(stateDirectory: folder.path, limits: limits)
        let error = await #expect(throws: RunControlError.self) {
            try await places.withPlace(for: .named("app in /srv", memory: 6), onWait: { _ in }) {}
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.message == "app in /srv needs more memory than all builds may take together")
    }

    @Test func `a state directory that can't be used is said to be so before anything begins`() async throws {
        let folder = StateFolder()
        close(open(folder.path + "/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
        let places = MachinePlaces(stateDirectory: folder.path + "/file", limits: .cap(1))
        let error = await #expect(throws: RunControlError.self) {
            try await places.withPlace(for: .named("a"), onWait: { _ in }) { Issue.record("it began") }
        }
        #expect(error?.code == .unavailable && error?.message.contains("/file") == true)
    }

    @Test func `who waits is told when the state directory goes`() async throws {
        let folder = StateFolder()
        let places = MachinePlaces(stateDirectory: folder.path, limits: .cap(1))
        try await places.withPlace(for: .named("first"), onWait: { _ in }) {
            let error = await #expect(throws: RunControlError.self) {
                let path = folder.path
                let move: @Sendable (PlaceWait) -> Void = { _ in rename(path + "/run", path + "/gone") }
                try await places.withPlace(for: .named("second"), onWait: move) { _ = Issue.record("it began") }
            }
            #expect(error?.code == .unavailable)
        }
    }

    @Test func `a ticket that nobody holds is removed, and an unreadable one counts while it is held`() async throws {
        let folder = StateFolder()
        let run = RunDirectory(state: folder.path)
        try run.prepare("places")
        let path = run.path(of: "places")
        close(open(path + "/dead", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
        let strange = open(path + "/strange", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        #expect(flock(strange, LOCK_EX | LOCK_NB) == 0)
        let places = MachinePlaces(stateDirectory: folder.path, limits: .cap(1))
        let waits = Shared<[PlaceWait]>([])
        try await places.withPlace(
            for: .named("a"),
            onWait: { wait in
                waits.change { $0.append(wait) }
                close(strange)
            }
        ) {}
        #expect(waits.value.first?.holders == ["a build of another version of Caisson"])
        #expect(folder.names(in: "run/places") == [])
    }

    @Test func `where there is no bell, time alone is enough`() throws {
        let folder = StateFolder()
        let bell = PlaceBell(folder.path + "/nowhere")
        #expect(bell.patience == 100)
        let start = ContinuousClock.now
        #expect(!bell.wait(20) { _ in false }.isHeard)
        #expect(ContinuousClock.now - start >= .milliseconds(20))
    }

    @Test func `a bell rings for what goes, and not for what is this process's own`() throws {
        let folder = StateFolder()
        let bell = PlaceBell(folder.path)
        for name in ["own", "other"] {
            let file = open("\(folder.path)/\(name)", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
            #expect(!bell.wait(0) { _ in false }.isHeard)
            close(file)
            let ring = bell.wait(1000) { $0 == "own" }
            #expect(ring.isHeard == (name == "other") && ring.closed == (name == "other" ? ["other"] : []))
        }
        unlink(folder.path + "/other")
        let ring = bell.wait(1000) { _ in false }
        #expect(ring.isHeard && ring.closed == [])
    }
}
