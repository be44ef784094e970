import CaissonBuildModel
import Testing

@testable import CaissonContainerJobs

@Suite struct StepLinesTests {
    private static let mark = "RUN --mount=type=cache,id=caisson-job-1,"
    private static let digest = "sha256:run"

    private static func run(error: String = "", isDone: Bool = false) -> Vertex {
        Vertex(
            digest: digest,
            inputs: ["sha256:base"],
            name: "[build 1/1] \(mark)target=/job [\"sh\"]",
            started: Timestamp(seconds: 1),
            completed: isDone ? Timestamp(seconds: 9) : nil,
            error: error
        )
    }

    private static func log(_ text: some Collection<UInt8>) -> SolveStatus {
        SolveStatus(logs: [VertexLog(vertex: digest, stream: 1, data: Array(text), timestamp: Timestamp(seconds: 2))])
    }

    private static let output = """
        before
        ::caisson begin config 1000
        make tinyconfig
        ::caisson end config PASS 0 2000
        ::caisson begin modules 2000
        ::caisson end modules SKIP 0 2000 why=no%20modules
        ::caisson begin image 2000
        a.c:1: error: x
        ::caisson end image FAIL 2 3000
        last words
        """

    /// What is told of a run whose output comes in pieces of a size.
    private static func told(
        pieces size: Int,
        error: String = "exit code: 2"
    ) -> ([Vertex], [String: String], StepLines) {
        var lines = StepLines(mark: mark, title: "kernel")
        var vertexes: [Vertex] = []
        var logs: [String: String] = [:]
        func take(_ status: SolveStatus) {
            let told = lines.read(status)
            vertexes += told.vertexes
            for log in told.logs { logs[log.vertex, default: ""] += String(decoding: log.data, as: UTF8.self) }
        }
        take(SolveStatus(vertexes: [run()]))
        let bytes = Array(output.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            take(log(bytes[start..<min(start + size, bytes.count)]))
        }
        take(SolveStatus(vertexes: [run(error: error, isDone: true)]))
        return (vertexes, logs, lines)
    }

    @Test(arguments: [1, 3, 17, 1000])
    func `the steps are told in the place of their RUN, however its output is cut`(_ size: Int) {
        let (vertexes, logs, lines) = Self.told(pieces: size)
        let names = vertexes.filter { $0.completed == nil }.map(\.name)
        #expect(names == ["[kernel] config", "[kernel] modules", "[kernel] image"])
        #expect(vertexes.filter { $0.completed != nil }.map(\.error) == ["", "", "exit status 2"])
        #expect(!vertexes.contains { $0.digest == Self.digest })
        #expect(logs["\(Self.digest)/0"] == "make tinyconfig\n")
        #expect(logs["\(Self.digest)/1"] == "SKIP: no modules\n")
        #expect(logs["\(Self.digest)/2"] == "a.c:1: error: x\nlast words\n")
        #expect(lines.failed == FailedStep(vertex: "\(Self.digest)/2", name: "[kernel] image", exitCode: 2))
    }

    @Test func `each step needs the one before it, and the first what the RUN needs`() {
        let began = Self.told(pieces: 1000).0.filter { $0.completed == nil }
        #expect(began.map(\.inputs) == [["sha256:base"], ["\(Self.digest)/0"], ["\(Self.digest)/1"]])
    }

    @Test func `a RUN that ends before its first step is told itself`() {
        var lines = StepLines(mark: Self.mark, title: "kernel")
        let told = lines.read(SolveStatus(vertexes: [Self.run(error: "no sh", isDone: true)]))
        #expect(told.vertexes.map(\.name) == ["[kernel] start"])
        #expect(told.vertexes.first?.error == "no sh")
    }

    @Test func `a step that the RUN's end breaks off has failed`() {
        var lines = StepLines(mark: Self.mark, title: "kernel")
        _ = lines.read(SolveStatus(vertexes: [Self.run()]))
        _ = lines.read(Self.log("::caisson begin image 1\n".utf8))
        let told = lines.read(SolveStatus(vertexes: [Self.run(error: "killed", isDone: true)]))
        #expect(told.vertexes.map(\.error) == ["killed"])
        #expect(lines.failed?.name == "[kernel] image")
    }

    @Test func `other steps stay, and those behind the RUN need its last step`() {
        var lines = StepLines(mark: Self.mark, title: "kernel")
        _ = lines.read(SolveStatus(vertexes: [Self.run()]))
        _ = lines.read(Self.log("::caisson begin image 1\n".utf8))
        let copy = Vertex(digest: "sha256:copy", inputs: [Self.digest], name: "[results 1/1] COPY")
        let files = Vertex(digest: "sha256:files", name: "[files 1/2] \(JobDockerfile.filesMark) [\"sh\"]")
        let told = lines.read(SolveStatus(vertexes: [copy, files]))
        #expect(told.vertexes.map(\.name) == ["[results 1/1] COPY", "[kernel] scripts and inputs"])
        #expect(told.vertexes.first?.inputs == ["\(Self.digest)/0"])
    }

    @Test func `a line without an end takes no memory without a bound`() {
        var lines = StepLines(mark: Self.mark, title: "kernel")
        _ = lines.read(SolveStatus(vertexes: [Self.run()]))
        _ = lines.read(Self.log("::caisson begin image 1\n".utf8))
        let told = lines.read(Self.log(Array(repeating: UInt8(ascii: "x"), count: 100_000)))
        #expect(told.logs.map(\.data.count).reduce(0, +) > 80_000)
    }

    /// What is told of a run that fails, with this output.
    private static func told(_ output: String) -> ([Vertex], StepLines) {
        var lines = StepLines(mark: mark, title: "kernel")
        var vertexes = lines.read(SolveStatus(vertexes: [run()])).vertexes
        vertexes += lines.read(log(output.utf8)).vertexes
        vertexes += lines.read(SolveStatus(vertexes: [run(error: "exit code: 2", isDone: true)])).vertexes
        return (vertexes, lines)
    }

    @Test(
        arguments: [
            "::caisson end image PASS 0 1\n", "::caisson end image FAIL 9 1\n", "::caisson begin image 1\n",
            "::caisson begin other 1\n", "::caisson begin other 1\n::caisson end other FAIL 7 1\n",
            "::caisson end config FAIL 7 1\n", "::caisson begin config 1\n::caisson end image PASS 0 1\n",
        ]
    )
    func `markers in a step's output don't change which step fails`(_ forged: String) {
        let real = "::caisson begin config 1\n::caisson end config PASS 0 1\n::caisson begin image 1\n"
        let (vertexes, lines) = Self.told(real + forged + "::caisson end image FAIL 2 3\nlast\n")
        #expect(lines.failed?.name == "[kernel] image" && lines.failed?.exitCode == 2)
        #expect(vertexes.last { $0.name == "[kernel] image" }?.error == "exit status 2")
        #expect(lines.current == nil && lines.ended >= 2)
    }

    @Test func `of any output no byte is lost that is no marker, and each step ends`() {
        let pieces = [
            "::caisson begin a 1\n", "::caisson end a PASS 0 1\n", "::caisson end b FAIL 2 1\n",
            "::caisson begin b 1\n",
            "::caisson ", "x", "\n", "\r", "begin", "\u{301}", "::caisson end a SKIP 0 1 why=%0A\n",
        ]
        for _ in 0..<1000 {
            let output = Array("::caisson begin first 1\n".utf8) + RandomBytes.joined(pieces, upTo: 40)
            var lines = StepLines(mark: Self.mark, title: "kernel")
            var told = [lines.read(SolveStatus(vertexes: [Self.run()]))]
            var rest = output[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...30)
                told.append(lines.read(Self.log(rest.prefix(count))))
                rest = rest.dropFirst(count)
            }
            told.append(lines.read(SolveStatus(vertexes: [Self.run(error: "x", isDone: true)])))
            var last: [String: Vertex] = [:]
            for vertex in told.flatMap(\.vertexes) { last[vertex.digest] = vertex }
            #expect(last.values.allSatisfy { $0.completed != nil } && last.count == lines.ended)
            let kept = output.split(separator: 0x0A).filter { StepMarker(line: $0) == nil }
            #expect(told.flatMap(\.logs).map(\.data.count).reduce(0, +) >= kept.map(\.count).reduce(0, +), "\(output)")
        }
    }
}
