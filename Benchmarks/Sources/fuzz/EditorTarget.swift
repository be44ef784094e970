import CaissonDockerfile
import CaissonDockerfileLint
import CaissonJSON

/// An editor's messages, a line each, or with a zero before them the bytes as they are: nothing stops the server, what it
/// says is JSON that it would read itself, and what waits stays bounded.
func fuzzEditor(_ bytes: [UInt8]) {
    var session = ServerSession(version: "1", width: 1)
    let capabilities = #"{"general":{"positionEncodings":["utf-8"]},"textDocument":{"diagnostic":{}}}"#
    let isAble = bytes.count % 2 == 0
    let hello =
        #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"capabilities":\#(isAble ? capabilities : "{}")}}"#
    hear(framed(Array(hello.utf8)), &session)
    if bytes.first == 0 {
        for piece in bytes.dropFirst().split(separator: 0) { hear(Array(piece), &session) }
    } else {
        for line in bytes.split(separator: 0x0A) { hear(framed(Array(line)), &session) }
    }
    session.inputEnded()
    for action in session.takeActions() { judge(action) }
    precondition(session.phase == .ended)
}

private func framed(_ body: [UInt8]) -> [UInt8] { Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body }

/// Gives bytes to the session, and runs the checks that it begins.
private func hear(_ bytes: [UInt8], _ session: inout ServerSession) {
    session.receive(bytes)
    var actions = session.takeActions()[...]
    while let action = actions.popFirst() {
        judge(action)
        guard case .start(let job) = action else { continue }
        let file = Dockerfile(parsing: job.text)
        let starts = file.instructions.map { ($0.line, file.source.lineRange($0.line).lowerBound) }
        let report = LintReport(
            stage: .complete,
            findings: Linter().lint(file, name: "x").findings,
            fixed: job.text.reversed(),
            allowsPragmas: true,
            instructionStarts: Dictionary(starts) { first, _ in first }
        )
        session.take(report, of: job)
        session.ended(job)
        actions += session.takeActions()
    }
}

private func judge(_ action: ServerSession.Action) {
    guard case .send(let message) = action else { return }
    let frame = Outgoing.frame(message)
    var reader = FrameReader()
    guard case .message(let body)? = reader.receive(frame).first, reader.isBetweenMessages else {
        preconditionFailure("a frame that can't be read")
    }
    if case .invalid(_, let error) = Message(body), message["error"] == nil { preconditionFailure(error.message) }
}
