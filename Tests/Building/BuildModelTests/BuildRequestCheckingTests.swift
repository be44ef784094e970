import CaissonText
import CaissonBuildModel
import Testing

@Suite("Requests that can't be")
struct BuildRequestCheckingTests {
    static let cases: [(String, BuildRequest)] = [
        ("digest", request { $0.tags = [ImageReference(domain: "d", path: "p", digest: "sha256:0")] }),
        (
            "linux/arm64",
            request {
                $0.platforms = [.init(os: "linux", architecture: "amd64")]
                $0.platformBuildArgs = [.init(os: "linux", architecture: "arm64"): ["A": "b"]]
            }
        ),
        ("\"a b\"", request { $0.target = "a b" }),
        ("without cache", request { $0.noCache = .stages([]) }),
        (
            "both the build context and the Dockerfile",
            request {
                $0.context = .tarOnInput
                $0.dockerfile = .text([])
            }
        ),
        (
            "more than one output",
            request { $0.exports = [.tar(.standardOutput, attributes: [:]), .oci(.standardOutput, attributes: [:])] }
        ),
        (
            "\"x\"",
            request { $0.exports = [.tar(.path("x"), attributes: [:]), .local(directory: "x", attributes: [:])] }
        ),
        ("needs a name", request { $0.exports = [.image(attributes: [:], isPushed: true)] }),
    ]

    private static func request(_ change: (inout BuildRequest) throws -> Void) rethrows -> BuildRequest {
        var request = BuildRequest(context: .directory("."))
        try change(&request)
        return request
    }

    @Test("A plain request is fine")
    func plain() throws {
        try Self.request { $0.tags = [try ImageReference(parsing: "a")] }.check()
    }

    @Test(
        "What can't be together is a usage error that names it",
        arguments: BuildRequestCheckingTests.cases
    )
    func bad(problem: String, request: BuildRequest) {
        let error = #expect(throws: BuildError.self) { try request.check() }
        #expect(error?.exitStatus == 2)
        #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
    }

    @Test("--push pushes the image outputs there are, or adds one")
    func push() {
        var request = Self.request { $0.exports = [.image(attributes: ["name": "a"], isPushed: false), .cacheOnly] }
        request.addShorthandExports(push: true, load: false)
        #expect(request.exports == [.image(attributes: ["name": "a", "unpack": "false"], isPushed: true), .cacheOnly])
        request.exports = [.local(directory: "o", attributes: [:])]
        request.addShorthandExports(push: true, load: false)
        #expect(request.exports.last == .image(attributes: ["unpack": "false"], isPushed: true))
    }

    @Test("--load adds an output to the engine's store unless there is one")
    func load() {
        var request = Self.request { $0.exports = [.docker(.path("d.tar"), attributes: [:])] }
        request.addShorthandExports(push: false, load: true)
        request.addShorthandExports(push: false, load: true)
        #expect(request.exports == [.docker(.path("d.tar"), attributes: [:]), .docker(nil, attributes: [:])])
    }

    @Test("The nearest word is the one that was mistyped")
    func nearestWord() {
        #expect(nearest(to: "--platfrom", among: ["--platform", "--pull"]) == "--platform")
        #expect(nearest(to: "xyz", among: ["local", "tar"]) == nil)
        #expect(nearest(to: "", among: ["local"]) == nil)
    }
}
