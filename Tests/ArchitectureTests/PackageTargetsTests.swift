import Foundation
import Testing

/// What `Package.swift` lets a target import, read from its text.
///
/// A module that isn't named there can be imported all the same once something else has had it built, so that a build in a
/// used folder passes and one in a fresh clone fails, or only sometimes does.
@Suite struct PackageTargetsTests {
    /// The modules of ours that a target names, by the folder's short name; tests have the suffix `Tests`.
    private static func declared() throws -> [String: Set<String>] {
        let package = try String(contentsOf: SourceTree.repository.appending(path: "Package.swift"), encoding: .utf8)
        let call = /(?:\w+)\.(module|tests)\(\s*"(\w+)"(?:,\s*\[([^\]]*)\])?/
        var declared: [String: Set<String>] = [:]
        for match in package.matches(of: call) {
            let names = (match.3 ?? "").matches(of: /"(\w+)"/).map { String($0.1) }
            let isTests = match.1 == "tests"
            declared[String(match.2) + (isTests ? "Tests" : "")] = Set(names.map(target))
        }
        return declared
    }

    private static func target(_ module: String) -> String {
        module.lowercased() == "caisson" ? module : "Caisson\(module)"
    }

    @Test func `tests import only what their target names`() throws {
        let declared = try Self.declared()
        let files = try SourceTree.testFiles()
        #expect(Set(files.map(\.module)).count > 20)
        var strays: [String] = []
        for file in files {
            let known = try #require(declared[file.module], "\(file.path)")
            for (number, module) in file.imports where Self.isOurs(module) && !known.contains(module) {
                strays.append("\(file.path):\(number): \(file.module) doesn't name \(module) in Package.swift")
            }
        }
        #expect(strays == [])
    }

    @Test func `the package and the table of modules name the same arrows`() throws {
        let declared = try Self.declared()
        for (name, module) in Arrows.table where !Arrows.shims.contains(name) && name != "caisson" {
            let known = try #require(declared[name], "\(name)")
            #expect(known == Set(module.ours.map(Self.target)), "\(name)")
        }
    }

    private static func isOurs(_ module: String) -> Bool { module.lowercased().hasPrefix("caisson") }
}
