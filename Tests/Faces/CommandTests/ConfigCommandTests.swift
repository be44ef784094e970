import CaissonConfiguration
import CaissonJSON
import CaissonSystem
import Testing

@testable import caisson

/// What `caisson config` prints.
@Suite struct ConfigCommandTests {
    /// The configuration of a folder with a file and a variable.
    private static func configuration(in directory: String) throws -> Configuration {
        var surroundings = ConfigurationSurroundings(
            variables: ["BUILD_ENGINE_LOG_LEVEL": "debug"],
            home: "/home/someone",
            userID: 1000,
            workingDirectory: directory
        )
        surroundings.machine = MachineSize()
        return try Configuration(in: surroundings)
    }

    private static let text = "[build_engine]\nmax_concurrent_builds = 8\n resources.network_enabled = false\n"

    @Test func `a table has each key with its value and origin`() async throws {
        try await withTemporaryDirectory { directory in
            try write(Self.text, to: directory + "/caisson.toml")
            let lines = try Self.configuration(in: directory).table.split(separator: "\n").map { line in
                line.split(separator: " ").map(String.init)
            }
            #expect(lines.first == ["KEY", "VALUE", "FROM"])
            #expect(lines.dropFirst().map { $0.first } == ConfigurationKey.all.map(\.fullName))
            #expect(lines.contains(["build_engine.max_concurrent_builds", "8", "\(directory)/caisson.toml:2:1"]))
            #expect(lines.contains(["build_engine.log_level", "debug", "BUILD_ENGINE_LOG_LEVEL"]))
            #expect(lines.contains(["build_engine.cleanup.record_count", "-", "default"]))
        }
    }

    @Test func `JSON has values of their types, and where they come from`() async throws {
        try await withTemporaryDirectory { directory in
            try write(Self.text, to: directory + "/caisson.toml")
            let json = try JSON(parsing: Array(try Self.configuration(in: directory).json.utf8))
            let settings = json["settings"]?.array ?? []
            func setting(_ key: String) -> [JSONMember]? {
                settings.first { $0["key"]?.string == key }?.members.map { Array($0.dropFirst()) }
            }
            let file = JSON.string("\(directory)/caisson.toml")
            #expect(json["file"] == file && settings.count == ConfigurationKey.all.count)
            #expect(
                setting("build_engine.max_concurrent_builds") == [
                    JSONMember("value", .number("8")), JSONMember("from", .string("file")), JSONMember("file", file),
                    JSONMember("line", .number("2")), JSONMember("column", .number("1")),
                ]
            )
            #expect(setting("build_engine.resources.network_enabled")?.first?.value == .bool(false))
            #expect(
                setting("build_engine.log_level") == [
                    JSONMember("value", .string("debug")), JSONMember("from", .string("variable")),
                    JSONMember("variable", .string("BUILD_ENGINE_LOG_LEVEL")),
                ]
            )
            let unset = [JSONMember("value", .null), JSONMember("from", .string("default"))]
            #expect(setting("engine.builder") == unset)
        }
    }

    @Test func `without a file JSON has none`() async throws {
        try await withTemporaryDirectory { directory in
            // Where the machine has a file of its own, that is the one.
            let configuration = try Self.configuration(in: directory)
            let json = try JSON(parsing: Array(configuration.json.utf8))
            #expect(json["file"] == configuration.file.map { .string($0) } ?? .null)
        }
    }

    @Test func `a check tells all mistakes, the linter's too, and ends with 2`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/named.toml"
            try write(
                "[history]\nenable = true\n[lint]\nfailure-threshold = 'wranning'\n[engine]\nbuilder = 1",
                to: path
            )
            let report = await Main.ending(of: ["config", "check", path])
            let lines = report.complaint.split(separator: "\n")
            #expect(report.status == 2 && lines.count == 3, "\(report.complaint)")
            #expect(lines.allSatisfy { $0.hasPrefix("error: \(path):") }, "\(report.complaint)")
            #expect(lines.last?.contains(":4: [lint]: ") == true, "\(report.complaint)")
        }
    }

    @Test func `what is no TOML is told once`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/named.toml"
            try write("[history\n", to: path)
            let report = await Main.ending(of: ["config", "check", path])
            #expect(report.complaint.hasPrefix("error: \(path):1:9: ") && report.complaint.count { $0 == "\n" } == 1)
            let missing = await Main.ending(of: ["config", "check", path + "x"])
            #expect(missing.status == 2 && missing.complaint.contains("does not exist"))
        }
    }
}
