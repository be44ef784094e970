import CaissonSystem
import CaissonBuildModel
import Glibc
import Testing

@testable import CaissonEngineDiscovery

@Suite("Named builders")
struct BuilderStoreTests {
    private static func withStore<R>(_ body: (BuilderStore, String) throws -> R) throws -> R {
        var template = Array("/tmp/caisson-builders-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw EngineError(.system, "no directory: \(errno)") }
        let home = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let store = try BuilderStore(variables: ["CAISSON_HOME": home + "/state"], home: "/", userID: 0)
        defer {
            for name in ["farm", "box", "broken"] { unlink("\(home)/state/builders/\(name).json") }
            unlink(home + "/state/builders/current")
            for part in ["/state/builders", "/state", ""] { rmdir(home + part) }
        }
        return try body(store, home + "/state/builders")
    }

    private static func record(_ name: String) throws -> BuilderRecord {
        let arm = Platform(os: "linux", architecture: "arm64")
        return BuilderRecord(
            name: name,
            nodes: [
                try BuilderNode(name: "a", address: "/run/x.sock"),
                try BuilderNode(name: "b", address: "tcp://b:1234", platforms: [arm], labels: ["rack": "3"]),
            ]
        )
    }

    @Test("a builder is kept, used and forgotten")
    func lives() throws {
        try Self.withStore { store, directory in
            #expect(store.names().isEmpty)
            #expect(try store.current() == nil)
            try store.write(try Self.record("farm"))
            try store.write(try Self.record("box"))
            #expect(store.names() == ["box", "farm"])
            #expect(try store.read("farm") == Self.record("farm"))
            try store.use("farm")
            #expect(try store.current() == "farm")
            #expect(try store.inUse() == "farm")
            let state = directory.dropLast("/builders".count)
            let elsewhere = ["CAISSON_HOME": String(state), "DOCKER_HOST": "unix:///x"]
            #expect(try BuilderStore(variables: elsewhere, home: "/", userID: 0).inUse() == nil)
            #expect(try store.remove("farm"))
            #expect(try !store.remove("farm"))
            #expect(try store.current() == nil)
            #expect(access(directory + "/current", F_OK) != 0)
        }
    }

    @Test("only its owner can read what may name keys")
    func modes() throws {
        try Self.withStore { store, directory in
            try store.write(try Self.record("box"))
            var facts = stat()
            #expect(stat(directory + "/box.json", &facts) == 0)
            #expect(facts.st_mode & 0o777 == 0o600)
        }
    }

    @Test("a file that is no builder's is named, with the way out")
    func broken() throws {
        try Self.withStore { store, directory in
            try store.write(try Self.record("box"))
            try AtomicFile.replace(directory + "/broken.json", with: Array("{".utf8))
            let error = #expect(throws: EngineError.self) { try store.read("broken") }
            #expect(error?.message.contains("caisson builder rm broken") == true)
        }
    }

    @Test(
        "a name is letters, digits, dots, lines, a letter first, and none that means something else",
        arguments: [
            "", "a/b", "..", ".x", "-x", "1a", "private", "default", "ä", "a\nb", String(repeating: "a", count: 65),
        ]
    )
    func badNames(name: String) {
        #expect(throws: EngineError.self) { try BuilderRecord.checkName(name) }
    }
}
