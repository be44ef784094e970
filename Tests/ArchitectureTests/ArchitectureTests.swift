import Testing

/// The rules of the architecture, checked on the text of the sources.
@Suite struct ArchitectureTests {
    @Test func `every module of the package is in the table, in its storey`() throws {
        let files = try SourceTree.files()
        #expect(!files.isEmpty)
        let strays = files.filter { Arrows.table[$0.module]?.storey.rawValue != $0.storey }
        #expect(strays.map(\.path) == [])
    }

    @Test func `the table has no module that isn't there`() throws {
        let modules = Set(try SourceTree.files().map(\.module)).union(Arrows.shims)
        #expect(Set(Arrows.table.keys).subtracting(modules) == [])
    }

    @Test func `modules import only what the table allows`() throws {
        var strays: [String] = []
        for file in try SourceTree.files() {
            let allowed = Arrows.table[file.module]?.imports ?? []
            for (number, module) in file.imports where !allowed.contains(module) {
                strays.append("\(file.path):\(number): \(file.module) may not import \(module)")
            }
        }
        #expect(strays == [])
    }

    @Test func `arrows point to the same storey or to a lower one`() {
        for (name, module) in Arrows.table {
            let higher = module.ours.filter { Arrows.table[$0].map { $0.storey > module.storey } ?? true }
            #expect(higher == [], "\(name)")
        }
    }

    @Test func `the table has no circle`() {
        var settled: Set<String> = []
        while let next = Arrows.table.first(where: { !settled.contains($0.key) && $0.value.ours.isSubset(of: settled) })
        {
            settled.insert(next.key)
        }
        #expect(Set(Arrows.table.keys) == settled)
    }

    @Test func `Foundation may stand where only other systems look`() {
        let block = [
            "#if canImport(FoundationEssentials)", "import FoundationEssentials", "#else", "import Foundation",
        ]
        let file = SourceFile(path: "X/Y.swift", storey: "X", module: "X", lines: block + ["#endif", "import Foo"])
        #expect(file.imports.map(\.module) == ["FoundationEssentials", "Foo"])
    }

    @Test func `unstructured tasks are started only where it is agreed`() throws {
        var strays: [String] = []
        for file in try SourceTree.files() where Arrows.unstructuredTasks[file.path] == nil {
            for (number, text) in file.codeLines where Self.startsUnstructuredTask(text) {
                strays.append("\(file.path):\(number): \(text)")
            }
        }
        #expect(strays == [])
    }

    @Test func `agreed files still start a task`() throws {
        let files = try SourceTree.files()
        let idle = Arrows.unstructuredTasks.keys.filter { path in
            let lines = files.first { $0.path == path }?.codeLines ?? []
            return !lines.contains { Self.startsUnstructuredTask($0.text) }
        }
        #expect(idle.sorted() == [])
    }

    @Test(arguments: [
        ("import Foo", "Foo"), ("package import Foo", "Foo"), ("@preconcurrency public import Foo.Bar", "Foo"),
        ("@_spi(X) import struct Foo.Bar", "Foo"), ("import class Foo.Baz", "Foo"),
    ])
    func `an import line names its module`(line: String, module: String) {
        let file = SourceFile(
            path: "X/Y.swift",
            storey: "X",
            module: "X",
            lines: ["// import Nothing", line, "important()"]
        )
        #expect(file.imports.map(\.module) == [module])
        #expect(file.imports.map(\.number) == [2])
    }

    @Test(arguments: [
        "Task {", "Task.detached {", "Task(priority: .high) {", "x = Task<Void, Never> {", "Task.immediate {",
    ])
    func `an unstructured task is recognised`(line: String) {
        #expect(Self.startsUnstructuredTask(line))
    }

    @Test(arguments: ["withTaskGroup {", "try await Task.sleep(for: x)", "group.addTask {", "Task.isCancelled {"])
    func `structured concurrency is left alone`(line: String) {
        #expect(!Self.startsUnstructuredTask(line))
    }

    private static func startsUnstructuredTask(_ line: String) -> Bool {
        line.contains("Task") && line.contains(unstructuredTask)
    }

    private static var unstructuredTask: Regex<Substring> {
        #/\bTask(?:<[^{]*>)?\s*(?:\([^)]*\))?\s*\{|\bTask\.(?:detached|immediate|immediateDetached)\b/#
    }
}
