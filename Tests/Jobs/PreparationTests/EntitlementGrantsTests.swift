import CaissonBuildModel
import Testing

@testable import CaissonPreparation

@Suite("What --allow grants a definition")
struct EntitlementGrantsTests {
    private static let powers = ["network.host", "security.insecure", "device", "ssh", "buildx.local.delete"]

    @Test("A power by its name", arguments: powers)
    func power(name: String) throws {
        let grants = try EntitlementGrants([name])
        #expect(grants.powers == [name])
        #expect(grants.readable.isEmpty && grants.writable.isEmpty)
    }

    @Test("Paths are granted for reading, for writing, or both; each word counts")
    func paths() throws {
        let grants = try EntitlementGrants(["fs=/a", "fs.read=b=c", "fs.write=*", "fs.read=/d"])
        #expect(grants.readable == ["/a", "b=c", "/d"])
        #expect(grants.writable == ["/a", "*"])
        #expect(grants.powers.isEmpty)
    }

    @Test(
        "Devices are granted by name; images need no grant",
        arguments: [
            ("device=gpu", ["device=gpu"]), ("device=v/gpu=0,optional", ["device=v/gpu=0"]), ("image=a", []),
            ("image.push=a", []), ("image.load=a", []),
        ] as [(String, Set<String>)]
    )
    func devices(word: String, powers: Set<String>) throws {
        #expect(try EntitlementGrants([word]).powers == powers)
    }

    private static let wrong: [(word: String, problem: String)] = [
        ("network.hst", "unknown power \"network.hst\" (did you mean network.host?)"),
        ("fs.raed=/a", "unknown power \"fs.raed\" (did you mean fs.read?)"),
        ("sshh", "unknown power \"sshh\" (did you mean ssh?)"),
        (
            "everything",
            "unknown power \"everything\" (network.host, security.insecure, device, ssh, buildx.local.delete, fs=…, "
                + "fs.read=…, fs.write=…, image=…, image.push=…, image.load=…)"
        ),
        ("fs", "fs needs a value: fs=PATH"), ("fs.read", "fs.read needs a value: fs.read=PATH"),
        ("fs.write=", "the value is empty"), ("device=", "the value is empty"), ("ssh=", "the value is empty"),
        ("ssh=default", "ssh takes no value"), ("network.host=1", "network.host takes no value"),
        ("buildx.local.delete=x", "buildx.local.delete takes no value"),
    ]

    @Test("A wrong word is refused with what was meant", arguments: wrong)
    func refused(row: (word: String, problem: String)) {
        #expect(
            throws: ParseError(
                "power",
                row.word,
                row.problem,
                expected: "such as network.host, ssh or fs.read=PATH"
            )
        ) {
            _ = try EntitlementGrants(["ssh", row.word])
        }
    }
}
