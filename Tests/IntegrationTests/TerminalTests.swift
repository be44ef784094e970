import Foundation
import Glibc
import Testing

/// What a person at a terminal sees.
@Suite struct TerminalTests {
    private func withBuild(
        _ kind: EngineKind,
        _ steps: String,
        _ body: (Build) async throws -> Void
    ) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase + steps, to: directory)
            try await body(Build(["-t", uniqueImageName("terminal"), "."], in: directory, on: engine))
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable, [80, 40])
    func `progress is redrawn in place and ends as a summary`(kind: EngineKind, columns: Int) async throws {
        let steps =
            "RUN echo one \(uniqueImageName("tty")); sleep 0.7; echo two\nRUN for n in 1 2 3; do echo line $n; sleep 0.2; done\n"
        try await withBuild(kind, steps) { build in
            let report = try await Terminal.start(build.command, columns: columns).finish()
            #expect(report.status == 0)
            #expect(report.hasSameModes && report.showsCursor)
            #expect(report.widestRow <= columns)
            let rows = report.rows
            #expect(rows.filter { $0.hasPrefix("[+] Building ") }.count == 1, "\(rows)")
            #expect(rows.first?.contains("100%) FINISHED") == true)
            #expect(rows.contains { $0.hasPrefix(" => ") && $0.contains("RUN echo one") && $0.hasSuffix("s") })
            #expect(rows.contains { $0.hasPrefix(" => [internal] load build context") } || columns < 80)
            #expect(rows.last { !$0.isEmpty }?.hasPrefix("Built ") == true, "\(rows)")
            #expect(!rows.contains { $0.contains("line 3") }, "the output of steps that are done stays on the screen")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `the last lines of a running step are shown`(kind: EngineKind) async throws {
        try await withBuild(kind, "RUN echo \"so far $((40+2))\"; sleep 1006\n") { build in
            let terminal = try Terminal.start(build.command, columns: 80)
            try await terminal.awaitText(" => => # so far 42")
            terminal.pressInterrupt()
            let report = try await terminal.finish()
            #expect(report.status == 130)
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a window that becomes narrower shows no remains`(kind: EngineKind) async throws {
        try await withBuild(kind, "RUN echo \"now $((40+2))\"; sleep 1.5\n") { build in
            let terminal = try Terminal.start(build.command, columns: 100)
            try await terminal.awaitText("now 42")
            terminal.resize(columns: 50)
            let report = try await terminal.finish()
            #expect(report.status == 0)
            #expect(report.rows.last { $0.hasPrefix("[+] Building ") }?.contains("FINISHED") == true)
            #expect(report.rows.suffix(12).allSatisfy { $0.count <= 50 }, "\(report.rows)")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `Ctrl-C at the terminal leaves it as it was`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withBuild(kind, "RUN echo \"so far $((40+2))\"; sleep 1007\n") { build in
            let terminal = try Terminal.start(build.command, columns: 80)
            try await terminal.awaitText("so far 42")
            terminal.pressInterrupt()
            let report = try await terminal.finish()
            #expect(report.status == 130)
            #expect(report.secondsAfterKey < 2)
            #expect(report.hasSameModes && report.showsCursor)
            #expect(report.rows.contains { $0.hasPrefix("error: ") && $0.contains("cancelled") }, "\(report.rows)")
            try await waitUntil(within: .seconds(2)) { !engine.runs("sleep 1007") }
        }
    }

    @Test(.requires(.docker26))
    func `a second Ctrl-C at the terminal leaves it as it was`() async throws {
        try await TestEngine.withOwn(.docker26) { engine in
            try await withTemporaryDirectory { directory in
                let steps = "RUN echo \"so far $((40+2))\"; sleep 1008\n"
                try TestContext.write(TestContext.busyboxBase + steps, to: directory)
                let terminal = try Terminal.start(Build(["."], in: directory, on: engine).command, columns: 80)
                try await terminal.awaitText("so far 42")
                engine.signalEngine(SIGSTOP)
                terminal.pressInterrupt()
                try await Task.sleep(for: .milliseconds(300))
                terminal.pressInterrupt()
                let report = try await terminal.finish()
                engine.signalEngine(SIGCONT)
                #expect(report.status == 130)
                #expect(report.secondsAfterKey < 0.5)
                #expect(report.hasSameModes && report.showsCursor)
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a failure is explained below the steps`(kind: EngineKind) async throws {
        let word = uniqueImageName("failing")
        try await withBuild(kind, "RUN echo about \(word); exit 5\n") { build in
            let report = try await Terminal.start(build.command, columns: 80).finish()
            #expect(report.status == 1)
            let rows = report.rows
            let title = try #require(rows.lastIndex { $0.hasPrefix("[+] Building ") })
            #expect(rows[title...].contains { $0.contains(">>>") && $0.contains("RUN echo about \(word)") }, "\(rows)")
            #expect(rows[title...].contains { $0.contains("exit code: 5") || $0.contains("exit code 5") })
        }
    }
}
