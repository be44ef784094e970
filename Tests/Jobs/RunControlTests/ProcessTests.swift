import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonRunControl

@Suite(.timeLimit(.minutes(2))) struct ProcessTests {
    @Test func `three processes with a cap of two never run three builds`() async throws {
        let folder = StateFolder()
        let path = folder.path
        let one = try OtherProcess(.rounds, in: path)
        let two = try OtherProcess(.rounds, in: path)
        let three = try OtherProcess(.rounds, in: path)
        let ends = [try await one.end(), try await two.end(), try await three.end()]
        #expect(ends == [0, 0, 0])
        let entries = Ledger.read(path).filter { ["+", "-"].contains($0.what) }
        let running = entries.reduce(into: [0]) { $0.append($0[$0.count - 1] + ($1.what == "+" ? 1 : -1)) }
        #expect(running.count == 121 && running.last == 0)
        #expect(running.max() == 2)
        #expect(folder.names(in: "run/places") == [])
    }

    @Test func `the place of a process that is killed is another's within a second`() async throws {
        let folder = StateFolder()
        let path = folder.path
        let process = try OtherProcess(.endless, in: path)
        try await Ledger.wait(for: 1, path)
        // Another process is measured, as the tests beside this one may leave it no thread for a while.
        let waiting = try OtherProcess(.waiting, in: path)
        try await Ledger.wait(for: 2, path)
        let killed = BootClock.now
        process.kill()
        #expect(try await process.end() == SIGKILL)
        #expect(try await waiting.end() == 0)
        let entries = Ledger.read(path)
        #expect(entries.map(\.what) == ["+", "1?", "+", "-"])
        let wake = entries[2].time - killed
        print("places: begins \(wake / 1000) µs after kill -9 of the one before")
        #expect((0..<1_000_000_000).contains(wake))
    }

    @Test func `a shell that holds the lock of a ticket has a place until it is killed`() async throws {
        let folder = StateFolder()
        let run = RunDirectory(state: folder.path)
        try run.prepare("places")
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let reading = OwnedDescriptor(adopting: ends[0])
        let writing = OwnedDescriptor(adopting: ends[1])
        let script = #"exec 9<>"$0/shell" && flock 9 && echo held && exec sleep 600"#
        var request = SpawnRequest(
            executable: "/bin/sh",
            arguments: ["sh", "-c", script, run.path(of: "places")],
            environment: ["PATH=/usr/bin:/bin"]
        )
        request.standard[1] = writing.number
        let shell = try request.start()
        defer { waitpid(shell, nil, 0) }
        #expect(try BorrowedDescriptor(number: reading.number).readOnce(upTo: 10) == Array("held\n".utf8))
        let places = MachinePlaces(stateDirectory: folder.path, limits: .cap(1))
        try await places.withPlace(for: .named("a"), onWait: { _ in kill(shell, SIGKILL) }) {
            #expect(folder.names(in: "run/places").count == 1)
        }
    }

    @Test func `a waiting process that was stopped keeps no place from others`() async throws {
        let folder = StateFolder()
        let path = folder.path
        let places = MachinePlaces(stateDirectory: path, limits: .cap(1))
        let process = try await places.withPlace(for: .named("first"), onWait: { _ in }) {
            let process = try OtherProcess(.endless, in: path)
            while folder.names(in: "run/places").count < 2 { try await Task.sleep(for: .milliseconds(2)) }
            // Stopped before it has said so, it would wait all the same.
            try await Ledger.wait(for: 1, path)
            try await process.stop()
            return process.id
        }
        defer { waitpid(process, nil, 0) }
        try await places.withPlace(for: .named("second"), onWait: { _ in }) { _ = kill(process, SIGKILL) }
        #expect(Ledger.read(path).map(\.what) == ["1?"])
    }

    @Test func `a build in another process is cancelled in less than two seconds`() async throws {
        let folder = StateFolder()
        let path = folder.path
        let process = try OtherProcess(.cancellable, in: path)
        try await Ledger.wait(for: 1, path)
        let start = BootClock.now
        let id = try #require(OtherProcess.build)
        #expect(try await CancelKnock.cancel(id, stateDirectory: path, within: .seconds(2)) == .cancelling)
        #expect(try await process.end() == 0)
        let end = try #require(Ledger.read(path).last)
        print("places: a build in another process is cancelled in \((end.time - start) / 1000) µs")
        #expect(end.what == "-" && end.time - start < 2_000_000_000)
        #expect(folder.names(in: "run/builds") + folder.names(in: "run/doors") == [])
    }

    @Test func `nobody runs the builds of a process that was killed`() async throws {
        let folder = StateFolder()
        let process = try OtherProcess(.cancellable, in: folder.path)
        try await Ledger.wait(for: 1, folder.path)
        process.kill()
        #expect(try await process.end() == SIGKILL)
        let id = try #require(OtherProcess.build)
        #expect(try await CancelKnock.cancel(id, stateDirectory: folder.path, within: .seconds(2)) == .unknown)
        #expect(folder.names(in: "run/builds") + folder.names(in: "run/doors") == [])
    }
}
