import CaissonBuildModel
import Testing

@testable import CaissonTasks

/// What steps print is kept, as far as there is room.
@Suite struct TaskOutputTests {
    @Test func `a short output is kept whole`() {
        var output = BoundedOutput(limit: 10)
        for piece in ["01234", "567", "89"] { output.append(Array(piece.utf8)) }
        #expect(output.text == "0123456789" && output.omitted == 0 && output.count == 10 && output.ending.isEmpty)
    }

    @Test func `of a long output beginning and end are kept, however it came`() {
        let bytes = (0..<5000).map { UInt8($0 % 26) + 97 }
        for size in [1, 3, 7, 64, 4999, 5000] {
            var output = BoundedOutput(limit: 100)
            for start in stride(from: 0, to: bytes.count, by: size) {
                output.append(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(output.beginning == Array(bytes.prefix(50)) && output.ending == Array(bytes.suffix(50)))
            #expect(output.omitted == 4900 && output.text.contains("\n… 4900 bytes are left out …\n"))
        }
    }

    @Test(arguments: 2..<12) func `no character is cut in two`(limit: Int) {
        var output = BoundedOutput(limit: limit)
        output.append(Array(String(repeating: "aé𝄞…", count: 50).utf8))
        #expect(!output.text.unicodeScalars.contains("\u{FFFD}"))
        #expect(output.beginning.count + output.ending.count + output.omitted == output.count)
    }

    @Test func `bytes that are no text don't trap`() {
        for bytes in [[UInt8](repeating: 0xFF, count: 40), [UInt8](repeating: 0x80, count: 40), [0xF0]] {
            var output = BoundedOutput(limit: 9)
            output.append(bytes)
            #expect(output.text.unicodeScalars.contains("\u{FFFD}") || output.omitted > 0)
        }
    }

    @Test func `only what the command prints counts, each stream by itself`() throws {
        let job = try TaskJob(steps: #"{"id": "a", "command": "x"}, {"id": "b", "command": "y"}"#)
        let plan = TaskPlan(job, .known)
        let output = TaskOutput(of: plan)
        let time = Timestamp(seconds: 5)
        let run = "[a step 2/2] \(plan.dockerfile.mark)workspace,x [\"x\"]"
        let vertexes = [
            Vertex(digest: "0/sha256:run", name: run, started: time),
            Vertex(digest: "0/sha256:own", name: "[a] ONBUILD RUN x"),
            Vertex(digest: "9/sha256:far", name: run), Vertex(digest: "odd", name: run),
        ]
        let pieces = [("run", 1, "one "), ("own", 1, "no"), ("run", 2, "two"), ("run", 1, "three")]
        let logs = pieces.map { name, stream, text in
            VertexLog(vertex: "0/sha256:\(name)", stream: stream, data: Array(text.utf8), timestamp: time)
        }
        let status = SolveStatus(vertexes: vertexes, logs: logs)
        output.receive(BuildEvent(build: .known, sequence: 0, time: time, kind: .status(status)))
        let node = try #require(output.node(at: 0))
        #expect(node.output.text == "one three" && node.errors.text == "two" && node.started == time && !node.isCached)
        #expect(output.node(at: 1)?.output.count == 0 && output.node(at: 2) == nil)
        // The same from a build by itself, whose digests have no place before them.
        var bare = status
        bare.vertexes = [Vertex(digest: "sha256:run", name: run)]
        for index in bare.logs.indices { bare.logs[index].vertex = String(bare.logs[index].vertex.dropFirst(2)) }
        output.receive(bare, ofNodeAt: 1)
        output.receive(bare, ofNodeAt: 7)
        #expect(output.node(at: 1)?.output.text == "one three")
    }

    @Test func `of very many steps less is kept of each`() throws {
        let steps = (0..<500).map { #"{"id": "s\#($0)", "command": "x"}"# }.joined(separator: ",")
        let output = TaskOutput(of: TaskPlan(try TaskJob(steps: steps), .known))
        #expect(output.node(at: 0)?.output.limit == (256 << 20) / 1000)
        let few = TaskOutput(of: TaskPlan(try TaskJob(steps: #"{"id": "a", "command": "x"}"#), .known))
        #expect(few.node(at: 0)?.output.limit == 1 << 20)
    }

    @Test func `a step that is begun anew has the output of its last attempt alone`() throws {
        let plan = TaskPlan(try TaskJob(steps: #"{"id": "a", "command": "x"}"#), .known)
        let output = TaskOutput(of: plan)
        let time = Timestamp(seconds: 5)
        func tell(_ second: Int64, _ text: String, isCached: Bool = false) {
            var vertex = Vertex(digest: "d", name: plan.dockerfile.mark, started: Timestamp(seconds: second))
            vertex.isCached = isCached
            let log = VertexLog(vertex: "d", stream: 1, data: Array(text.utf8), timestamp: time)
            output.receive(SolveStatus(vertexes: [vertex], logs: text.isEmpty ? [] : [log]), ofNodeAt: 0)
        }
        tell(5, "one")
        // The same beginning told again, as when the command ends.
        tell(5, " more")
        #expect(output.node(at: 0)?.output.text == "one more")
        tell(9, "two")
        #expect(output.node(at: 0)?.output.text == "two")
        tell(12, "", isCached: true)
        #expect(output.node(at: 0)?.output.text == "two")
    }

    @Test(arguments: [
        ("a\n[output clipped, log limit 200KiB/s reached]\n", 1),
        ("\n[output clipped, log limit 2MiB reached]\n", 0),
        ("[output clipped, log limit 2MiB reached]\n", nil), ("a\n[output clipped, log limit 2MiB reached]\nb", nil),
        (" reached]\n", nil), ("", nil),
        ("\n[output clipped, log limit \(String(repeating: "9", count: 40)) reached]\n", nil),
    ])
    func `the engine's own line about what it left out is known`(text: String, start: Int?) {
        #expect(ClipMark.start(in: Array(text.utf8)) == start)
    }
}
