import CaissonJSON
import CaissonText
import Testing

@testable import CaissonKernelJobs

@Suite struct KernelMetadataTests {
    @Test(arguments: try TuxMakeCase.all())
    func `the metadata is TuxMake's but for times and free space`(_ recorded: TuxMakeCase) throws {
        let ours = KernelMetadata(try recorded.facts()).bytes
        #expect(TuxMakeCase.masked(ours) == TuxMakeCase.masked(try recorded.metadata))
    }

    @Test(arguments: try TuxMakeCase.all())
    func `a file of TuxMake's is written again byte for byte, whatever the order of its members`(
        _ recorded: TuxMakeCase
    ) throws {
        let bytes = try recorded.metadata
        let value = try JSON(parsing: bytes)
        #expect(value.pythonBytes() + [0x0A] == bytes)
        #expect(value.reversed.pythonBytes() + [0x0A] == bytes)
    }

    @Test func `odd texts and numbers are written as Python writes them`() throws {
        let bytes = try TuxMakeCase.read("python.json")
        #expect(try JSON(parsing: bytes).pythonBytes() + [0x0A] == bytes)
        let numbers = [0.0, 12.5, 7.62939453125e-06, 0.1190648078918457, 123456.789, 0.0001, 0.00001234, 100000.0]
        let expected = try JSON(parsing: bytes)["ab"]?.array?.dropFirst(5)
        #expect(numbers.map { JSON.number("\($0)") } == expected.map(Array.init))
    }

    @Test func `times stand where TuxMake has them`() throws {
        var facts = try #require(try TuxMakeCase.all().first).facts()
        facts.times.build = 7.62939453125e-06
        facts.times.validate = .nan
        facts.steps[1].seconds = 90.25
        let results = KernelMetadata(facts).json["results"]
        #expect(results?["duration"]?["build"] == .number("7.62939453125e-06"))
        #expect(results?["duration"]?["validate"] == .number("0.0"))
        #expect(results?["targets"]?["default"]?["duration"] == .number("90.25"))
        #expect(results?["targets"]?["kernel"]?["duration"] == .number("0.0"))
        #expect(results?["targets"]?["xipkernel"]?["status"] == .string("SKIP"))
    }

    @Test func `the image is told with its digest, and what is unknown of it is null`() throws {
        var facts = try #require(try TuxMakeCase.all().first).facts()
        facts.runtime = KernelRuntime(version: "20.10.24", imageName: "kbuild:latest", imageDigest: "kbuild@sha256:ab")
        let expected = #"""
            {
                "image_digest": "kbuild@sha256:ab",
                "image_name": "kbuild:latest",
                "image_tag": null,
                "version": "20.10.24"
            }
            """#
        let runtime = try #require(KernelMetadata(facts).json["runtime"])
        #expect(String(decoding: runtime.pythonBytes(), as: UTF8.self) == expected)
    }

    @Test func `a job that knows nothing still tells what TuxMake always tells`() throws {
        let settings = KernelBuildSettings(try #require(TuxMakeArchitecture(named: "riscv")))
        let json = KernelMetadata(KernelResultFacts(settings, KernelFacts([:]))).json
        let names = json.members?.map(\.name)
        #expect(names == ["build", "compiler", "hardware", "results", "runtime", "tuxmake"])
        #expect(json["results"]?["status"] == .string("PASS"))
        #expect(json["compiler"]?["name"] == .string("riscv64-linux-gnu-gcc"))
        #expect(json["results"]?["artifacts"]?["kernel"] == .array([]))
    }

    @Test func `a failed step that is no target fails the whole`() {
        let source = KernelStepResult("source", .fail, seconds: 1)
        #expect(KernelMetadata.status(of: [source]) == .fail)
        let step = KernelStepResult("kselftest", .warn, seconds: 1)
        #expect(KernelMetadata.status(of: [step]) == .warning)
        #expect(KernelMetadata.status(of: [step, source]) == .fail)
        let targets = TuxMakeTargetResult.results(of: ["config", "kselftest"], steps: [source, step])
        #expect(targets.map(\.status) == [.skip, .warning])
    }

    @Test func `of a kernel that runs in place the other image is the one that is made`() {
        let steps = [KernelStepResult("image", .pass, seconds: 3)]
        let targets = ["default", "kernel", "xipkernel"]
        let results = TuxMakeTargetResult.results(of: targets, steps: steps, isInPlace: true)
        #expect(results.map(\.status) == [.pass, .skip, .pass])
        #expect(results.map(\.seconds) == [3, 0, 0])
    }
}

@Suite struct KernelFactsTests {
    @Test func `uname is read from one line and from five`() {
        let line = KernelFacts([
            "uname": "Linux builder 6.1.0-25-amd64 #1 SMP Debian 6.1.106-3 (2024) x86_64 GNU/Linux\n"
        ])
        let five = KernelFacts(["uname": "Linux\n6.1.0-25-amd64\n#1 SMP Debian 6.1.106-3 (2024)\nx86_64\nGNU/Linux\n"])
        let words = ["Linux", "6.1.0-25-amd64", "#1 SMP Debian 6.1.106-3 (2024)", "x86_64", "GNU/Linux"]
        #expect(line.uname == words)
        #expect(five.uname == words)
        #expect(KernelFacts(["uname": "Linux"]).uname == nil)
        #expect(KernelFacts(["uname": "a b\nc"]).uname == nil)
    }

    @Test func `a system without a number has its build or Debian's file`() throws {
        let system = { (texts: [String: String]) in
            let settings = KernelBuildSettings(try #require(TuxMakeArchitecture(named: "x86_64")))
            return KernelMetadata(KernelResultFacts(settings, KernelFacts(texts))).json["os"]
        }
        let rolling = try system([
            "os-release": "# a remark\nNAME='Arch Linux'\nBUILD_ID=rolling\n", "debian-version": "x",
        ])
        #expect(rolling == JSON(["name": "Arch Linux", "version": "rolling"]))
        let testing = try system(["os-release": "NAME=\"Debian GNU/Linux\"\n", "debian-version": "trixie/sid\n"])
        #expect(testing == JSON(["name": "Debian GNU/Linux", "version": "trixie/sid"]))
        #expect(try system([:]) == nil)
    }

    @Test func `the counters of sccache are those of all languages together`() throws {
        var settings = KernelBuildSettings(try #require(TuxMakeArchitecture(named: "x86_64")))
        settings.wrapper = "sccache"
        let text = #"{"stats":{"cache_hits":{"counts":{"C/C++":3,"Rust":4}},"cache_misses":{"counts":{}}}}"#
        let json = { KernelMetadata(KernelResultFacts(settings, KernelFacts(["sccache": $0]))).json["sccache"] }
        #expect(json(text) == JSON(["cache_hits": JSON.number("7"), "cache_misses": JSON.number("0")]))
        #expect(json("no JSON") == nil)
        settings.wrapper = "none"
        #expect(json(text) == nil)
    }

    @Test func `what is no number is left out`() throws {
        let settings = KernelBuildSettings(try #require(TuxMakeArchitecture(named: "x86_64")))
        let facts = KernelFacts(["cores": "many", "ram": "99999999999999999999", "disk-space": " 12 \n"])
        let json = KernelMetadata(KernelResultFacts(settings, facts)).json
        #expect(json["hardware"] == JSON(["free_disk_space": JSON.number("0")]))
        #expect(json["resources"] == JSON(["disk_space": JSON.number("12")]))
    }

    @Test func `characters beyond ASCII are themselves`() throws {
        let settings = KernelBuildSettings(try #require(TuxMakeArchitecture(named: "x86_64")))
        let facts = KernelResultFacts(settings, KernelFacts(["compiler": "gcc (Ünï) 12"]))
        let text = String(decoding: KernelMetadata(facts).bytes, as: UTF8.self)
        #expect(text.contains(#""version_full": "gcc (\u00dcn\u00ef) 12""#))
    }
}

extension JSON {
    /// The same with the members of all objects in the opposite order.
    fileprivate var reversed: JSON {
        switch self {
        case .array(let values): .array(values.map(\.reversed))
        case .object(let members): .object(members.reversed().map { JSONMember($0.name, $0.value.reversed) })
        default: self
        }
    }
}
