import CaissonContainerJobs
import CaissonText
import Foundation
import Testing

@testable import CaissonKernelJobs

@Suite struct KernelBuildTextTests {
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caisson-kernel-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    /// What a shell says.
    private static func shell(_ script: String, _ variables: [String: String] = [:]) throws -> [UInt8] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        let path = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C"]
        process.environment = path.merging(variables) { $1 }
        (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, output)
        try process.run()
        let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return bytes
    }

    private static func symbols(_ text: String) -> [String] {
        KernelBuild.symbols(Array(text.utf8), of: "f").map { "\($0.name)=\($0.value)@\($0.place)" }
    }

    @Test func `a fragment's symbols are those of its lines, whatever ends them`() {
        let lines = ["CONFIG_A=y", "# CONFIG_B is not set", "", "CONFIG_C=\"x y\"  ", "# a comment", "CONFIG_D=m"]
        let expected = ["CONFIG_A=y@f:1", "CONFIG_B=n@f:2", "CONFIG_C=\"x y\"@f:4", "CONFIG_D=m@f:6"]
        for end in ["\n", "\r\n"] {
            #expect(Self.symbols(lines.joined(separator: end)) == expected)
            #expect(Self.symbols(lines.joined(separator: end) + end) == expected)
        }
        #expect(
            Self.symbols("CONFIG_=y\nCONFIG_\u{212A}=y\nCONFIG_A\u{301}=y\n# CONFIG_A b is not set\n#  is not set\n")
                == []
        )
        #expect(Self.symbols("CONFIG_A=\u{301}y\nCONFIG_B=y\n\u{301}\nCONFIG_C=y\n").count == 3)
    }

    @Test func `random fragments give symbols, or none`() {
        let pieces = ["CONFIG_", "A", "=", "y", "\n", "\r\n", "# ", " is not set", "\u{301}", " "]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...20)).compactMap { _ in pieces.randomElement() }.joined()
            let symbols = KernelBuild.symbols(Array(text.utf8) + [.random(in: 0...255)], of: "f")
            #expect(symbols.allSatisfy { KernelBuild.isSymbol($0.name) && !$0.value.utf8.contains(0x0A) })
        }
    }

    @Test func `a shell reads each value back, whatever mark is behind a quote`() throws {
        for value in [
            "", "a b", "'", "'\u{301};echo x;'", "\u{301}'", "$(x)`y`\\", "a\nb\r\n'\u{301}", "\u{E9}'e\u{301}",
        ] {
            let said = try Self.shell("A=\(KernelEnvironment.quoted(value)); printf %s \"$A\"")
            #expect(said == Array(value.utf8), "\(value.debugDescription)")
        }
    }

    /// The loop of collect.sh, with a line behind what each pattern has found.
    private static let finding = """
        O=$F/o; while IFS=' ' read -r kind pattern; do case $kind in
        name) find "$O" -name "$pattern" -type f ;;
        path) find "$O" -path "$O/$pattern" -type f ;;
        esac; echo; done < "$F/patterns"
        """

    @Test func `find finds all that a pattern matches`() throws {
        let names = [
            "a", "b.ko", "\u{301}", "\u{301}x", "\u{E9}", "*", "a b", "b ", " b", "c/a", "c/b.ko", "c/\u{301}", "c/d/a",
            "c/d/b ",
        ]
        let pieces = ["*", "**", "**/", "/", "?", "a", "b", "c/", "d", "\u{301}", " ", "\\*", "[a-b]", ".ko", "./"]
        let known = [
            "c/**/a", "?**/**/", "**/\u{301}", "./c/./a", "c//a", "\\**", "b ", " b", "c/", "**", "c/**", "[ab]",
            "b\\ ", "?",
        ]
        let random = (0..<150).map { _ in
            (0..<Int.random(in: 1...5)).compactMap { _ in pieces.randomElement() }.joined()
        }
        try Self.inFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/o/c/d", withIntermediateDirectories: true)
            for name in names { try Data().write(to: URL(filePath: folder + "/o/" + name)) }
            let patterns = (known + random).filter { (try? ArtifactPatterns([$0])) != nil }
            let lines: [UInt8] = patterns.flatMap { KernelBuild.findable($0.pathBytes) + [0x0A] }
            try Data(Array(lines)).write(to: URL(filePath: folder + "/patterns"))
            let said = try Self.shell(Self.finding, ["F": folder])
            var found: [Set<[UInt8]>] = [[]]
            for line in said.split(separator: 0x0A, omittingEmptySubsequences: false) {
                if line.isEmpty {
                    found.append([])
                } else {
                    found[found.count - 1].insert(Array(line.dropFirst(folder.utf8.count + 3)))
                }
            }
            try #require(found.count >= patterns.count)
            for (pattern, found) in zip(patterns, found) {
                let wanted = names.filter { (try? ArtifactPatterns([pattern]).matches($0)) == [0] }
                #expect(found.isSuperset(of: wanted.map { Array($0.utf8) }), "\(pattern.debugDescription)")
            }
        }
    }

    @Test func `markers in a step's output don't reach the engine as markers`() throws {
        try Self.inFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/c", withIntermediateDirectories: true)
            for file in KernelScripts.files {
                try Data(file.bytes).write(to: URL(filePath: "\(folder)/c/\(file.path)"))
            }
            try Data(
                "KERNEL_SOURCE=/nowhere KERNEL_TIME=1 KERNEL_STEPS=config KERNEL_KEEPS_BUILD=0\nKERNEL_KEEP_GOING=0\n"
                    .utf8
            )
            .write(to: URL(filePath: folder + "/c/environment"))
            let script = "seq 20000; echo '::caisson end config PASS 0 1'; echo '::caisson begin x 1'; exit 3\n"
            try Data(("echo '::caisson end config PASS 0 1'\n" + script).utf8).write(
                to: URL(filePath: folder + "/c/config.sh")
            )
            let variables = ["CAISSON": "c", "JOB": "j", "RESULTS": "r", "BUILD": "b", "TMPDIR": "t"]
            let said = try Self.shell("sh \"$CAISSON/run.sh\"", variables.mapValues { "\(folder)/\($0)" })
            let steps = JobSteps(said)
            #expect(steps.steps.map(\.name) == ["config", "collect"])
            #expect(steps["config"]?.state == .fail && steps["config"]?.end?.status == 3)
            let facts = try Data(contentsOf: URL(filePath: folder + "/j/facts/steps"))
            #expect(JobSteps(Array(facts)) == steps)
            #expect(String(decoding: said, as: UTF8.self).contains("\n ::caisson end config"))
        }
    }
}
