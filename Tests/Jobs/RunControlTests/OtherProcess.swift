import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonRunControl

/// Another process: this test program once more, of which only `OtherProcessTests` runs, with a part to play.
///
/// Exit tests won't do, as each holds up a thread of the pool that the tests run on, and the machine may have only two.
struct OtherProcess: ~Copyable {
    /// What it does.
    enum Part: String {
        /// Runs twenty builds, one after the other, where two have places.
        case rounds
        /// Runs a build in the only place until it is killed.
        case endless
        /// Waits for the only place.
        case waiting
        /// Runs a build until it is cancelled.
        case cancellable
    }

    private static let variables = (part: "CAISSON_TEST_PART", folder: "CAISSON_TEST_FOLDER")
    /// The build that a cancellable process runs.
    static let build = BuildID("aaaaaaaaaaaaaaaaaaaaaaaaa")

    let id: pid_t

    /// Starts it.
    init(_ part: Part, in folder: String) throws {
        let program = try #require(PathFacts.linkTarget(of: "/proc/self/exe"))
        var environment = ["PATH=/usr/bin:/bin"]
        environment += ["\(Self.variables.part)=\(part)", "\(Self.variables.folder)=\(folder)"]
        if let libraries = getenv("LD_LIBRARY_PATH") {
            environment.append("LD_LIBRARY_PATH=\(String(cString: libraries))")
        }
        let filter = "RunControlTests.OtherProcessTests"
        let arguments = [program, "--testing-library", "swift-testing", "--filter", filter]
        id = try SpawnRequest(executable: program, arguments: arguments, environment: environment).start()
    }

    /// Kills it.
    func kill() { Glibc.kill(id, SIGKILL) }

    /// Stops it, and waits until all of its threads are.
    func stop() async throws {
        Glibc.kill(id, SIGSTOP)
        var status: Int32 = 0
        while waitpid(id, &status, WNOHANG | WUNTRACED) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(status & 0xff == 0x7f)
    }

    /// Waits for its end, and says how it ended.
    consuming func end() async throws -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, WNOHANG) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        return status
    }

    /// The part that this process has to play, and where; nil in the program that people start.
    static var own: (part: Part, folder: String)? {
        guard let name = getenv(variables.part), let folder = getenv(variables.folder),
            let part = Part(rawValue: String(cString: name))
        else { return nil }
        return (part, String(cString: folder))
    }
}

@Suite(.timeLimit(.minutes(1))) struct OtherProcessTests {
    @Test func `a process plays its part, and builds one after the other where it has none`() async throws {
        if let (part, path) = OtherProcess.own { return try await play(part, path) }
        let folder = StateFolder()
        try await play(.rounds, folder.path)
        #expect(Ledger.read(folder.path).map(\.what) == (0..<40).map { $0.isMultiple(of: 2) ? "+" : "-" })
    }

    private func play(_ part: OtherProcess.Part, _ path: String) async throws {
        switch part {
        case .rounds:
            let places = MachinePlaces(stateDirectory: path, limits: .cap(2))
            for round in 0..<20 { try await build("\(round)", in: places, path, for: .milliseconds(3)) }
        case .endless, .waiting:
            let places = MachinePlaces(stateDirectory: path, limits: .cap(1))
            try await build(part.rawValue, in: places, path, for: part == .endless ? .seconds(50) : .zero)
        case .cancellable:
            let (build, cancelled) = (try #require(OtherProcess.build), Gate())
            await withCancelDoor(stateDirectory: path) { door in
                await door.withRegistration(of: build) { _ in
                    cancelled.open()
                } _: {
                    Ledger.write("+", path)
                    await cancelled.wait()
                    Ledger.write("-", path)
                }
            }
        }
    }

    private func build(_ title: String, in places: MachinePlaces, _ path: String, for time: Duration) async throws {
        let tell: @Sendable (PlaceWait) -> Void = { Ledger.write("\($0.running)?", path) }
        try await places.withPlace(for: .named(title), onWait: tell) {
            Ledger.write("+", path)
            try await Task.sleep(for: time)
            Ledger.write("-", path)
        }
    }
}

/// What processes write of themselves, each entry with its time.
enum Ledger {
    static func write(_ what: String, _ folder: String) {
        let file = open(folder + "/ledger", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        let line = Array("\(what) \(BootClock.now)\n".utf8)
        Glibc.write(file, line, line.count)
        close(file)
    }

    /// The entries in the order in which they were made.
    static func read(_ folder: String) -> [(what: String, time: Int64)] {
        let content = (try? BoundedFile.read(folder + "/ledger")) ?? []
        return String(decoding: content, as: UTF8.self).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            return fields.count == 2 ? Int64(fields[1]).map { (String(fields[0]), $0) } : nil
        }
    }

    /// Waits until there are so many entries.
    static func wait(for count: Int, _ folder: String) async throws {
        while read(folder).count < count { try await Task.sleep(for: .milliseconds(2)) }
    }
}
