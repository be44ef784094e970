import CaissonText
import Testing

@testable import CaissonConfiguration

/// Every key, by a table of what it takes.
@Suite struct KeyTests {
    /// A key with its default, a value in a file and as it is shown, values out of bounds, and values of other types.
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var standard: String
        var written: String
        var shown: String
        var outside: [String] = []
        var wrong: [String]

        var testDescription: String { name }
        var table: String { String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)]) }
        var key: String { String(name.split(separator: ".").last ?? "") }
    }

    private static let notWhole = ["true", "\"4\"", "4.0", "[4]", "{a = 4}", "1979-05-27"]
    private static let notFlag = ["1", "\"true\"", "\"\"", "[true]", "1.0"]
    private static let notSpan = [
        "true", "90", "'90'", "'soon'", "''", "'-5s'", "'d'", "'1d1d'", "['2h']", "07:32:00",
    ]
    private static let notText = ["true", "1", "\"\"", "[\"a\"]", "{a = \"a\"}", #""a\nb""#]

    private static func whole(_ name: String, _ standard: String, _ bounds: ClosedRange<Int>) -> Row {
        let outside = [bounds.lowerBound - 1, bounds.upperBound + 1, .min, .max].map { "\($0)" }
        return Row(name: name, standard: standard, written: "7", shown: "7", outside: outside, wrong: notWhole)
    }

    private static func span(_ name: String, _ standard: String, outside: [String]) -> Row {
        Row(name: name, standard: standard, written: "\"90m\"", shown: "1h30m", outside: outside, wrong: notSpan)
    }

    private static func size(_ name: String) -> Row {
        let wrong = ["true", "20", "1.5", "'20'", "'much'", "''", "'-5gb'", "['2gb']"]
        return Row(
            name: name,
            standard: "",
            written: "\"1.5GB\"",
            shown: "1536m",
            outside: ["\"0gb\"", "\"99999999p\""],
            wrong: wrong
        )
    }

    private static func flag(_ name: String) -> Row {
        Row(name: name, standard: "true", written: "false", shown: "false", wrong: notFlag)
    }

    private static func path(_ name: String, _ standard: String) -> Row {
        let outside = ["\"/\(String(repeating: "a", count: 4095))\""]
        return Row(name: name, standard: standard, written: "\"/a b\"", shown: "/a b", outside: outside, wrong: notText)
    }

    private static let state = "/home/someone/.local/state/caisson"
    static let rows = [
        whole("build_engine.max_concurrent_builds", "4", 1...1024),
        span("build_engine.build_timeout", "2h", outside: ["\"0s\"", "\"366d\""]),
        span("build_engine.step_timeout", "30m", outside: ["\"999ms\"", "\"365d1s\""]),
        path("build_engine.workspace_root", state + "/workspaces"),
        path("build_engine.artifact_dir", state + "/artifacts"),
        Row(
            name: "build_engine.default_image",
            standard: "",
            written: "\"debian:12\"",
            shown: "debian:12",
            wrong: notText + ["\"A B\""]
        ),
        Row(
            name: "build_engine.log_level",
            standard: "info",
            written: "\"Debug\"",
            shown: "debug",
            outside: ["\"loud\""],
            wrong: notText
        ),
        whole("build_engine.resources.total_cpu_cores", "1", 1...65_536),
        whole("build_engine.resources.total_memory_mb", "1", 1...1_073_741_824),
        whole("build_engine.resources.total_disk_mb", "1", 1...1_099_511_627_776),
        flag("build_engine.resources.network_enabled"),
        whole("build_engine.queue.max_size", "1000", 0...1_000_000),
        whole("build_engine.queue.priority_levels", "3", 1...100),
        whole("build_engine.queue.retry_attempts", "3", 0...100),
        span("build_engine.queue.retry_delay", "1m", outside: ["\"24h1s\""]),
        flag("build_engine.cleanup.enabled"),
        span("build_engine.cleanup.workspace_retention", "24h", outside: ["\"3651d\""]),
        span("build_engine.cleanup.artifact_retention", "7d", outside: ["\"3651d\""]),
        span("build_engine.cleanup.record_retention", "90d", outside: ["\"3651d\""]),
        whole("build_engine.cleanup.record_count", "", 1...100_000_000),
        whole("build_engine.cleanup.record_size_mb", "", 1...1_099_511_627_776),
        size("cache.max_size"), size("cache.reserved_size"), size("cache.min_free"),
        span("cache.max_age", "", outside: ["\"999ms\"", "\"3651d\""]),
        flag("cache.keep_pinned"),
        Row(name: "cache.after_builds", standard: "false", written: "false", shown: "false", wrong: notFlag),
        span("cache.interval", "1h", outside: ["\"0s\"", "\"366d\""]),
        span("cache.mounts.max_age", "", outside: ["\"0s\""]), span("cache.sources.max_age", "", outside: ["\"0s\""]),
        span("cache.checkouts.max_age", "", outside: ["\"0s\""]), span("cache.layers.max_age", "", outside: ["\"0s\""]),
        flag("history.enabled"),
        Row(name: "engine.builder", standard: "", written: "\"farm\"", shown: "farm", wrong: notText + ["\"a b\""]),
    ]

    @Test func `the table here has every key, in order`() {
        #expect(Self.rows.map(\.name) == ConfigurationKey.all.map(\.fullName))
        #expect(Set(ConfigurationKey.all.map(\.form.field)).count == ConfigurationKey.all.count)
    }

    @Test(arguments: rows) func `a key that nobody sets has its default`(row: Row) throws {
        let setting = try #require(try Configuration(nil, in: .nowhere()).setting(row.name))
        #expect("\(setting.value)" == row.standard)
        #expect(setting.origin == .standard && !setting.isSet)
    }

    @Test(arguments: rows) func `a key of a file has its value, and the place of the key`(row: Row) throws {
        for (text, column) in [
            ("\n[\(row.table)]\n  \(row.key) = \(row.written)\n", 3),
            ("\n\n  \(row.name) = \(row.written)", 3 + row.table.count + 1),
        ] {
            let configuration = try Configuration(parsing: text)
            let setting = try #require(configuration.setting(row.name))
            #expect("\(setting.value)" == row.shown)
            #expect(setting.origin == .file("/work/caisson.toml", TextPlace(line: 3, column: column)))
            #expect(configuration.settings.filter(\.isSet).map(\.key.fullName) == [row.name])
        }
    }

    @Test(arguments: rows) func `a value of another type or out of bounds is refused where it stands`(row: Row) throws {
        let key = try #require(ConfigurationKey.all.first { $0.fullName == row.name })
        for value in row.wrong + row.outside {
            let said = problems("[\(row.table)]\n\(row.key) = \(value)")
            #expect(said.count == 1, "\(value): \(said)")
            #expect(said.first?.hasPrefix("/work/caisson.toml:2:1: \(row.name) is ") == true, "\(said)")
            #expect(said.first?.hasSuffix("; write \(key.form.expectation)") == true, "\(said)")
        }
    }

    @Test(arguments: rows) func `a misspelt key is refused with the one that is meant`(row: Row) {
        for name in ["\(row.key)x", "\(row.key.dropFirst())", row.key.uppercased()] {
            let said = problems("[\(row.table)]\n\n \(name) = \(row.written)")
            let meant = "has no key \"\(name)\"; did you mean \(row.key)?"
            #expect(said == ["/work/caisson.toml:3:2: [\(row.table)] \(meant)"])
        }
    }

    @Test(arguments: rows) func `two spellings of a key are refused`(row: Row) {
        let said = problems("[\(row.table)]\n\(row.key) = \(row.written)\n\(row.key)s = \(row.written)")
        #expect(said.count == 1 && said[0].hasSuffix("; \(row.key) stands on line 2; remove one of the two"), "\(said)")
    }

    @Test(arguments: rows) func `a key in the file's head is told where it belongs`(row: Row) throws {
        let said = problems("\(row.key) = \(row.written)")
        let owner = try #require(ConfigurationKey.all.first { $0.name == row.key })
        let advice = "it belongs below [\(owner.table)]"
        #expect(said == ["/work/caisson.toml:1:1: the file has no key \"\(row.key)\"; \(advice)"])
    }

    // MARK: Variables

    private static let variables = [
        "BUILD_ENGINE_MAX_CONCURRENT": ("7", ["0", "1025", "many", "4.0", " 4", "99999999999999999999"]),
        "BUILD_ENGINE_WORKSPACE_ROOT": ("/w", ["a\nb"]), "BUILD_ENGINE_ARTIFACT_DIR": ("/a", ["a\u{7F}"]),
        "BUILD_ENGINE_NETWORK_ENABLED": ("false", ["no", "2", " "]),
        "BUILD_ENGINE_LOG_LEVEL": ("trace", ["loud", "0"]),
    ]

    @Test func `the variables are those of the table`() {
        #expect(Set(ConfigurationKey.all.compactMap(\.variable)) == Set(Self.variables.keys))
    }

    @Test(arguments: variables.keys.sorted()) func `a variable wins over the file`(name: String) throws {
        let key = try #require(ConfigurationKey.all.first { $0.variable == name })
        let row = try #require(Self.rows.first { $0.name == key.fullName })
        let value = try #require(Self.variables[name]).0
        let text = "[\(row.table)]\n\(row.key) = \(row.written)"
        let said = try Configuration(parsing: text, variables: [name: value])
        #expect(said.setting(row.name)?.origin == .variable(name))
        #expect("\(said.setting(row.name)?.value ?? .unset)" == value)
        let empty = try Configuration(parsing: text, variables: [name: ""])
        #expect("\(empty.setting(row.name)?.value ?? .unset)" == row.shown)
    }

    @Test(arguments: variables.keys.sorted())
    func `a variable that says nothing sensible is named`(name: String) throws {
        for value in try #require(Self.variables[name]).1 {
            let said = problems("[build_engine]\nbuild_timeout = 1", variables: [name: value])
            #expect(said.count == 2 && said[1].hasPrefix("\(name) is \(value.quoted); set it to "), "\(said)")
            #expect(said.last?.hasSuffix(", or unset it") == true)
        }
    }

    @Test(arguments: [("0", false), ("F", false), ("1", true), ("True", true)])
    func `a variable is on or off by the words of docker`(word: String, isOn: Bool) throws {
        let configuration = try Configuration(nil, in: .nowhere(["BUILD_ENGINE_NETWORK_ENABLED": word]))
        #expect(configuration.buildEngine.resources.isNetworkEnabled == isOn)
    }
}
