import CaissonSystem
import CaissonText
import Testing

@testable import CaissonConfiguration

/// What is set, where paths lead, and what a file may say of engines.
@Suite struct ConfigurationTests {
    @Test func `what was set is told from defaults, also where it says the same`() throws {
        let text = "build_engine.build_timeout = '2h'\n[build_engine.cleanup]\nrecord_count = 5"
        let configuration = try Configuration(parsing: text, variables: ["BUILD_ENGINE_MAX_CONCURRENT": "4"])
        #expect(configuration.set(\.buildEngine.buildTimeout) == .seconds(7200))
        #expect(configuration.set(\.buildEngine.stepTimeout) == nil)
        #expect(configuration.set(\.buildEngine.maxConcurrentBuilds) == 4)
        #expect(configuration.isSet(\.buildEngine.cleanup.recordCount))
        #expect(configuration.buildEngine.cleanup.recordCount == 5)
        #expect(!configuration.isSet(\.buildEngine.cleanup.recordMegabytes) && !configuration.isSet(\.buildEngine))
        #expect(configuration.buildEngine.stepTimeout == .seconds(1800))
        #expect(configuration.file == "/work/caisson.toml")
        #expect(try Configuration(nil, in: .nowhere()).file == nil)
    }

    @Test func `every key can be asked whether it was set`() throws {
        for row in KeyTests.rows {
            let key = try #require(ConfigurationKey.all.first { $0.fullName == row.name })
            let configuration = try Configuration(parsing: "\(row.name) = \(row.written)")
            #expect(configuration.isSet(key.form.field), "\(row.name)")
            #expect(try !Configuration(nil, in: .nowhere()).isSet(key.form.field), "\(row.name)")
        }
    }

    @Test(arguments: [
        ("/a", "/a"), ("a/b", "/work/a/b"), ("./a", "/work/./a"), ("~", "/home/someone"), ("~/a", "/home/someone/a"),
        ("~other", "/work/~other"), ("../a", "/work/../a"), ("é", "/work/é"),
    ])
    func `a path is relative to the folder of its file`(text: String, path: String) throws {
        let file = try Configuration(parsing: "build_engine.artifact_dir = \"\(text)\"")
        #expect(file.buildEngine.artifactDirectory == path)
        let variable = try Configuration(nil, in: .nowhere(["BUILD_ENGINE_ARTIFACT_DIR": text]))
        #expect(variable.buildEngine.artifactDirectory == path)
    }

    @Test func `a file elsewhere has its own folder`() throws {
        let text = Array("build_engine.workspace_root = 'w'".utf8)
        let roots = ["/etc/caisson/caisson.toml": "/etc/caisson/w", "sub/x.toml": "/work/sub/w", "x.toml": "/work/w"]
        for (path, root) in roots {
            let file = ConfigurationFile(path: path, bytes: text, isOwn: true)
            let configuration = try Configuration(file, in: .nowhere())
            #expect(configuration.buildEngine.workspaceRoot == root)
        }
    }

    @Test func `directories are below the state directory by default`() throws {
        let named = try Configuration(nil, in: .nowhere(["CAISSON_HOME": "/state"])).buildEngine
        #expect(named.workspaceRoot == "/state/workspaces" && named.artifactDirectory == "/state/artifacts")
        let said = problems(in: .nowhere(["CAISSON_HOME": "here", "BUILD_ENGINE_LOG_LEVEL": "x"]))
        #expect(said.count == 2 && said[1].hasPrefix("CAISSON_HOME is "), "\(said)")
    }

    @Test func `the resources are the machine's by default`() throws {
        var surroundings = ConfigurationSurroundings.nowhere()
        surroundings.machine = nil
        let resources = try Configuration(nil, in: surroundings).buildEngine.resources
        let machine = MachineSize(diskOf: "/")
        #expect(resources.cpuCores == machine.processors && resources.memoryMegabytes == machine.memoryMegabytes)
        #expect(resources.memoryMegabytes > 64 && resources.diskMegabytes > 64)
    }

    @Test func `a folder's file names builders, and no addresses`() throws {
        #expect(try Configuration(parsing: "[engine]\nbuilder = 'farm'").engine.builder == "farm")
        for address in ["tcp://h:1", "unix:///run/x.sock", "ssh://me@h"] {
            let text = "[engine]\nbuilder = '\(address)'"
            let said = problems(text)
            #expect(said.count == 1 && said[0].hasPrefix("/work/caisson.toml:2:1: engine.builder can't be an address"))
            #expect(try Configuration(parsing: text, isOwn: true).engine.builder == address)
        }
    }

    @Test(arguments: [
        ("90s", 90), ("2h", 7200), ("1h30m", 5400), ("7d", 604_800), ("1d12h", 129_600), ("PT5M", 300),
        ("P1DT1H", 90_000), ("0d", 0), ("1.5h", 5400),
    ])
    func `spans are spelled in several ways`(text: String, seconds: Int64) {
        #expect(SpanNotation.parse(text) == .seconds(seconds))
    }

    @Test(
        arguments: [
            "", "1", "d", "1dd", "-1d", "1.5d", "99999999999999999999d", "36501d", "1w", "PT", "P", "1d-1s", "１d",
        ]
    )
    func `what is no span is none`(text: String) {
        #expect(SpanNotation.parse(text) == nil)
    }

    @Test func `a span's text is read as the same span`() {
        for seconds in [0, 1, 59, 60, 3599, 86_400, 90_000, 172_800, 604_800, 31_536_000] as [Int64] {
            #expect(SpanNotation.parse(SpanNotation.text(.seconds(seconds))) == .seconds(seconds))
        }
    }
}
