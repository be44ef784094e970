import CaissonArtifacts
import Testing

struct ConfigTests {
    private static let text = """
        #
        # Automatically generated file; DO NOT EDIT.
        # Linux/x86 6.1.192 Kernel Configuration
        #
        CONFIG_CC_VERSION_TEXT="gcc 12 # CONFIG_X=y"
        CONFIG_64BIT=y
        CONFIG_CRC4=m
        # CONFIG_KVM is not set
        CONFIG_NR_CPUS=64
        CONFIG_PHYSICAL_START=0x1000000
        CONFIG_64BIT=y\r
        # CONFIG_ is not set
        # a comment

        """

    private static func config(_ text: String) throws -> KernelConfig {
        let artifact = try Artifact.read(ArtifactBytes(Array(text.utf8)))
        guard case .config(let config) = artifact.facts else {
            throw ArtifactProblem(.wrongKind, "it is \(artifact.kind.rawValue)")
        }
        return config
    }

    @Test
    func `Symbols and the head are read`() throws {
        let config = try Self.config(Self.text)
        #expect(config.title == "Linux/x86 6.1.192 Kernel Configuration" && config.version == "6.1.192")
        #expect(
            config.symbols == [
                "CC_VERSION_TEXT": .text("\"gcc 12 # CONFIG_X=y\""), "64BIT": .yes, "CRC4": .module, "KVM": .no,
                "NR_CPUS": .text("64"), "PHYSICAL_START": .text("0x1000000"),
            ]
        )
        #expect(config.count(.yes) == 1 && config.strayLines == [])
        #expect(try Self.config("# Linux kernel version: 2.6.32\nCONFIG_A=y\n").version == "2.6.32")
    }

    @Test
    func `A line that is nothing of a configuration is told by its number`() throws {
        let artifact = try Artifact.read(ArtifactBytes(Array("CONFIG_A=y\n\nwhat\nCONFIG_B\n".utf8)))
        #expect(artifact.kind == .config && artifact.problems.map(\.code) == [.damaged])
        #expect(artifact.problems.first?.message.contains("line 3") == true)
    }

    @Test(arguments: [
        ("CONFIG_64BIT=y", []), ("CONFIG_CRC4=y", ["CONFIG_CRC4 is m, and y is wanted"]),
        ("CONFIG_KVM=m", ["CONFIG_KVM is not set, and m is wanted"]), ("# CONFIG_KVM is not set", []),
        ("CONFIG_KVM=n", []),
        ("# CONFIG_ABSENT is not set", []),
        ("CONFIG_ABSENT=y", ["CONFIG_ABSENT isn't in the configuration, and y is wanted"]),
        ("CONFIG_NR_CPUS=0x40", []), ("CONFIG_NR_CPUS=65", ["CONFIG_NR_CPUS is 64, and 65 is wanted"]),
        ("CONFIG_PHYSICAL_START=0X1000000", []), ("CONFIG_64BIT=n", ["CONFIG_64BIT is y, and n is wanted"]),
        ("CONFIG_CRC4=y\nCONFIG_CRC4=m", []), ("CONFIG_NR_CPUS=\"64\"", ["CONFIG_NR_CPUS is 64, and \"64\" is wanted"]),
    ])
    func `What a fragment wanted and didn't get is told`(fragment: String, problems: [String]) throws {
        let differences = try Self.config(Self.text).differences(from: Self.config(fragment + "\n"))
        #expect(differences.map(\.problem.message) == problems)
    }

    @Test
    func `Other texts are no configurations`() throws {
        for text in ["hello\n", "# CONFIG_\n", "CONFIG_=y\n", "config_a=y", "\0CONFIG_A=y\n", "# Linux\n"] {
            #expect(try Artifact.read(ArtifactBytes(Array(text.utf8))).kind == .unknown)
        }
    }
}
