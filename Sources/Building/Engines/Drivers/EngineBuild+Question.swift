import CaissonBuildContext
import CaissonSecrets
import CaissonJSON
import CaissonBuildKit
package import CaissonBuildModel

extension Engine {
    /// Asks the front end about a build instead of running it.
    ///
    /// - Throws: `BuildError`; with code `unsupported` where the engine's front end doesn't know the question.
    package func ask(
        _ question: BuildQuestion,
        about request: BuildRequest,
        events: any BuildEventSink
    ) async throws -> BuildAnswer {
        try await BuildScope.ask(.init(request, on: address, options, events: events)) { scope in
            try await EngineBuild(self, request, scope).ask(question)
        }
    }
}

extension EngineBuild {
    /// Asks over a connection of its own.
    func ask(_ question: BuildQuestion) async throws -> BuildAnswer {
        try await engine.connected(
            tar: { kind, _ in
                throw BuildError(
                    .unsupported,
                    "\(kind.name) answers no questions about a Dockerfile — ask BuildKit: dockerd 23.0 or newer, or buildkitd"
                )
            },
            buildKit: { connection in try await ask(question, connection) }
        )
    }

    private func ask(_ question: BuildQuestion, _ connection: EngineConnection) async throws -> BuildAnswer {
        let features = connection.features
        events.receive(.attempt(BuildAttempt(on: "\(features.name) at \(engine.address)", limit: 1)))
        let inputs = try ServedFiles(request)
        var attributes = try request.frontendAttributes(for: features)
        attributes.merge(inputs.attributes) { own, _ in own }
        attributes["requestid"] = question.request
        attributes["frontend.caps"] = "moby.buildkit.frontend.subrequests"
        let job = SolveJob(inputs: inputs, attributes: attributes)
        let services = BuildServices(job, build: self, stores: [:])
        var solve = SolveRequest(ref: ref, session: job.session)
        solve.isInternal = true
        let session = services.session
        let transport = try await connection.openSession(session)
        do {
            let answer = try await connection.client.ask(solve, attributes, session: session, over: transport) {
                events.receive(.status($0))
            }
            return BuildAnswer(answer)
        } catch let error as GRPCError where Self.isUnknown(error) {
            throw BuildError(
                .unsupported,
                "\(field: .question) \(question.rawValue) isn't known to \(features.name) — it needs a newer engine, or a newer front "
                    + "end by a '# syntax=' line: \(error.message)"
            )
        }
    }

    private static func isUnknown(_ error: GRPCError) -> Bool {
        let words = ["unsupported request", "unsupported frontend capability", "no such frontend", "unknown frontend"]
        return error.code == .unimplemented || words.contains { error.message.lowercased().contains($0) }
    }
}

extension BuildAnswer {
    /// Reads what came over the gateway.
    init(_ answer: [String: [UInt8]]) {
        func text(_ key: String) -> String { String(decoding: answer[key] ?? [], as: UTF8.self) }
        let json = answer["result.json"] ?? []
        let code = Int(text("result.statuscode")) ?? 0
        let value = try? JSON(parsing: json)
        let warnings = value?["warnings"]?.array?.count ?? 0
        self.init(text: text("result.txt"), json: json, isGood: code == 0 && warnings == 0)
    }
}
