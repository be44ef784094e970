import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonRunControl

@Suite(.timeLimit(.minutes(1))) struct CancelDoorTests {
    private func knock(_ id: BuildID, _ path: String) async throws -> CancelAnswer {
        try await CancelKnock.cancel(id, stateDirectory: path, within: .seconds(10))
    }

    /// A connection to the only door.
    private func connection(_ folder: borrowing StateFolder) throws -> SharedDescriptor {
        let door = try #require(folder.names(in: "run/doors").first)
        return SharedDescriptor(adopting: try UnixSocket.connect("\(folder.path)/run/doors/\(door)").get())
    }

    @Test func `a build is cancelled by its name, and only while it is registered`() async throws {
        let folder = StateFolder()
        let path = folder.path
        let (one, other) = (BuildID(), BuildID())
        let called = Shared<[String]>([])
        try await withCancelDoor(stateDirectory: path) { door in
            #expect(try await knock(one, path) == .unknown)
            #expect(folder.names(in: "run") == [])
            try await door.withRegistration(of: one) { whom in
                called.change { $0.append(whom) }
            } _: {
                let answers = (try await knock(one, path), try await knock(other, path))
                #expect(answers == (.cancelling, .unknown))
                #expect(folder.names(in: "run/doors").count == 1)
            }
            #expect(try await knock(one, path) == .unknown)
        }
        // The answer comes before the call.
        while called.value.isEmpty { await Task.yield() }
        #expect(called.value == ["process \(getpid()) of user \(geteuid())"])
        #expect(folder.names(in: "run/builds") + folder.names(in: "run/doors") == [])
    }

    @Test func `a door is for all builds of a process, and none but the user may enter where it is`() async throws {
        let folder = StateFolder()
        let door = CancelDoor(stateDirectory: folder.path)
        let ids = (0..<5).map { _ in BuildID() }
        for id in ids { try door.register(id) { _ in } }
        #expect(folder.names(in: "run/builds") == ids.map(\.description).sorted())
        #expect(folder.names(in: "run/doors").count == 1)
        for name in ["run", "run/doors", "run/builds"] {
            var status = stat()
            #expect(stat("\(folder.path)/\(name)", &status) == 0 && status.st_mode & 0o777 == 0o700)
        }
        door.close()
        #expect(folder.names(in: "run/builds") + folder.names(in: "run/doors") == [])
        try door.register(ids[0]) { _ in }
        #expect(try await knock(ids[0], folder.path) == .cancelling)
        door.close()
    }

    @Test func `a state directory with a long name has doors, too`() async throws {
        let folder = StateFolder()
        var path = folder.path
        for letter in ["a", "b", "c"] {
            path += "/" + String(repeating: letter, count: 60)
            mkdir(path, 0o700)
        }
        let id = BuildID()
        let state = path
        try await withCancelDoor(stateDirectory: state) { door in
            try door.register(id) { _ in }
            #expect(try await knock(id, state) == .cancelling)
        }
        #expect(try await knock(id, state) == .unknown)
    }

    @Test func `what a killed process left is removed by who knocks`() async throws {
        let folder = StateFolder()
        let path = folder.path
        let id = BuildID()
        // A socket that was closed without being unlinked is what such a process leaves.
        let files = DoorFiles(run: RunDirectory(state: path))
        try files.prepare()
        try abandon("left.socket", files)
        try files.announce(id, at: "left.socket")
        #expect(try await knock(id, path) == .unknown)
        #expect(folder.names(in: "run/builds") + folder.names(in: "run/doors") == [])
    }

    private func abandon(_ name: String, _ files: DoorFiles) throws {
        let socket = OwnedDescriptor(adopting: Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        try files.bind(socket.number, as: name)
        // A child that another test is just starting may have the descriptor for a moment longer than this process.
        shutdown(socket.number, Int32(SHUT_RDWR))
    }

    @Test func `what many killed processes left is removed by the next one, and what lives stays`() async throws {
        let folder = StateFolder()
        let path = folder.path
        let (dead, living, new) = (BuildID(), BuildID(), BuildID())
        let door = CancelDoor(stateDirectory: path)
        try door.register(living) { _ in }
        let files = DoorFiles(run: RunDirectory(state: path))
        for number in 0..<DoorFiles.unswept { try abandon("\(number).socket", files) }
        try files.announce(dead, at: "0.socket")
        let other = CancelDoor(stateDirectory: path)
        try other.register(new) { _ in }
        #expect(folder.names(in: "run/builds") == [living, new].map(\.description).sorted())
        #expect(folder.names(in: "run/doors").count == 2)
        #expect(try await knock(living, path) == .cancelling)
        #expect(try await knock(new, path) == .cancelling)
        door.close()
        other.close()
    }

    @Test func `no peer that says nothing, or too much, keeps others from being heard`() async throws {
        let folder = StateFolder()
        let id = BuildID()
        try await withCancelDoor(stateDirectory: folder.path) { door in
            try door.register(id) { _ in }
            let silent = try (0..<40).map { _ in try connection(folder) }
            // Were they heard one after the other, each with its second, this would take longer than is waited for.
            #expect(try await knock(id, folder.path) == .cancelling)
            let loud = try connection(folder)
            let noise = [UInt8](repeating: 0x78, count: 64 << 10)
            send(loud.raw, noise, noise.count, Int32(MSG_NOSIGNAL))
            #expect(isClosed(loud, within: 5000))
            for peer in silent { #expect(isClosed(peer, within: 5000)) }
            #expect(try await knock(id, folder.path) == .cancelling)
        }
    }

    /// What the other end says within five seconds.
    private func answer(_ peer: SharedDescriptor) -> String {
        var wait = pollfd(fd: peer.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, 5000) == 1 else { return "" }
        let bytes = (try? BorrowedDescriptor(number: peer.raw).readOnce(upTo: 100)) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the other end closes the connection in so many milliseconds, without an answer.
    private func isClosed(_ peer: SharedDescriptor, within milliseconds: Int32) -> Bool {
        var wait = pollfd(fd: peer.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, milliseconds) == 1 else { return false }
        var byte: UInt8 = 0
        let count = recv(peer.raw, &byte, 1, 0)
        return count == 0 || (count < 0 && errno == ECONNRESET)
    }

    @Test(arguments: ["cancel\n", "\n", "cancel nobody\n", "watch all\n", "cancel \u{0}\u{1}\n"])
    func `what isn't understood is answered as an unknown build`(line: String) throws {
        let folder = StateFolder()
        let door = CancelDoor(stateDirectory: folder.path)
        try door.register(BuildID()) { _ in Issue.record("called") }
        let peer = try connection(folder)
        let bytes = Array(line.utf8)
        #expect(send(peer.raw, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
        #expect(answer(peer) == "unknown\n")
        door.close()
    }

    @Test func `a line that comes in pieces is one line`() throws {
        let folder = StateFolder()
        let id = BuildID()
        let door = CancelDoor(stateDirectory: folder.path)
        try door.register(id) { _ in }
        let peer = try connection(folder)
        for byte in Array("cancel \(id)\n".utf8) { #expect(send(peer.raw, [byte], 1, Int32(MSG_NOSIGNAL)) == 1) }
        #expect(answer(peer) == "cancelling\n")
        door.close()
    }

    @Test func `where no door can be made, a build runs all the same`() async throws {
        let folder = StateFolder()
        close(open(folder.path + "/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
        let door = CancelDoor(stateDirectory: folder.path + "/file")
        for _ in 0..<2 {
            var refusal: RunControlError?
            let result = await door.withRegistration(of: BuildID()) { _ in
            } onRefusal: {
                refusal = $0
            } _: {
                7
            }
            #expect(result == 7 && refusal?.code == .unavailable)
        }
        #expect(try await knock(BuildID(), folder.path + "/file") == .unknown)
    }

    @Test func `a process that doesn't answer is said to be so`() async throws {
        let folder = StateFolder()
        let files = DoorFiles(run: RunDirectory(state: folder.path))
        try files.prepare()
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = OwnedDescriptor(adopting: Glibc.socket(AF_UNIX, type, 0))
        try files.bind(socket.number, as: "stopped.socket")
        let id = BuildID()
        try files.announce(id, at: "stopped.socket")
        let error = await #expect(throws: RunControlError.self) {
            try await CancelKnock.cancel(id, stateDirectory: folder.path, within: .milliseconds(50))
        }
        #expect(error?.code == .noAnswer)
    }

    @Test func `an entry that leads to no door is of a build that nobody runs`() async throws {
        let folder = StateFolder()
        let files = DoorFiles(run: RunDirectory(state: folder.path))
        try files.prepare()
        let (file, dangling) = (BuildID(), BuildID())
        close(open("\(folder.path)/run/builds/\(file)", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
        symlink("../doors/x.socket", "\(folder.path)/run/builds/\(dangling)")
        #expect(try await knock(dangling, folder.path) == .unknown)
        #expect(try await knock(file, folder.path) == .unknown)
        #expect(folder.names(in: "run/builds") == [])
    }

    @Test func `where there are no hard links, a symbolic one leads to the door`() async throws {
        let folder = StateFolder()
        let door = CancelDoor(stateDirectory: folder.path)
        let id = BuildID()
        try door.register(id) { _ in }
        let name = try #require(folder.names(in: "run/doors").first)
        let entry = "\(folder.path)/run/builds/\(id)"
        #expect(unlink(entry) == 0 && symlink("../doors/\(name)", entry) == 0)
        #expect(try await knock(id, folder.path) == .cancelling)
        door.unregister(id)
        #expect(folder.names(in: "run/builds") == [])
        door.close()
    }

    @Test func `an entry that another process has made since stays`() async throws {
        let folder = StateFolder()
        let (one, other) = (CancelDoor(stateDirectory: folder.path), CancelDoor(stateDirectory: folder.path))
        let id = BuildID()
        let called = Shared(false)
        try one.register(id) { _ in Issue.record("the first was called") }
        try other.register(id) { _ in called.change { $0 = true } }
        one.unregister(id)
        #expect(try await knock(id, folder.path) == .cancelling)
        other.close()
        #expect(folder.names(in: "run/builds") == [])
        one.close()
        while !called.value { await Task.yield() }
    }
}
