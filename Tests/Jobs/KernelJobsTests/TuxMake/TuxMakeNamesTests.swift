import CaissonArtifacts
import CaissonJSON
import CaissonText
import Testing

@testable import CaissonKernelJobs

/// What TuxMake 1.43.0 answers to the same questions, in `Fixtures/kernel/tuxmake/names.json`.
@Suite struct TuxMakeNamesTests {
    private static func recorded(_ name: String) throws -> [JSON] {
        try #require(try JSON(parsing: try TuxMakeCase.read("names.json"))[name]?.array)
    }

    private static func texts(_ json: JSON?) -> [String] { json?.array?.compactMap(\.string) ?? [] }

    @Test func `the files of every target are TuxMake's for every architecture`() throws {
        for row in try Self.recorded("artifacts") {
            let given = try #require(row["given"]?.string)
            let architecture = try #require(TuxMakeArchitecture(named: given), "\(given)")
            #expect(architecture.name == row["architecture"]?.string)
            let compression = try #require(row["compression"]?.string.flatMap { TuxMakeCompression(rawValue: $0) })
            let names = TuxMakeNames(architecture, image: row["image"]?.string, compression: compression)
            for (target, artifacts) in row["artifacts"]?.members?.map({ ($0.name, $0.value) }) ?? [] {
                let expected = artifacts.array?.map { Self.texts($0) } ?? []
                #expect(names.artifacts(of: target).map { [$0.name, $0.source] } == expected, "\(given) \(target)")
            }
        }
        #expect(TuxMakeArchitecture(named: "vax") == nil)
        #expect(TuxMakeArchitecture.names.count == 23)
    }

    @Test func `targets bring what they need in TuxMake's order`() throws {
        for row in try Self.recorded("targets") {
            let asked = Self.texts(row["asked"])
            let targets = TuxMakeTargets.expanded(asked, own: Self.texts(row["own"]))
            #expect(targets == Self.texts(row["targets"]), "\(asked)")
        }
    }

    @Test func `the compiler of a toolchain is TuxMake's`() throws {
        for row in try Self.recorded("compilers") {
            let words = Self.texts(row)
            var settings = KernelBuildSettings(try #require(TuxMakeArchitecture(named: words[1])))
            settings.toolchain = words[0]
            #expect(settings.compiler == words[2], "\(words)")
        }
    }

    @Test func `packages keep their names, and nothing else is taken for one`() throws {
        let names = TuxMakeNames(try #require(TuxMakeArchitecture(named: "x86_64")))
        let files: Set = [
            "linux-image-6.1_1_amd64.deb", "linux-headers-6.1_1_amd64.deb", "linux-.deb", "linux-deb", "a.deb",
        ]
        let found = names.artifacts(of: "bindeb-pkg", among: files)
        #expect(found == ["linux-.deb", "linux-headers-6.1_1_amd64.deb", "linux-image-6.1_1_amd64.deb"])
        #expect(names.artifacts(of: "make:all", among: files) == [])
    }

    @Test(arguments: [("x86_64", 162, 8, 1204), ("arm64", 157, 8, 4620)])
    func `the sizes of a kernel are those that size prints`(_ name: String, text: Int, data: Int, bss: Int) throws {
        let kernel = try Artifact.read(path: "\(TuxMakeCase.folder)/vmlinux.\(name)")
        let sizes = KernelSizes(try #require(kernel.facts.elf), fileSize: kernel.size)
        #expect([sizes.text, sizes.data, sizes.bss] == [text, data, bss])
        let printed = "   text\tdata\n \(text)\t      \(data)\t   \(bss)\t   1374\t    55e\tvmlinux\n"
        let line = KernelSizes(line: printed.trimmed)
        #expect(line.map { [$0.text, $0.data, $0.bss] } == [text, data, bss])
        #expect(line?.file == nil)
        #expect(KernelSizes(line: "size: not found") == nil)
    }

    @Test func `the kernel's beginning is found in its map, and only by its whole name`() {
        let map = "0000 A _text_end\n00 T a_text\nffffffff81000000 T _text\nffffffff81000000 T _stext\n"
        #expect(SystemMap.textOffset(of: Array(map.utf8)) == "0xffffffff81000000")
        #expect(SystemMap.textOffset(of: Array("0 T _stext\n_text\n\n".utf8)) == nil)
        #expect(SystemMap.textOffset(of: []) == nil)
    }
}
