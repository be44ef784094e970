import Testing

@testable import CaissonConfiguration

/// What is wrong with a file is told in one run, each with its place.
@Suite struct ProblemTests {
    @Test func `all that is wrong is told at once, in the order of the file`() {
        let text = """
            [build_engine]
            max_concurrent_build = 3
            build_timeout = "soon"

              [build_engine.queu]
              max_size = 1

            [build_engine.queue]
            max_size = -1
            [histori]
            enabled = "yes"
            [history]
            enabled = "yes"
            [[engine]]
            builder = "x"
            """
        let said = problems(text, variables: ["BUILD_ENGINE_LOG_LEVEL": "loud"])
        #expect(
            said.map { String($0.prefix { $0 != ";" }) } == [
                #"/work/caisson.toml:2:1: [build_engine] has no key "max_concurrent_build""#,
                #"/work/caisson.toml:3:1: build_engine.build_timeout is "soon""#,
                #"/work/caisson.toml:5:17: [build_engine] has no table "queu""#,
                "/work/caisson.toml:9:1: build_engine.queue.max_size is -1",
                #"/work/caisson.toml:10:2: the file has no table "histori""#,
                #"/work/caisson.toml:13:1: history.enabled is "yes""#,
                "/work/caisson.toml:14:3: engine has to be a table", #"BUILD_ENGINE_LOG_LEVEL is "loud""#,
            ]
        )
        #expect(said[2].hasSuffix("; queue stands on line 8; remove one of the two"))
        #expect(said[4].hasSuffix("; history stands on line 12; remove one of the two"))
    }

    @Test(arguments: [
        ("[queue]\nmax_size = 1", "1:2: the file has no table \"queue\"; write [build_engine.queue]"),
        ("[buildengine]", "1:2: the file has no table \"buildengine\"; did you mean build_engine?"),
        ("[engine]\nmax_size = 1", "2:1: [engine] has no key \"max_size\"; it belongs below [build_engine.queue]"),
        ("\"build_engine.queue\" = 1", "1:1: the file has no key \"build_engine.queue\"; it has"),
        ("[\"build_engine.queue\"]\nmax_size = 1", "1:2: the file has no table \"build_engine.queue\"; it has"),
        ("[history]\ncolour = 1", "2:1: [history] has no key \"colour\"; it has enabled"),
        ("x = 1", "1:1: the file has no key \"x\"; it has [build_engine], [cache], [history], [engine], [lint]"),
        ("build_engine = 1", "1:1: build_engine has to be a table; write [build_engine]"),
        ("[build_engine]\nqueue = []", "2:1: build_engine.queue has to be a table; write [build_engine.queue]"),
        ("[history]\nenabled = ", "2:11: this is no value"), ("[history", "1:9: the header has no end"),
        ("[history]\nenabled = true\nenabled = true", "3:1: the key \"enabled\" stands here twice, first on line 2"),
        ("[history]\n[history]", "2:2: the key \"history\" stands here twice"),
        ("[history]\nenabled = \"a\u{0}b\"", "2:13: a control character stands here"), ("\u{0}", "1:1: "),
    ])
    func `a mistake has its place and advice`(text: String, message: String) {
        let said = problems(text)
        #expect(said.count == 1 && said[0].hasPrefix("/work/caisson.toml:" + message), "\(said)")
    }

    @Test func `the linter's table is its own`() throws {
        let lint = "[lint]\nignored = ['DL3006']\nanything = 1\n[lint.override]\nerror = ['x']\n"
        let text = lint + "[history]\nenabled = false"
        #expect(try Configuration(parsing: text).history.isEnabled == false)
        #expect(problems("lint = 1") == [])
    }

    @Test func `an empty file says nothing`() throws {
        for text in ["", "\u{FEFF}", "# nothing\n", "[build_engine]\n[build_engine.queue]\n"] {
            #expect(try Configuration(parsing: text).settings.allSatisfy { !$0.isSet })
        }
    }

    // MARK: Hostile input

    @Test func `bytes that are no text are refused`() {
        #expect(problems([0xFF, 0xFE, 0x00]) == ["/work/caisson.toml:1:1: the text is not in UTF-8; save it so"])
        #expect(problems([UInt8](repeating: 0x20, count: (1 << 20) + 1)).first?.contains("1048577 bytes") == true)
    }

    @Test func `nesting has a limit`() {
        let depth = 100_000
        for text in [
            "a = " + String(repeating: "[", count: depth), "a = " + String(repeating: "{a=", count: depth),
            "[" + Array(repeating: "a", count: depth).joined(separator: ".") + "]",
        ] {
            let said = problems(text)
            #expect(said.count == 1 && said[0].contains("nested more than 64 deep"), "\(said)")
        }
    }

    @Test func `a file of nothing but mistakes is told of within a limit`() {
        let said = problems((0..<20_000).map { "max_concurrent_build\($0) = 1" }.joined(separator: "\n"))
        #expect(said.count == 100)
    }

    @Test func `what a message repeats is short and shows no control characters`() {
        let said = problems("\"\(String(repeating: "\\u001b", count: 10_000))\" = 1")
        #expect(said.count == 1 && said[0].utf8.count < 2500 && !said[0].contains("\u{1b}"))
        let variable = problems("", variables: ["BUILD_ENGINE_LOG_LEVEL": "\u{1b}[2J"])
        #expect(variable.count == 1 && !variable[0].contains("\u{1b}"))
    }

    /// The same numbers on every run.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let pieces =
        ConfigurationKey.all.map(\.name) + ConfigurationKey.tables.map { "[\($0)]" } + [
            "[", "]", "[[", "{", "}", "=", "\"", "'", "'''", ".", ",", "\n", "\r\n", " ", "#", "true", "-1",
            "9223372036854775807", "9223372036854775808", "0x", "1e999", "nan", "\"2h\"", "\"99999999d\"",
            "\"P\"", "\\u", "\u{0}", "\u{301}", "\u{FEFF}",
            "lint", "~", "\"/\"", "1979-05-27",
        ]

    @Test func `no bytes trap, and what is read is within its bounds`() {
        var (read, refused) = (0, 0)
        for seed in 0..<6_000 as Range<UInt64> {
            var numbers = Numbers(state: seed)
            let count = Int.random(in: 0...16, using: &numbers)
            var bytes = (0..<count).flatMap { _ in Array((Self.pieces.randomElement(using: &numbers) ?? "").utf8) }
            if seed.isMultiple(of: 2) {
                let key = ConfigurationKey.all.randomElement(using: &numbers)?.fullName ?? ""
                let value = ["4", "true", "'2h'", "'/x'", "'farm'", "-1", "99"].randomElement(using: &numbers) ?? ""
                bytes = Array("\(key) = \(value)\n".utf8) + bytes.prefix(seed.isMultiple(of: 4) ? 0 : 8)
            }
            if seed.isMultiple(of: 3) {
                for _ in 0..<4 where !bytes.isEmpty {
                    let place = Int.random(in: 0..<bytes.count, using: &numbers)
                    bytes[place] = .random(in: .min ... .max, using: &numbers)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do throws(ConfigurationError) {
                let configuration = try Configuration(parsing: bytes, variables: ["BUILD_ENGINE_MAX_CONCURRENT": ""])
                read += configuration.settings.contains(where: \.isSet) ? 1 : 0
                #expect((1...1024).contains(configuration.buildEngine.maxConcurrentBuilds), "seed \(seed)")
                #expect(configuration.buildEngine.buildTimeout >= .seconds(1), "seed \(seed)")
            } catch {
                refused += 1
                #expect(!error.problems.isEmpty && error.problems.allSatisfy { !$0.message.isEmpty }, "seed \(seed)")
            }
            _ = problems("", variables: ["BUILD_ENGINE_MAX_CONCURRENT": text, "BUILD_ENGINE_ARTIFACT_DIR": text])
        }
        #expect(read > 100 && refused > 1000, "\(read) \(refused)")
    }
}
